"""How the third-party layers are made: from a lock file, without Docker, for a machine that is not this one."""
