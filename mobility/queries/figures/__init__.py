"""Counts for reports; no person is named."""
