"""Who passes the rules of a vacancy."""
