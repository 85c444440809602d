"""Every table in one place, for migrations and for tests that walk the schema; import models from their own files."""

from mobility.models import employers, match_runs, notices, proposals, scenarios, vacancies
from mobility.models.accounts import organisations, sessions, users
from mobility.models.base import Base
from mobility.models.concepts import occupations, taxonomies
from mobility.models.platform import audit, days, jobs
from mobility.models.schemes import agreements, quotas, schemes, waivers
from mobility.models.shortages import publications, shortages
from mobility.models.workers import fairness_groups, papers, profiles, readings, vectors, workers

#: The modules that define tables.
MODULES = (
    agreements,
    audit,
    days,
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
    vectors,
    waivers,
    workers,
)

#: The schema that the migrations must arrive at.
METADATA = Base.metadata
