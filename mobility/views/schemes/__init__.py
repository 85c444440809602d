"""Pages of schemes: agreements, rules, quotas, waivers."""
