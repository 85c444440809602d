"""Every table in one place, for migrations and for tests that walk the schema; import models from their own files."""

from mobility.models import (
    agreements,
    audit,
    employers,
    fairness_groups,
    jobs,
    match_runs,
    notices,
    occupations,
    organisations,
    papers,
    profiles,
    proposals,
    publications,
    quotas,
    readings,
    scenarios,
    schemes,
    sessions,
    shortages,
    taxonomies,
    users,
    vacancies,
    waivers,
    worker_vectors,
    workers,
)
from mobility.models.base import Base

#: The modules that define tables.
MODULES = (
    agreements,
    audit,
    employers,
    fairness_groups,
    jobs,
    match_runs,
    notices,
    occupations,
    organisations,
    papers,
    profiles,
    proposals,
    publications,
    quotas,
    readings,
    scenarios,
    schemes,
    sessions,
    shortages,
    taxonomies,
    users,
    vacancies,
    worker_vectors,
    waivers,
    workers,
)

#: The schema that the migrations must arrive at.
METADATA = Base.metadata
