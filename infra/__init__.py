"""The system as data (`system.py`) and as CDK stacks."""
