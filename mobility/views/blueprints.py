"""Every Blueprint of the site, in the order of the menu."""

from flask import Blueprint

from mobility.views import (
    accounts,
    consents,
    employers,
    health,
    home,
    preferences,
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
    employers.blueprint,
    vacancies.blueprint,
    workers.blueprint,
    consents.blueprint,
)
