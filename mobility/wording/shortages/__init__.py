"""Words of shortages and of published lists."""
