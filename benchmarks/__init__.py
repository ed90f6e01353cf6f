"""Programs that print figures. `python -m benchmarks` prints them all as one table."""
