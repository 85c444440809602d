"""Tables of background jobs and of the audit chain."""
