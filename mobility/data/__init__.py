"""Small embedded reference data and the one module that reads it."""
