"""Which workers go on which list."""
