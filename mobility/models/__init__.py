"""Tables: columns, constraints, relationships; no queries, no decisions."""
