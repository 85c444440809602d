"""Use cases of occupations and skills: taxonomies and search."""
