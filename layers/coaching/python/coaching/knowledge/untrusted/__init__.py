"""Text that others wrote and that a model will read: which of it speaks to the model instead of to people."""
