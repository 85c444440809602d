"""The workers and vacancies of a match run, read from the database as arrays."""
