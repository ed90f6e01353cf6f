"""What is measured of each turn, and what users say of it."""
