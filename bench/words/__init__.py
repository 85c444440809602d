"""Sentences and titles with known answers, and how the search for concepts is measured and fitted on them."""
