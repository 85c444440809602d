"""Use cases of vacancies: posting, certification, import of seasonal jobs."""
