"""The seeded, believable world of demos, benchmarks and tests."""
