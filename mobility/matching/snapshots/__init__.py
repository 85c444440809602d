"""A pool laid out in blocks for fast reading, in memory or in a folder."""
