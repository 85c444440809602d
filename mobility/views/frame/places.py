"""Countries, regions and sectors to choose from, in the page's language; no database."""

from mobility.data import reference
from mobility.db import fold
from mobility.views.frame.identity import language

Pairs = list[tuple[str, str]]


def countries() -> Pairs:
    """Return (code, name) of every country, by name."""
    pairs = [(country.code, country.names[language()]) for country in reference.countries()]
    return sorted(pairs, key=lambda pair: fold(pair[1]))


def regions() -> Pairs:
    """Return (code, name with its country) of the regions of our corridors, by country and name."""
    names = dict(countries())
    pairs = [(region.code, f"{names[region.country]}: {region.name}") for region in reference.regions()]
    return sorted(pairs, key=lambda pair: fold(pair[1]))


def destinations() -> Pairs:
    """Return (code, name) of the countries of our corridors, by name."""
    codes = {region.country for region in reference.regions()}
    return [pair for pair in countries() if pair[0] in codes]


def sectors() -> Pairs:
    """Return (slug, name) of the sectors, in the order of the reference data."""
    return [(sector.slug, sector.names[language()]) for sector in reference.sectors()]
