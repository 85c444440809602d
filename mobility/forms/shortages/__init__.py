"""Forms of shortages and of published lists."""
