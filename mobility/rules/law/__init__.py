"""Dated rules of schemes: facts, operators, rule sets and how they are changed."""
