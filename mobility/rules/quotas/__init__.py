"""Arithmetic of quotas: counters, terms and places."""
