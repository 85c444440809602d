"""Tables of shortages and of published lists."""
