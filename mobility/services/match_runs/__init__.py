"""Use cases of match runs: start, score, conclude, report."""
