"""Tables of organisations, users and sessions."""
