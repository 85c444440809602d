"""What a pair of a worker and a vacancy is worth: attributes, features, scorecards."""
