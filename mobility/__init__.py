"""Labour mobility, from declared shortage to safe return."""
