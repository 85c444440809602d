"""The parameters of each operator as form fields, and back to what the rules read; which field a refusal belongs to."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField
from wtforms.fields.choices import SelectChoice

from mobility.forms.fields import long_text_field, select_field, text_field
from mobility.forms.words import fact_name
from mobility.rules.law.conditions import Group
from mobility.rules.law.facts import FACTS
from mobility.rules.law.operators import OPERATORS
from mobility.rules.law.parameters import Look, Parameter
from mobility.rules.law.reader import Json

#: How many parts a form offers where there may be any number.
MOST_PARTS = 4


class Input(NamedTuple):
    """One field of a form: its parameter, where that stands in JSON, and the group that it belongs to, if any.

    Attributes
    ----------
    path : str
        Such as ``"min"``, ``"cap.max_months"`` or ``"sub_caps[0].over"``.
    parameter : Parameter
    group : Parameter or None
        The parameter that this one is part of.
    """

    path: str
    parameter: Parameter
    group: Parameter | None = None

    @property
    def is_one_of_several(self) -> bool:
        """Whether it belongs to one of any number of groups."""
        return self.group is not None and self.group.kind.is_several


def inputs_of(operator: str) -> tuple[Input, ...]:
    """Return what somebody fills in for an operator, its parts aside; of several groups a form offers one."""
    found: list[Input] = []
    for each in OPERATORS[operator].parameters():
        if isinstance(each.kind, Group):
            place = f"{each.name}[0]" if each.kind.is_several else each.name
            found += [Input(f"{place}.{inner.name}", inner, each) for inner in each.kind.of.parameters()]
        elif each.kind.look is not Look.PART:
            found.append(Input(each.name, each))
    return tuple(found)


def part_names(operator: str) -> tuple[str, ...]:
    """Return where the parts that a form offers stand in JSON, such as ``"of[0]"`` or ``"if"``."""
    return tuple(
        name
        for each in _parts(operator)
        for name in ([f"{each.name}[{place}]" for place in range(MOST_PARTS)] if each.kind.is_several else [each.name])
    )


def parts_needed(operator: str) -> int:
    """Return how many parts a rule of an operator cannot be without."""
    return sum(each.is_required for each in _parts(operator))


def parts_in(operator: str, params: Mapping[str, Any]) -> list[Any]:
    """Return the conditions inside an operator's parameters, as JSON, in the order of the form."""
    found: list[Any] = []
    for each in _parts(operator):
        given = params.get(each.name)
        if given is not None:
            found += given if each.kind.is_several else [given]
    return found


def with_parts(operator: str, params: Mapping[str, Json], parts: Sequence[Json]) -> dict[str, Json]:
    """Return an operator's parameters with the conditions inside it."""
    whole, left = dict(params), list(parts)
    for each in _parts(operator):
        if each.kind.is_several:
            whole[each.name], left = left, []
        elif left:
            whole[each.name] = left.pop(0)
    return whole


def is_plain(operator: str, params: Mapping[str, Any]) -> bool:
    """Tell whether the form can show a rule whole: its parts hold no further parts, and there are not too many."""
    parts = parts_in(operator, params)
    groups = [params.get(each.name, []) for each in OPERATORS[operator].parameters() if each.kind.look is Look.GROUP]
    return (
        len(parts) <= len(part_names(operator))
        and all(not isinstance(group, list) or len(group) <= 1 for group in groups)
        and all(not part_names(part["operator"]) for part in parts)
    )


def _parts(operator: str) -> Iterator[Parameter]:
    return (each for each in OPERATORS[operator].parameters() if each.kind.look is Look.PART)


def input_name(prefix: str, path: str) -> str:
    """Return the name of a parameter's field: letters, digits and underscores only."""
    return f"{prefix}{re.sub(r'[^a-z0-9]+', '_', path)}"


def fields_of(operator: str, prefix: str = "p_") -> dict[str, Any]:
    """Return the form fields of an operator's parameters, by name."""
    return {input_name(prefix, each.path): _field(each) for each in inputs_of(operator)}


def _field(shown: Input) -> Any:
    parameter = shown.parameter
    text = _l("Cap inside it: %(name)s", name=_l(parameter.label)) if shown.is_one_of_several else _l(parameter.label)
    hint = _l(parameter.hint) if parameter.hint else ""
    match parameter.kind.look:
        case Look.FACT:
            return SelectField(text, choices=_facts_to_choose(parameter), validate_choice=False)
        case Look.CHOICE:
            return select_field(text, choices=_choices(shown))
        case Look.FLAG:
            return BooleanField(text)
        case Look.LINES:
            return long_text_field(text, limit=5000, description=hint)
        case _:
            return text_field(text, limit=60, description=hint)


def _facts_to_choose(parameter: Parameter) -> list[SelectChoice]:
    named = sorted((fact_name(name), name) for name, _text in parameter.kind.choices())
    return [SelectChoice("", _("Choose")), *(SelectChoice(name, words) for words, name in named)]


def _choices(shown: Input) -> list[SelectChoice]:
    """Return what to choose from, with an empty choice where nothing need be chosen."""
    parameter = shown.parameter
    given = [SelectChoice(value, _(words)) for value, words in parameter.kind.choices()]
    return [SelectChoice("", _("None")), *given] if shown.is_one_of_several or parameter.default is None else given


def read(operator: str, data: Mapping[str, Any], prefix: str = "p_") -> dict[str, Json]:
    """Return an operator's parameters as the rules read them; what was left empty is left out."""
    params: dict[str, Json] = {}
    groups: dict[str, dict[str, Json]] = {}
    known = FACTS.get(data.get(input_name(prefix, "field")) or "")
    for path, parameter, group in inputs_of(operator):
        value = _entered(parameter, data.get(input_name(prefix, path)), known)
        if value is not None:
            whole = params if group is None else groups.setdefault(group.name, {})
            whole[parameter.name] = value
    return params | _filled_in(operator, groups)


def _filled_in(operator: str, groups: Mapping[str, dict[str, Json]]) -> dict[str, Json]:
    """Return the groups in which something was entered, as parameters of their operator."""
    found: dict[str, Json] = {}
    for each in OPERATORS[operator].parameters():
        if isinstance(each.kind, Group) and _is_filled_in(each.kind, groups.get(each.name, {})):
            found[each.name] = [groups[each.name]] if each.kind.is_several else groups[each.name]
    return found


def _entered(parameter: Parameter, given: Any, known: Any) -> Json:
    if parameter.kind.look is Look.FLAG:
        return given or None
    text = "" if given is None else str(given).strip()
    return parameter.kind.entered(text, known) if text else None


def _is_filled_in(group: Group, given: Mapping[str, Json]) -> bool:
    """Tell whether anything was entered in a group: what is chosen from a list may be chosen from the start."""
    return any(each.name in given and each.kind.look is not Look.CHOICE for each in group.of.parameters())


def fill(operator: str, params: Mapping[str, Any], prefix: str = "p_") -> dict[str, Any]:
    """Return what the fields of an operator show for some parameters."""
    shown: dict[str, Any] = {}
    for path, parameter, group in inputs_of(operator):
        whole = params if group is None else params.get(group.name) or {}
        value = (whole[0] if isinstance(whole, list) else whole).get(parameter.name)
        if value is not None:
            shown[input_name(prefix, path)] = parameter.kind.filled(value)
    return shown


def fields_at(path: str, parts: Mapping[str, str], own: str = "p_") -> tuple[str, ...]:
    """Return the names of the fields that a refusal's path may belong to, the nearest first.

    Parameters
    ----------
    path : str
        ``rule[0].params.of[1].params.min`` is the field ``min`` of the second part; of ``rule[0].params.values[2]``,
        the third of several values, the field is ``values``.
    parts : mapping of str to str
        The prefix of each part, by where it stands.
    own : str
        The prefix of the fields that belong to no part.
    """
    found = re.match(r"rule\[0\]\.params\.(.*)", path)
    rest, prefix = found.group(1) if found else "", own
    for part, of_part in parts.items():
        if rest.startswith(f"{part}.params."):
            rest, prefix = rest.removeprefix(f"{part}.params."), of_part
            break
    names = []
    while rest:
        names.append(input_name(prefix, rest))
        rest = re.sub(r"(\.\w+|\[\d+\])$|^\w+$", "", rest)
    return tuple(names)
