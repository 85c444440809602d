"""Commands that import other publishers' vacancies."""
