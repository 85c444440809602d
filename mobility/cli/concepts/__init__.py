"""Commands of taxonomies."""
