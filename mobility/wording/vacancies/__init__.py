"""Words of vacancies and of imported seasonal jobs."""
