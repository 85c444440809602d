"""Workers and vacancies as arrays."""
