"""Who gets a place within positions and quotas."""
