"""How the parameters of codes and rules are said in words: facts, dates, countries, kinds; no sentences of its own."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from flask_babel import LazyString, format_date, format_decimal, get_locale
from flask_babel import gettext as _

from mobility.data import reference
from mobility.rules.basics.organisations import OrganisationKind
from mobility.rules.cases.agreements import CostBearer, CostKind
from mobility.rules.cases.employers import VettingItem
from mobility.rules.law.durations import Window
from mobility.rules.law.facts import WAGE_FLOOR_PREFIX
from mobility.wording import employers, organisations
from mobility.wording.schemes import rulesets, schemes

NOTHING = "\N{EN DASH}"
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_FRACTION = re.compile(r"-?\d+\.\d+")
_SEASON_DAY = re.compile(r"\d{2}-\d{2}")
_FACTS = frozenset({"field", "than", "highest", "missing", "floors"})
_COUNTRIES = frozenset({"country", "countries", "origin"})
#: Parameters that hold the parameters of another operator.
_NESTED = frozenset({"cap", "sub_caps"})
_KINDS: Mapping[str, type[Enum]] = {
    "cost": CostKind,
    "bearer": CostBearer,
    "authority": OrganisationKind,
    "window": Window,
    "item": VettingItem,
}
_FILES: tuple[Any, ...] = (employers, organisations, rulesets, schemes)
_WORDS: Mapping[tuple[type[Enum], Enum], LazyString] = {
    (type(member), member): text
    for file in _FILES
    for table in (file.LABELS if isinstance(file.LABELS, tuple) else (file.LABELS,))
    for member, text in table.items()
}


def worded(params: Mapping[str, Any]) -> dict[str, str]:
    """Return a code's parameters as people read them, in the page's language."""
    return {name: _worded(name, value) for name, value in params.items()}


def fact_name(name: str) -> str:
    """Return what people call a fact that rules name, such as ``worker.age``."""
    if name.startswith(WAGE_FLOOR_PREFIX):
        return str(rulesets.WAGE_FLOOR) % {"name": name.removeprefix(WAGE_FLOOR_PREFIX)}
    return str(rulesets.FACTS.get(name, name))


def parameters(params: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the parameters of a rule's operator as pairs of name and value."""
    return [(str(rulesets.PARAMETERS.get(name, name)), _parameter(name, value)) for name, value in params.items()]


def _worded(name: str, value: Any) -> str:
    text = str(value)
    if text == "":
        return NOTHING
    if name in _FACTS:
        return ", ".join(fact_name(part) for part in text.split(","))
    if name in _COUNTRIES:
        return ", ".join(_country(part) for part in text.split(","))
    if name in _KINDS:
        return str(_WORDS[_KINDS[name], _KINDS[name](text)])
    if name in {"expected", "found"} and f"verdict.{text}" in rulesets.SENTENCES:
        return str(rulesets.SENTENCES[f"verdict.{text}"])
    if name == "reason":
        return str(rulesets.SENTENCES.get(text, text))
    return _figure(name, text)


def _figure(name: str, text: str) -> str:
    """Return a number or a date as it is written in the page's language; anything else stays."""
    if _FRACTION.fullmatch(text):
        return str(format_decimal(Decimal(text)))
    if _DATE.fullmatch(text):
        return str(format_date(date.fromisoformat(text), "long"))
    if name in {"opens", "closes", "year_opens"} and _SEASON_DAY.fullmatch(text):
        return str(format_date(date.fromisoformat(f"2000-{text}"), "d MMMM"))
    return text


def _parameter(name: str, value: Any) -> str:
    match value:
        case bool():
            return _("Yes") if value else _("No")
        case {"operator": _operator, "params": inner}:
            return "; ".join(f"{part}: {text}" for part, text in parameters(inner))
        case dict() if name in _NESTED:
            return "; ".join(f"{part}: {text}" for part, text in parameters(value))
        case dict():
            return ", ".join(f"{part} {amount}" for part, amount in value.items())
        case list():
            return ", ".join(_parameter(name, part) for part in value)
        case _:
            return _worded(name, value)


def _country(code: str) -> str:
    found = next((country for country in reference.countries() if country.code == code), None)
    locale = get_locale()
    return found.names[locale.language if locale else "en"] if found else code
