"""Every Blueprint of the site, in the order of the menu."""

from flask import Blueprint

from mobility.views import (
    accounts,
    audit,
    consents,
    employers,
    health,
    home,
    match_runs,
    preferences,
    proposals,
    publications,
    schemes,
    shortages,
    suggestions,
    tightness,
    vacancies,
    workers,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    health.blueprint,
    preferences.blueprint,
    accounts.blueprint,
    home.blueprint,
    shortages.blueprint,
    publications.blueprint,
    suggestions.blueprint,
    tightness.blueprint,
    schemes.blueprint,
    employers.blueprint,
    vacancies.blueprint,
    workers.blueprint,
    consents.blueprint,
    match_runs.blueprint,
    proposals.blueprint,
    audit.blueprint,
)
