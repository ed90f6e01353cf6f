"""What every function needs at its edge: logs, metrics, traces, identity, and one table from error to status."""
