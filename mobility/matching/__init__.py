"""Eligibility, scores, allocation and reasons as pure functions of arrays; no database, no Flask."""
