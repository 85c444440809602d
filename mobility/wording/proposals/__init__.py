"""Words of proposals and of what a score counts."""
