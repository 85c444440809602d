"""Tables of schemes, agreements, quotas and waivers."""
