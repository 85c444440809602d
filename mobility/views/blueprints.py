"""Every Blueprint of the site, in the order of the menu."""

from flask import Blueprint

from mobility.views import accounts, health, home, preferences, shortages

BLUEPRINTS: tuple[Blueprint, ...] = (
    health.blueprint,
    preferences.blueprint,
    accounts.blueprint,
    home.blueprint,
    shortages.blueprint,
)
