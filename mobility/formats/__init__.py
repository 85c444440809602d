"""Readers of other publishers' files into typed records; no database, no Flask."""
