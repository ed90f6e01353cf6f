"""The HTTP contract: what requests must look like and what replies look like. OpenAPI comes from these models."""
