"""The catalogue of facts that a scheme's rules may name, and the fields that no rule may; no values of anybody."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from enum import StrEnum, auto
from types import MappingProxyType

from mobility.data.reference import LANGUAGES
from mobility.errors import InvalidError
from mobility.rules.basics.dates import Period
from mobility.rules.basics.languages import Cefr

FactValue = int | Decimal | date | str | Cefr | frozenset[str] | tuple[Period, ...] | None
#: Values by field name; a field that is absent or None is not known.
Facts = Mapping[str, FactValue]

#: Checks whose expiry a rule may ask for; equal to the values of ``rules.checks.CheckKind``.
CHECKS = (
    "identity",
    "police",
    "medical",
    "language",
    "trade_test",
    "reference",
    "migration_record",
    "orientation",
)


class Scope(StrEnum):
    """Whom a fact is about."""

    WORKER = auto()
    VACANCY = auto()


class FactKind(StrEnum):
    """Type of a fact's value; what each is in Python stands in ``TYPES``."""

    INTEGER = auto()
    DECIMAL = auto()
    BOOLEAN = auto()
    DATE = auto()
    CODE = auto()
    CODES = auto()
    LEVEL = auto()
    PERIODS = auto()


#: Python type of each kind's values; an integer will do where a decimal is asked for.
TYPES: Mapping[FactKind, tuple[type, ...]] = MappingProxyType(
    {
        FactKind.INTEGER: (int,),
        FactKind.DECIMAL: (Decimal, int),
        FactKind.BOOLEAN: (bool,),
        FactKind.DATE: (date,),
        FactKind.CODE: (str,),
        FactKind.CODES: (frozenset,),
        FactKind.LEVEL: (Cefr,),
        FactKind.PERIODS: (tuple,),
    }
)

_COUNTRY = r"[A-Z]{2}"
_REGION = r"[A-Z]{2}-[A-Z0-9]{1,3}"
_OCCUPATION = r"[0-9]{1,4}"
_CURRENCY = r"[A-Z]{3}"
_SLUG = r"[a-z][a-z0-9_]{0,59}"


@dataclass(frozen=True, slots=True)
class Fact:
    """A field that rules may name.

    Attributes
    ----------
    name : str
        Such as ``"worker.age"``.
    kind : FactKind
        Type of its value.
    scope : Scope
        Whom it is about; the first word of the name.
    nullable : bool
        Whether a case may lack it; a rule that meets no value answers UNKNOWN.
    pattern : str
        For codes: what a code looks like.
    hierarchical : bool
        For codes: whether a shorter code stands for all that begin with it, as in ISCO-08.
    """

    name: str
    kind: FactKind
    scope: Scope
    nullable: bool = True
    pattern: str = _SLUG
    hierarchical: bool = False


def _worker(name: str, kind: FactKind, *, nullable: bool = True, pattern: str = _SLUG) -> Fact:
    return Fact(f"worker.{name}", kind, Scope.WORKER, nullable, pattern)


def _vacancy(name: str, kind: FactKind, *, nullable: bool = True, pattern: str = _SLUG) -> Fact:
    return Fact(f"vacancy.{name}", kind, Scope.VACANCY, nullable, pattern, hierarchical=name == "occupation")


_WORKER = (
    _worker("age", FactKind.INTEGER),  # completed years on the vacancy's first day
    _worker("nationalities", FactKind.CODES, pattern=_COUNTRY),
    _worker("residence_country", FactKind.CODE, pattern=_COUNTRY),
    _worker("residence_region", FactKind.CODE, pattern=_REGION),
    _worker("experience_months", FactKind.INTEGER),  # in the minor group (three digits) of the vacancy's occupation
    _worker("experience_months_total", FactKind.INTEGER),
    *(_worker(f"language.{language}", FactKind.LEVEL) for language in LANGUAGES),  # spoken
    _worker("document_valid_until", FactKind.DATE),
    *(
        _worker(f"check.{check}_valid_until", FactKind.DATE) for check in CHECKS
    ),  # passed or waived; date.max if open-ended
    _worker("seasons_completed", FactKind.INTEGER),
    _worker("last_returned_on_time", FactKind.BOOLEAN),
    _worker("years_since_last_season", FactKind.INTEGER),  # calendar years from the last season's end to the start
    _worker("months_abroad_last_12", FactKind.INTEGER),  # in the twelve months before the start
    _worker("stays", FactKind.PERIODS),  # past stays in the vacancy's country under any scheme; () for none
    _worker("displaced", FactKind.BOOLEAN),
    _worker("licences", FactKind.CODES),
    _worker("education_years", FactKind.INTEGER),
    _worker("reads_and_writes", FactKind.BOOLEAN),
    _worker("earliest_start", FactKind.DATE),
)

_VACANCY = (
    _vacancy("occupation", FactKind.CODE, nullable=False, pattern=_OCCUPATION),  # ISCO-08 unit group
    _vacancy("country", FactKind.CODE, nullable=False, pattern=_COUNTRY),
    _vacancy("region", FactKind.CODE, pattern=_REGION),
    _vacancy("sector", FactKind.CODE),
    _vacancy("start", FactKind.DATE, nullable=False),
    _vacancy("end", FactKind.DATE, nullable=False),
    _vacancy("months", FactKind.INTEGER, nullable=False),  # dates.months_spanned(start, end)
    _vacancy("filed_on", FactKind.DATE),  # the day the employer submitted it
    _vacancy("hours_week", FactKind.DECIMAL),
    _vacancy("full_time", FactKind.BOOLEAN),
    _vacancy("pay_hourly", FactKind.DECIMAL),
    _vacancy("currency", FactKind.CODE, pattern=_CURRENCY),
    _vacancy("housing_free", FactKind.BOOLEAN),
    _vacancy("transport_paid", FactKind.BOOLEAN),
    _vacancy("insurance", FactKind.BOOLEAN),
    _vacancy("worker_fees", FactKind.DECIMAL),  # what the worker would pay, 0 for nothing
    _vacancy("guarantee_share", FactKind.DECIMAL),  # guaranteed share of the contract's hours, 0 to 1
    _vacancy("positions", FactKind.INTEGER, nullable=False),
    _vacancy("agreement_names_occupation", FactKind.BOOLEAN),  # a government agreement in force names it
)

#: Every field with a fixed name.
FACTS: Mapping[str, Fact] = MappingProxyType({known.name: known for known in (*_WORKER, *_VACANCY)})

#: Floors per hour are fields named after the floor; 0 says that none is set for the place and occupation.
WAGE_FLOOR_PREFIX = "vacancy.wage_floor."

#: Fields that no rule may use, with the reason; the last word of a field's name decides.
DISCRIMINATORY: Mapping[str, str] = MappingProxyType(
    {
        "sex": "discrimination.sex",
        "gender": "discrimination.sex",
        "gender_identity": "discrimination.gender_identity",
        "sexual_orientation": "discrimination.sexual_orientation",
        "marital_status": "discrimination.marital_status",
        "civil_status": "discrimination.marital_status",
        "married": "discrimination.marital_status",
        "family_ties": "discrimination.family_ties",
        "family_status": "discrimination.family_ties",
        "relatives_abroad": "discrimination.family_ties",
        "dependants": "discrimination.dependants",
        "dependents": "discrimination.dependants",
        "children": "discrimination.dependants",
        "pregnancy": "discrimination.pregnancy",
        "pregnant": "discrimination.pregnancy",
        "disability": "discrimination.disability",
        "hiv_status": "discrimination.health_status",
        "religion": "discrimination.religion",
        "ethnicity": "discrimination.ethnicity",
        "race": "discrimination.ethnicity",
        "indigenous": "discrimination.ethnicity",
        "skin_colour": "discrimination.ethnicity",
        "birth_place": "discrimination.birth_place",
        "place_of_birth": "discrimination.birth_place",
        "political_opinion": "discrimination.political_opinion",
        "political_party": "discrimination.political_opinion",
        "trade_union": "discrimination.trade_union",
        "union_member": "discrimination.trade_union",
        "name": "discrimination.name",
        "photo": "discrimination.photo",
    }
)

CODES = (
    "fact.missing",
    "facts.unknown",
    "facts.discriminatory",
    "facts.wrong_type",
    *sorted(set(DISCRIMINATORY.values())),
)


def refusal(name: str) -> str | None:
    """Return why a rule may not use the field (``"discrimination.religion"``), or None if nothing forbids it."""
    return DISCRIMINATORY.get(name.rpartition(".")[2].strip().lower().replace(" ", "_").replace("-", "_"))


def fact(name: str, *, path: str = "field") -> Fact:
    """Return the fact of that name.

    Parameters
    ----------
    name : str
        Such as ``"worker.language.en"`` or ``"vacancy.wage_floor.prevailing"``.
    path : str
        Where in the rule set the name stands, for the error.

    Raises
    ------
    InvalidError
        ``facts.discriminatory`` with its reason, or ``facts.unknown`` with the nearest known name.
    """
    if reason := refusal(name):
        raise InvalidError("facts.discriminatory", field=path, name=name[:80], reason=reason)
    if name in FACTS:
        return FACTS[name]
    if name.startswith(WAGE_FLOOR_PREFIX) and re.fullmatch(_SLUG, name.removeprefix(WAGE_FLOOR_PREFIX)):
        return Fact(name, FactKind.DECIMAL, Scope.VACANCY)
    raise InvalidError("facts.unknown", field=path, name=name[:80], nearest=nearest(name, FACTS))


def nearest(name: str, known: Mapping[str, object] | tuple[str, ...]) -> str:
    """Return the known name that looks most like ``name``, or an empty text if none does."""
    return next(iter(get_close_matches(name[:80], list(known), n=1, cutoff=0.5)), "")


def check_facts(facts: Facts) -> None:
    """Refuse facts that the catalogue does not know or whose value has another type.

    Raises
    ------
    InvalidError
        ``facts.unknown``, ``facts.discriminatory`` or ``facts.wrong_type``, naming the field.
    """
    for name, value in facts.items():
        known = fact(name, path=name)
        if value is None:
            continue
        fits = isinstance(value, TYPES[known.kind])
        if not fits or (isinstance(value, bool) and known.kind is not FactKind.BOOLEAN):
            raise InvalidError("facts.wrong_type", field=name, expected=known.kind.value, found=type(value).__name__)
