"""Words of schemes and of rules."""
