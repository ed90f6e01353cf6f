"""Programs that make the weights and models that the product ships."""
