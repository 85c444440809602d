"""Use cases of schemes: agreements, rule sets, quotas, waivers."""
