"""Every Blueprint of the site, in the order of the menu."""

from flask import Blueprint

from mobility.views import audit, employers, home, notices
from mobility.views.accounts import routes
from mobility.views.concepts import routes as concepts
from mobility.views.frame import health, preferences
from mobility.views.match_runs import routes as match_runs
from mobility.views.proposals import routes as proposals
from mobility.views.schemes import agreements, quotas, rule_versions, rules, waivers
from mobility.views.schemes import routes as schemes
from mobility.views.shortages import publications, suggestions, tightness
from mobility.views.shortages import routes as shortages
from mobility.views.simulations import routes as simulations
from mobility.views.simulations import scenarios
from mobility.views.vacancies import routes as vacancies
from mobility.views.workers import consents, readings, registrations
from mobility.views.workers import routes as workers

BLUEPRINTS: tuple[Blueprint, ...] = (
    health.blueprint,
    preferences.blueprint,
    routes.blueprint,
    home.blueprint,
    shortages.blueprint,
    publications.blueprint,
    suggestions.blueprint,
    tightness.blueprint,
    schemes.blueprint,
    quotas.blueprint,
    rules.blueprint,
    rule_versions.blueprint,
    simulations.blueprint,
    scenarios.blueprint,
    agreements.blueprint,
    employers.blueprint,
    vacancies.blueprint,
    workers.blueprint,
    registrations.blueprint,
    consents.blueprint,
    match_runs.blueprint,
    proposals.blueprint,
    waivers.blueprint,
    notices.blueprint,
    audit.blueprint,
    readings.blueprint,
    concepts.blueprint,
)
