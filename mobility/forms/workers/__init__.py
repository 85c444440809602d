"""Forms of workers: registration and the later steps."""
