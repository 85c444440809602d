"""The parameters of each operator as form fields, and back to what the rules read; which field a refusal belongs to."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField
from wtforms.fields.choices import SelectChoice

from mobility.forms.fields import long_text_field, select_field, text_field
from mobility.forms.words import fact_name, label, spoken
from mobility.rules.basics.languages import Cefr
from mobility.rules.law.conditions import Json
from mobility.rules.law.durations import Window
from mobility.rules.law.facts import FACTS, WAGE_FLOOR_PREFIX, FactKind
from mobility.wording.schemes.rulesets import PARAMETERS

#: Operators that hold others: how many parts a form offers, and the parameter that each part is.
PARTS: Mapping[str, tuple[str, ...]] = {
    "all_of": ("of[0]", "of[1]", "of[2]", "of[3]"),
    "any_of": ("of[0]", "of[1]", "of[2]", "of[3]"),
    "when": ("if", "then"),
    "capped": ("exempt",),
}
_INTEGERS = frozenset(
    {
        "months",
        "days",
        "max_months",
        "over",
        "reset_days",
        "least",
        "most",
        "min_seasons",
        "within_years",
    }
)
_LISTS = frozenset({"values", "floors"})
_FACT, _TEXT, _LINES, _FLAG, _LEVEL, _WINDOW, _AMOUNTS = "fact", "text", "lines", "flag", "level", "window", "amounts"
_NUMBERS = (FactKind.INTEGER, FactKind.DECIMAL, FactKind.DATE)
_CODES = (FactKind.CODE, FactKind.CODES)


@dataclass(frozen=True)
class Parameter:
    """One parameter as a field: what it looks like, and for a fact which kinds it may be of."""

    name: str
    look: str = _TEXT
    kinds: tuple[FactKind, ...] = ()


_CAP = (
    Parameter("max_months"),
    Parameter("window", _WINDOW),
    Parameter("over"),
    Parameter("reset_days"),
    Parameter("year_opens"),
)
#: What a lawyer fills in for each operator.
FIELDS: Mapping[str, tuple[Parameter, ...]] = {
    "range": (Parameter("field", _FACT, _NUMBERS), Parameter("min"), Parameter("max")),
    "one_of": (Parameter("field", _FACT, _CODES), Parameter("values", _LINES)),
    "none_of": (Parameter("field", _FACT, _CODES), Parameter("values", _LINES)),
    "equals": (
        Parameter("field", _FACT, (FactKind.INTEGER, FactKind.CODE, FactKind.BOOLEAN)),
        Parameter("value"),
    ),
    "is_true": (Parameter("field", _FACT, (FactKind.BOOLEAN,)),),
    "at_least_level": (Parameter("field", _FACT, (FactKind.LEVEL,)), Parameter("level", _LEVEL)),
    "highest_of_floors": (Parameter("currency"), Parameter("floors", _LINES), Parameter("amounts", _AMOUNTS)),
    "valid_beyond_end": (Parameter("field", _FACT, (FactKind.DATE,)), Parameter("months"), Parameter("days")),
    "no_later_than": (Parameter("field", _FACT, (FactKind.DATE,)), Parameter("than", _FACT, (FactKind.DATE,))),
    "stay_cap": _CAP,
    "season": (Parameter("opens"), Parameter("closes")),
    "notice_days": (Parameter("field", _FACT, (FactKind.DATE,)), Parameter("least"), Parameter("most")),
    "history": (Parameter("min_seasons"), Parameter("within_years"), Parameter("returned_on_time", _FLAG)),
    "all_of": (),
    "any_of": (),
    "when": (),
    "capped": (
        *(Parameter(f"cap.{each.name}", each.look) for each in _CAP),
        *(Parameter(f"sub_caps[0].{each.name}", each.look) for each in _CAP),
    ),
}
#: What to write where the name of a parameter alone does not say it.
_HINTS: Mapping[str, Any] = {
    "values": _l("One code a line: countries as GT, regions as US-FL, occupations as 9211 or its first digits."),
    "floors": _l("One a line: the names of the floors, such as prevailing."),
    "amounts": _l("One a line: a name and an amount, such as federal_minimum 7.25."),
    "opens": _l("Month and day, such as 01-31."),
    "closes": _l("Month and day, such as 12-15."),
    "year_opens": _l("Only for a fiscal year: month and day, such as 10-01."),
    "over": _l("Only for a rolling period."),
    "reset_days": _l("Only for the time since the last long absence."),
    "value": _l("A whole number, a code, or true or false."),
    "currency": _l("Three letters, such as USD."),
    "min": _l("A number, or a date such as 2026-04-30."),
    "max": _l("A number, or a date such as 2026-04-30."),
}


def input_name(prefix: str, parameter: str) -> str:
    """Return the name of a parameter's field: letters, digits and underscores only."""
    return f"{prefix}{re.sub(r'[^a-z0-9]+', '_', parameter)}"


def fields_of(operator: str, prefix: str = "p_") -> dict[str, Any]:
    """Return the form fields of an operator's parameters, by name."""
    return {input_name(prefix, each.name): _field(each) for each in FIELDS[operator]}


def _field(parameter: Parameter) -> Any:
    name = parameter.name.rpartition(".")[2]
    text, hint = spoken(PARAMETERS[name]), _HINTS.get(name, "")
    if parameter.name.startswith("sub_caps"):
        text = _l("Cap inside it: %(name)s", name=text)
    match parameter.look:
        case "fact":
            choices = sorted(
                (fact_name(known.name), known.name) for known in FACTS.values() if known.kind in parameter.kinds
            )
            return SelectField(
                text,
                choices=[
                    SelectChoice("", str(_l("Choose"))),
                    *(SelectChoice(value, shown) for shown, value in choices),
                ],
                validate_choice=False,
            )
        case "level":
            levels = [SelectChoice(level.name, level.name) for level in Cefr if level is not Cefr.NONE]
            return select_field(text, choices=levels)
        case "window":
            given = [SelectChoice(window.value, label(window)) for window in Window]
            empty = [SelectChoice("", str(_l("None")))] if parameter.name.startswith("sub_caps") else []
            return select_field(text, choices=[*empty, *given])
        case "flag":
            return BooleanField(text)
        case "lines" | "amounts":
            return long_text_field(text, limit=5000, description=hint)
        case _:
            return text_field(text, limit=60, description=hint)


def read(operator: str, data: Mapping[str, Any], prefix: str = "p_") -> dict[str, Json]:
    """Return an operator's parameters as the rules read them; what was left empty is left out."""
    found: dict[str, Json] = {}
    for each in FIELDS[operator]:
        value = _value(each, data.get(input_name(prefix, each.name)), data.get(input_name(prefix, "field")))
        if value is not None:
            _put(found, each.name, value)
    for unused in ("cap", "sub_caps"):
        caps = found.get(unused)
        for cap in [caps] if isinstance(caps, dict) else caps if isinstance(caps, list) else []:
            if isinstance(cap, dict) and "max_months" not in cap:
                found.pop(unused, None)
    return found


def _put(found: dict[str, Json], name: str, value: Json) -> None:
    head, _, rest = name.rpartition(".")
    if not head:
        found[name] = value
    elif head.endswith("[0]"):
        caps = found.setdefault(head.removesuffix("[0]"), [{}])
        if isinstance(caps, list) and isinstance(caps[0], dict):
            caps[0][rest] = value
    else:
        inner = found.setdefault(head, {})
        if isinstance(inner, dict):
            inner[rest] = value


def _value(parameter: Parameter, given: Any, fact: str | None) -> Json:
    name = parameter.name.rpartition(".")[2]
    if parameter.look == _FLAG:
        return True if given else None
    text = "" if given is None else str(given).strip()
    if not text:
        return None
    if parameter.look == _LINES:
        prefix = WAGE_FLOOR_PREFIX if name == "floors" else ""
        return [line if line.startswith(prefix) else f"{prefix}{line}" for line in _lines(text)]
    if parameter.look == _AMOUNTS:
        pairs = [line.rpartition(" ") for line in _lines(text)]
        return {key.strip() or amount: amount for key, _, amount in pairs}
    if name in _INTEGERS or (name in {"min", "max", "value"} and _is_whole(fact)):
        return int(text) if re.fullmatch(r"-?\d{1,9}", text, re.ASCII) else text
    if name == "value" and text.lower() in {"true", "false"}:
        return text.lower() == "true"
    return text


def _is_whole(fact: str | None) -> bool:
    known = FACTS.get(fact or "")
    return known is not None and known.kind is FactKind.INTEGER


def _lines(text: str) -> Iterator[str]:
    return (part.strip() for part in re.split(r"[\n,;]+", text) if part.strip())


def fill(operator: str, params: Mapping[str, Any], prefix: str = "p_") -> dict[str, Any]:
    """Return what the fields of an operator show for some parameters."""
    shown: dict[str, Any] = {}
    for each in FIELDS[operator]:
        value = _get(params, each.name)
        if value is None:
            continue
        if isinstance(value, list):
            value = "\n".join(str(part).removeprefix(WAGE_FLOOR_PREFIX) for part in value)
        elif isinstance(value, dict):
            value = "\n".join(f"{name} {amount}" for name, amount in value.items())
        elif isinstance(value, bool) and each.look != _FLAG:
            value = "true" if value else "false"
        shown[input_name(prefix, each.name)] = value
    return shown


def _get(params: Mapping[str, Any], name: str) -> Any:
    found: Any = params
    for part in name.split("."):
        key, _, place = part.partition("[")
        found = found.get(key) if isinstance(found, dict | Mapping) else None
        if place and isinstance(found, list):
            found = found[0] if found else None
    return found


def field_at(path: str, parts: Mapping[str, str], own: str = "p_") -> str | None:
    """Return the name of the field that a refusal's path belongs to; ``own`` and ``parts`` give the prefixes.

    ``rule[0].params.of[1].params.min`` is the field ``min`` of the second part; a list's place is left away.
    """
    found = re.match(r"rule\[0\]\.params\.(.*)", path)
    if found is None:
        return None
    rest, prefix = found.group(1), own
    for part, of_part in parts.items():
        inside = f"{part}.params"
        if rest.startswith(inside):
            rest, prefix = rest.removeprefix(inside).removeprefix("."), of_part
            break
    rest = re.sub(r"^(values|floors)\[\d+\]$", r"\1", rest)
    rest = re.sub(r"^amounts\..*$", "amounts", rest)
    return input_name(prefix, rest) if rest else None
