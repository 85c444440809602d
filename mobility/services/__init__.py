"""Use cases, one file a resource; each locks, asks permission, applies the rule, changes, audits."""
