"""Use cases of the installation: jobs, migrations, reference data."""
