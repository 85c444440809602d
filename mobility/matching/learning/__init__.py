"""From reviewers' decisions to a scorecard."""
