"""Words of workers, their papers and who read their files."""
