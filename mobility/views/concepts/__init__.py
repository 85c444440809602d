"""Search boxes for occupations and skills."""
