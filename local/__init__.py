"""The same system on one machine: the floor plan on moto, with the same handlers and the same state machines."""
