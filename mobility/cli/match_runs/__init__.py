"""Commands of match runs."""
