"""Lists and look-ups for pages, one file a resource."""
