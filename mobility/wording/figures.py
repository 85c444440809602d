"""How the parameters of codes and rules are said in words: facts, dates, countries, kinds; no sentences of its own."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal

from mobility.data import reference
from mobility.rules.basics.causes import Cause
from mobility.rules.basics.organisations import OrganisationKind
from mobility.rules.cases.agreements import CostBearer, CostKind
from mobility.rules.cases.checks import CheckKind
from mobility.rules.cases.employers import VettingItem
from mobility.rules.cases.proposals import EndReason
from mobility.rules.law.conditions import Group
from mobility.rules.law.durations import Window
from mobility.rules.law.facts import WAGE_FLOOR_PREFIX
from mobility.rules.law.operators import OPERATORS
from mobility.rules.law.parameter_kinds import DayOfYear, FactName, FactNames
from mobility.rules.law.parameters import Kind
from mobility.wording import causes, employers, organisations
from mobility.wording.proposals import proposals
from mobility.wording.schemes import rulesets, schemes
from mobility.wording.texts import LOCALES, Text
from mobility.wording.texts import marked as _l
from mobility.wording.workers import workers

NOTHING = "\N{EN DASH}"
_YES, _NO = _l("Yes"), _l("No")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_FRACTION = re.compile(r"-?\d+\.\d+")
_SEASON_DAY = re.compile(r"\d{2}-\d{2}")
_FACTS = frozenset({"field", "than", "highest", "missing"})
_COUNTRIES = frozenset({"country", "countries", "origin"})
_KINDS: Mapping[str, type[Enum]] = {
    "cost": CostKind,
    "bearer": CostBearer,
    "authority": OrganisationKind,
    "window": Window,
    "item": VettingItem,
    "why": EndReason,
    "cause": Cause,
    "check": CheckKind,
}
_FILES: tuple[Any, ...] = (causes, employers, organisations, proposals, rulesets, schemes, workers)
_WORDS: Mapping[tuple[type[Enum], Enum], Text] = {
    (type(member), member): text
    for file in _FILES
    for table in (file.LABELS if isinstance(file.LABELS, tuple) else (file.LABELS,))
    for member, text in table.items()
}


def worded(params: Mapping[str, Any], language: str) -> dict[str, str]:
    """Return a code's parameters as people read them."""
    return {name: _worded(name, value, language) for name, value in params.items()}


def fact_name(name: str, language: str) -> str:
    """Return what people call a fact that rules name, such as ``worker.age``."""
    if name.startswith(WAGE_FLOOR_PREFIX):
        return rulesets.WAGE_FLOOR.spoken(language) % {"name": name.removeprefix(WAGE_FLOOR_PREFIX)}
    return _said(rulesets.FACTS, name, language)


def parameters(operator: str, params: Mapping[str, Any], language: str) -> list[tuple[str, str]]:
    """Return the parameters of a rule's operator as pairs of name and value."""
    given = [(each, params[each.name]) for each in OPERATORS[operator].parameters() if each.name in params]
    return [(Text(each.label).spoken(language), _parameter(each.kind, value, language)) for each, value in given]


def _said(texts: Mapping[str, Text], name: str, language: str) -> str:
    """Return the text of a name; a name without one stands for itself."""
    return texts[name].spoken(language) if name in texts else name


def _worded(name: str, value: Any, language: str) -> str:
    text = str(value)
    if text == "":
        return NOTHING
    if name in _FACTS:
        return ", ".join(fact_name(part, language) for part in text.split(","))
    if name in _COUNTRIES:
        return ", ".join(_country(part, language) for part in text.split(","))
    if name in _KINDS:
        return _WORDS[_KINDS[name], _KINDS[name](text)].spoken(language)
    if name in {"expected", "found"} and f"verdict.{text}" in rulesets.SENTENCES:
        return rulesets.SENTENCES[f"verdict.{text}"].spoken(language)
    if name == "reason":
        return _said(rulesets.SENTENCES, text, language)
    return _figure(name, text, language)


def _figure(name: str, text: str, language: str) -> str:
    """Return a number or a date as the language writes it; anything else stays."""
    if _FRACTION.fullmatch(text):
        return str(format_decimal(Decimal(text), locale=LOCALES[language]))
    if _DATE.fullmatch(text):
        return str(format_date(date.fromisoformat(text), "long", locale=LOCALES[language]))
    if name in {"opens", "closes"} and _SEASON_DAY.fullmatch(text):
        return _day_of_year(text, language)
    return text


def _day_of_year(text: str, language: str) -> str:
    return str(format_date(date.fromisoformat(f"2000-{text}"), "d MMMM", locale=LOCALES[language]))


def _parameter(kind: Kind, value: Any, language: str) -> str:
    match value:
        case bool():
            return (_YES if value else _NO).spoken(language)
        case list():
            return ", ".join(_parameter(kind, part, language) for part in value)
        case {"operator": operator, "params": inner}:
            return _joined(operator, inner, language)
        case dict() if isinstance(kind, Group):
            return _joined(kind.of.operator, value, language)
        case dict():
            return ", ".join(f"{part} {amount}" for part, amount in value.items())
        case _:
            return _entry(kind, str(value), language)


def _entry(kind: Kind, text: str, language: str) -> str:
    match kind:
        case FactName() | FactNames():
            return fact_name(text, language)
        case DayOfYear():
            return _day_of_year(text, language)
        case _:
            chosen = dict(kind.choices()).get(text)
            return _figure("", text, language) if chosen is None else Text(chosen).spoken(language)


def _joined(operator: str, params: Mapping[str, Any], language: str) -> str:
    return "; ".join(f"{part}: {text}" for part, text in parameters(operator, params, language))


def _country(code: str, language: str) -> str:
    found = next((country for country in reference.countries() if country.code == code), None)
    return found.names[language] if found else code
