"""Background work: the runner claims rows of the job table; one file a kind."""
