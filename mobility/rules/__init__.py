"""State machines, dated law and arithmetic as pure functions of values; no Flask, no SQLAlchemy, no clock."""
