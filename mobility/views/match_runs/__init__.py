"""Pages of match runs."""
