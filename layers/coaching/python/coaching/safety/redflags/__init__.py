"""Red flags: what a user says that a coach must not answer alone."""
