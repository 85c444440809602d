"""Typed, cached readers of the embedded reference data; no database, no network, no decisions."""

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TypeVar

#: The languages of the product by code, each by its own name: the one place that says which there are.
OWN_NAMES: Mapping[str, str] = MappingProxyType({"en": "English", "es": "Español", "fr": "Français"})
#: Languages in which every title and label is given.
LANGUAGES = tuple(OWN_NAMES)

Record = TypeVar("Record")
Row = Mapping[str, str]
Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class OccupationGroup:
    """A group of ISCO-08; ``level`` counts from 1 (major) to 4 (unit), ``parent`` is None for major groups."""

    code: str
    titles: Texts = field(hash=False)
    parent: str | None
    level: int


@dataclass(frozen=True, slots=True)
class StarterSkill:
    """A skill of the starter vocabulary, with a stable code and the family it is listed under."""

    code: str
    labels: Texts = field(hash=False)
    group: str


@dataclass(frozen=True, slots=True)
class OccupationSkill:
    """A skill that work in an ISCO-08 unit group usually needs (essential) or often uses (optional)."""

    isco: str
    skill: str
    essential: bool


@dataclass(frozen=True, slots=True)
class Country:
    """A country or territory of ISO 3166-1 (alpha-2) and the ISO 4217 code of its currency (XXX: none)."""

    code: str
    names: Texts = field(hash=False)
    currency: str


@dataclass(frozen=True, slots=True)
class Region:
    """A state, province, department, parish or community of ISO 3166-2, named as its own country does."""

    code: str
    country: str
    name: str


@dataclass(frozen=True, slots=True)
class Sector:
    """A sector of the economy in which quotas are counted."""

    slug: str
    names: Texts = field(hash=False)


@dataclass(frozen=True, slots=True)
class Zone:
    """The clock of a country, or of a region whose clock is another than its country's: a zone of the IANA.

    Where a country or a region keeps several clocks, it is that of its capital or of most of its people.
    """

    code: str
    zone: str


def read_table(
    name: str, text: str, columns: tuple[str, ...], build: Callable[[Row], Record], *, key: int = 1
) -> tuple[Record, ...]:
    """Build one record from each line of a CSV text whose first ``key`` cells identify it.

    Raises
    ------
    ValueError
        If the header, a line or a record is malformed; the message names the file and the line.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    records: dict[tuple[str, ...], Record] = {}
    try:
        _require(next(reader, []) == list(columns), f"the columns must be {', '.join(columns)}")
        for cells in reader:
            _require(len(cells) == len(columns), f"{len(cells)} cells, expected {len(columns)}")
            _require(all(cell and cell == cell.strip() for cell in cells), "a cell is empty or padded with spaces")
            identity = tuple(cells[:key])
            _require(identity not in records, f"{' '.join(identity)} stands twice")
            records[identity] = build(dict(zip(columns, cells, strict=True)))
    except (ValueError, csv.Error) as error:
        raise ValueError(f"{name}, line {max(reader.line_num, 1)}: {error}") from error
    return tuple(records.values())


def _require(condition: object, problem: str) -> None:
    if not condition:
        raise ValueError(problem)


def _matching(pattern: str, value: str) -> str:
    _require(re.fullmatch(pattern, value), f"{value!r} does not have the form {pattern}")
    return value


def _texts(row: Row) -> Texts:
    return MappingProxyType({language: row[language] for language in LANGUAGES})


def _load(name: str, columns: tuple[str, ...], build: Callable[[Row], Record], *, key: int = 1) -> tuple[Record, ...]:
    text = resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
    return read_table(name, text, columns, build, key=key)


def _occupation_group(row: Row) -> OccupationGroup:
    code = _matching("[0-9]{1,4}", row["code"])
    return OccupationGroup(code, _texts(row), code[:-1] or None, len(code))


def _starter_skill(row: Row) -> StarterSkill:
    return StarterSkill(_matching("S[0-9]{4}", row["code"]), _texts(row), _matching("[a-z_]+", row["group"]))


def _occupation_skill(row: Row) -> OccupationSkill:
    need = _matching("essential|optional", row["need"])
    return OccupationSkill(
        _matching("[0-9]{4}", row["isco"]), _matching("S[0-9]{4}", row["skill"]), need == "essential"
    )


def _country(row: Row) -> Country:
    return Country(_matching("[A-Z]{2}", row["code"]), _texts(row), _matching("[A-Z]{3}", row["currency"]))


def _region(row: Row) -> Region:
    country = _matching("[A-Z]{2}", row["country"])
    return Region(_matching(f"{country}-[A-Z0-9]{{1,3}}", row["code"]), country, row["name"])


def _zone(row: Row) -> Zone:
    return Zone(_matching("[A-Z]{2}(-[A-Z0-9]{1,3})?", row["code"]), _matching("[A-Za-z_/-]+", row["zone"]))


def _sector(row: Row) -> Sector:
    return Sector(_matching("[a-z_]+", row["slug"]), _texts(row))


def _sector_prefix(row: Row) -> tuple[str, str]:
    return _matching("[0-9]{1,4}", row["prefix"]), _matching("[a-z_]+", row["sector"])


@cache
def occupation_groups() -> tuple[OccupationGroup, ...]:
    """All groups of ISCO-08 in order of code, so that a parent always stands before its children."""
    return _load("isco08.csv", ("code", *LANGUAGES), _occupation_group)


@cache
def starter_skills() -> tuple[StarterSkill, ...]:
    """All skills of the starter vocabulary, in order of code."""
    return _load("skills.csv", ("code", *LANGUAGES, "group"), _starter_skill)


@cache
def occupation_skills() -> tuple[OccupationSkill, ...]:
    """Links from unit groups to starter skills, in order of unit group, essential skills first."""
    return _load("occupation_skills.csv", ("isco", "skill", "need"), _occupation_skill, key=2)


@cache
def countries() -> tuple[Country, ...]:
    """All countries and territories of ISO 3166-1 in order of code."""
    return _load("countries.csv", ("code", *LANGUAGES, "currency"), _country)


@cache
def regions() -> tuple[Region, ...]:
    """First-level regions of the countries that our corridors join, grouped by country."""
    return _load("regions.csv", ("code", "country", "name"), _region)


def region_named(text: str, country: str) -> str | None:
    """Return the code of a country's region by code, letters or name, ``CA-QC`` for ``QC`` and ``QUÉBEC``.

    The country itself goes by its code and names too; None for what is neither.
    """
    return _places_by_word(country).get(_folded(text))


@cache
def _places_by_word(country: str) -> Mapping[str, str]:
    names = [(region.code, region.name) for region in regions()]
    names += _load("region_names.csv", ("code", "name"), _name, key=2)
    here = [(code, name) for code, name in names if code.startswith(f"{country}-")]
    own = next((each.names.values() for each in countries() if each.code == country), ())
    words = {_folded(name): country for name in own}
    words |= {_folded(code.partition("-")[2]): code for code, _ in here}
    words |= {_folded(word): code for code, name in here for word in (code, name)}
    return {**words, _folded(country): country}


def _name(row: Row) -> tuple[str, str]:
    return _matching("[A-Z]{2}-[A-Z0-9]{1,3}", row["code"]), row["name"]


def _folded(text: str) -> str:
    """Return the letters and digits of a name without accents, lower case."""
    return "".join(char for char in unicodedata.normalize("NFKD", text.casefold()) if char.isalnum())


@cache
def zones() -> tuple[Zone, ...]:
    """Time zones of all countries, and of the regions that do not keep their country's; in order of code."""
    return _load("zones.csv", ("code", "zone"), _zone)


@cache
def sectors() -> tuple[Sector, ...]:
    """Sectors of the economy, land and sea first."""
    return _load("sectors.csv", ("slug", *LANGUAGES), _sector)


@cache
def sector_of(isco: str) -> str:
    """Slug of the sector of an ISCO-08 group at any level, by the longest listed prefix of its code.

    Raises
    ------
    ValueError
        If ``isco`` is not a code of ISCO-08.
    """
    if isco not in {group.code for group in occupation_groups()}:
        raise ValueError(f"{isco!r} is not a code of ISCO-08")
    slug_of = dict(_load("sector_prefixes.csv", ("prefix", "sector"), _sector_prefix))
    return next(slug_of[isco[:end]] for end in range(len(isco), 0, -1) if isco[:end] in slug_of)
