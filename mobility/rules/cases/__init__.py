"""The lifecycle of each resource and the guards on it, one file a resource."""
