"""Every Blueprint of the site: a module of this package that defines one is found, and listed nowhere else."""

from flask import Blueprint

from mobility.modules import modules_of

#: Pages that exist in the demo alone.
DEMO = "demo"
_ALL: tuple[Blueprint, ...] = tuple(each.blueprint for each in modules_of("mobility.views", having="blueprint"))

BLUEPRINTS = tuple(each for each in _ALL if each.name != DEMO)
DEMO_BLUEPRINTS = tuple(each for each in _ALL if each.name == DEMO)
