"""Pages of shortages: suggestions, published lists, tightness."""
