"""Use cases of shortages: declarations, suggestions, published lists, tightness."""
