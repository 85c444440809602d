"""Forms of schemes: agreements, rules, quotas."""
