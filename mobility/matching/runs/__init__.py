"""What a caller asks for: a match run, a simulation, the reasons for a proposal, fairness."""
