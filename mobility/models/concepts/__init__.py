"""Tables of occupations, skills and taxonomies."""
