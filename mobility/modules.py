"""Finding the modules of a package by looking into its folder, so that no list of them has to be kept beside it."""

import importlib
import pkgutil
from types import ModuleType


def modules_of(package: str, having: str = "") -> tuple[ModuleType, ...]:
    """Return every module inside a package, in the order of names; with ``having`` those that define that name."""
    path = importlib.import_module(package).__path__
    names = sorted(found.name for found in pkgutil.walk_packages(path, f"{package}.") if not found.ispkg)
    modules = (importlib.import_module(name) for name in names)
    return tuple(each for each in modules if not having or having in vars(each))
