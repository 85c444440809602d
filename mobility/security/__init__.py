"""Who may do and see what, sign-in, keys and the audit chain."""
