"""A red flag that a human must answer: raised once, told until somebody claims it, never lost."""
