"""From words to occupations and skills."""
