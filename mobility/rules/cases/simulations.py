"""What a simulation changes of a scheme, read and applied; and which figures of before and after may be shown."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any

from mobility.errors import InvalidError
from mobility.rules.basics.findings import Verdict
from mobility.rules.cases.schemes import ReviewOrder
from mobility.rules.figures.fairness import LEAST_SHOWN, Counts, Shown, hidden_groups
from mobility.rules.law.facts import nearest
from mobility.rules.law.reader import MAX_ITEMS, Json
from mobility.rules.law.rulesets import Rule, evaluate, in_force, parse_rules, write_rules

CODES = ("simulation.unreadable", "simulation.unknown_quota", "simulation.unknown_origin")

#: Longest text in which changes come, such as a page's address carries them.
LONGEST = 20_000
MOST_CAP = 10**7
_WHOLE = 100
_PAST = date.min


@dataclass(frozen=True)
class Changes:
    """What differs from the scheme as it is; nothing by default.

    Attributes
    ----------
    base : str
        Version of the rules to start from: its number, ``"draft"`` for the next one, empty for those in force.
    params : mapping of str to mapping
        Other parameters, by rule.
    left_out : frozenset of str
        Rules that are not asked.
    caps : mapping of str to int
        Other caps, by reference of the quota.
    shares : mapping of str to int
        Most of the open positions that people of an origin may fill, in percent, by country.
    occupations : frozenset of str
        Occupations (ISCO-08 unit groups) whose vacancies are not counted.
    review_order : ReviewOrder or None
        Another order of decisions; it changes no figure.
    """

    base: str = ""
    params: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()
    caps: Mapping[str, int] = field(default_factory=dict)
    shares: Mapping[str, int] = field(default_factory=dict)
    occupations: frozenset[str] = frozenset()
    review_order: ReviewOrder | None = None

    def __bool__(self) -> bool:
        return self != Changes()


def read_changes(text: str) -> Changes:
    """Read changes from the text that ``write_changes`` gives.

    Parameters
    ----------
    text : str
        Empty for no change.

    Raises
    ------
    InvalidError
        ``simulation.unreadable``: no such text; the rules themselves are looked at by ``changed_rules``.
    """
    if not text:
        return Changes()
    try:
        return _read(json.loads(text) if len(text) <= LONGEST else None)
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise InvalidError("simulation.unreadable", field="changes") from None


def _read(raw: Any) -> Changes:
    if not set(raw) <= {part.name for part in fields(Changes)}:
        raise ValueError("unknown names")
    order = raw.get("review_order")
    return Changes(
        base=_text(raw.get("base", "")),
        params={_text(rule): dict(params) for rule, params in raw.get("params", {}).items()},
        left_out=frozenset(_text(rule) for rule in _few(raw.get("left_out", []))),
        caps={_text(ref): _number(cap, MOST_CAP) for ref, cap in raw.get("caps", {}).items()},
        shares={_text(origin): _number(share, _WHOLE) for origin, share in raw.get("shares", {}).items()},
        occupations=frozenset(_text(code) for code in _few(raw.get("occupations", []))),
        review_order=None if order is None else ReviewOrder(order),
    )


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > 60:  # noqa: PLR2004  as long as the name of a rule
        raise ValueError("no short text")
    return value


def _few(values: object) -> list[object]:
    if not isinstance(values, list) or len(values) > MAX_ITEMS:
        raise ValueError("no short list")
    return values


def _number(value: object, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        raise ValueError("no number in bounds")
    return value


def write_changes(changes: Changes) -> str:
    """Return changes as text: the same for equal changes, empty for none."""
    given: dict[str, Json] = {
        "base": changes.base,
        "params": {rule: dict(params) for rule, params in changes.params.items()},
        "left_out": [*sorted(changes.left_out)],
        "caps": dict(changes.caps),
        "shares": dict(changes.shares),
        "occupations": [*sorted(changes.occupations)],
        "review_order": changes.review_order.value if changes.review_order else None,
    }
    told = {name: value for name, value in given.items() if value}
    return json.dumps(told, sort_keys=True, separators=(",", ":")) if told else ""


def law_on(rules: Iterable[Rule], day: date) -> tuple[Rule, ...]:
    """Return the rules in force on a day, without their dates: as a simulation asks them of today's people."""
    return tuple(replace(rule, valid_from=_PAST, valid_to=None) for rule in in_force(rules, day))


def changed_rules(rules: Sequence[Rule], changes: Changes) -> tuple[Rule, ...]:
    """Return rules as changed.

    Parameters
    ----------
    rules : sequence of Rule
        Of one day, as ``law_on`` gives them.
    changes : Changes

    Raises
    ------
    InvalidError
        ``rules.no_such_rule``, or whatever keeps a rule or the whole from being a rule set: ``field`` is its path
        (``rule[0].params.min``) and ``rule`` in the parameters says which.
    """
    known = {rule.id: rule for rule in rules}
    for name in (*changes.params, *changes.left_out):
        if name not in known:
            raise InvalidError("rules.no_such_rule", field="rule", name=name, nearest=nearest(name, known))
    kept = [rule for rule in rules if rule.id not in changes.left_out]
    made = [_with(rule, changes.params[rule.id]) if rule.id in changes.params else rule for rule in kept]
    return parse_rules(write_rules(made))


def _with(rule: Rule, params: Mapping[str, Json]) -> Rule:
    raw = {**write_rules([rule])[0], "params": dict(params)}
    return parse_rules([raw], path="rule")[0]


def newly_barred(before: Sequence[Rule], after: Sequence[Rule], facts: Any, on: date) -> bool:
    """Tell whether a vacancy fails a rule on jobs alone that it does not fail under the rules before.

    Parameters
    ----------
    before, after : sequence of Rule
        The blocking ones among those that ``rulesets.about_jobs`` gives.
    facts : mapping of str to value
        Of the vacancy.
    on : date

    Returns
    -------
    bool
        An open vacancy was certified once: only a change can refuse it, and what is not known refuses nothing.
    """
    asked = [rule for rule in after if rule not in before]
    fails = {finding.rule for finding in evaluate(asked, facts, on=on) if finding.verdict is Verdict.FAIL}
    failed = {finding.rule for finding in evaluate(before, facts, on=on) if finding.verdict is Verdict.FAIL}
    return bool(fails - failed)


def share_cap(places: int, percent: int) -> int:
    """Return how many of some open positions a share is, rounded down."""
    return places * percent // _WHOLE


def hide_pair(
    before: Counts, after: Counts, *, earlier: Sequence[tuple[Counts, Counts]] = (), least: int = LEAST_SHOWN
) -> tuple[Shown, Shown]:
    """Return the counts of two sides with the same cells hidden (None) on both.

    Parameters
    ----------
    before, after : mapping of str to int
        People by the same groups; the sums over all groups are taken to be known.
    earlier : sequence of pairs of mappings, optional
        The same groups at earlier steps, on either side: those who dropped out since are cells too.
    least : int
        Smallest count that may be shown.

    Returns
    -------
    tuple of two dict of str to int or None
        Either nothing is hidden, or at least two cells that together count ``least`` or more on either side, or
        everything. Of what is shown, and of what is hidden together, nobody or at least ``least`` people are between
        before and after, and between either and its earlier steps.
    """
    gaps = [{group: after[group] - count for group, count in before.items()}]
    for first, second in earlier:
        gaps += [{group: first.get(group, 0) - count for group, count in before.items()}]
        gaps += [{group: second.get(group, 0) - after[group] for group in before}]
    hidden = hidden_groups((before, after), gaps, least)
    shown = [{group: None if group in hidden else count for group, count in side.items()} for side in (before, after)]
    return shown[0], shown[1]
