"""The US seasonal certification files: their columns, cases, rows and records."""
