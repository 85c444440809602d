"""Tables of workers: file, papers, profile, packed row."""
