"""WTForms, one file a resource; a form never queries."""
