"""Use cases of workers: registration, checks, consents, packed rows."""
