"""Every Blueprint of the site, in the order of the menu."""

from flask import Blueprint

from mobility.views import (
    accounts,
    audit,
    concepts,
    consents,
    employers,
    health,
    home,
    match_runs,
    preferences,
    proposals,
    quotas,
    readings,
    schemes,
    shortages,
    vacancies,
    workers,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    health.blueprint,
    preferences.blueprint,
    accounts.blueprint,
    home.blueprint,
    shortages.blueprint,
    schemes.blueprint,
    quotas.blueprint,
    employers.blueprint,
    vacancies.blueprint,
    workers.blueprint,
    consents.blueprint,
    match_runs.blueprint,
    proposals.blueprint,
    audit.blueprint,
    readings.blueprint,
    concepts.blueprint,
)
