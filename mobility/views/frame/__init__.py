"""What every page shares: access, sessions, errors, headers, navigation."""
