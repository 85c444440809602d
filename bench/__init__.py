"""Benchmarks with their peers, measured in the same run; nothing of the product imports from here."""
