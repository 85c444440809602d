"""What differs between two versions of a rule set, rule by rule and field by field; no sentences."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum, auto
from itertools import zip_longest

from mobility.rules.law.reader import Json
from mobility.rules.law.rulesets import Rule, write_rules


class ChangeKind(StrEnum):
    """What became of a rule from one version to the next."""

    SAME = auto()
    ADDED = auto()
    CHANGED = auto()
    REMOVED = auto()


@dataclass(frozen=True, slots=True)
class Difference:
    """One rule in both versions: ``old`` or ``new`` is None where it is not there; ``fields`` names what differs."""

    rule: str
    kind: ChangeKind
    old: Rule | None
    new: Rule | None
    fields: tuple[str, ...] = ()


def differences(old: Sequence[Rule], new: Sequence[Rule]) -> tuple[Difference, ...]:
    """Compare two rule sets.

    Parameters
    ----------
    old, new : sequence of Rule
        All dated versions. A version that a later one of the same rule replaces, and that stands in both (its last day
        apart), is history and not told: a rule changed from a day on is one change, before and after.

    Returns
    -------
    tuple of Difference
        In the order of ``new``, rules that are gone last; equal rule sets give only ``SAME``.
    """
    names = dict.fromkeys([rule.id for rule in new] + [rule.id for rule in old])
    found: list[Difference] = []
    for name in names:
        before, after = _dated(old, name), _dated(new, name)
        pairs = zip_longest(_without_history(before, after), _without_history(after, before))
        found += [_difference(name, one, other) for one, other in pairs]
    return tuple(found)


def _without_history(versions: Sequence[Rule], others: Sequence[Rule]) -> list[Rule]:
    known = {replace(rule, valid_to=None) for rule in others}
    return [rule for rule in versions if rule is versions[-1] or replace(rule, valid_to=None) not in known]


def _dated(rules: Sequence[Rule], name: str) -> list[Rule]:
    return sorted((rule for rule in rules if rule.id == name), key=lambda rule: rule.valid_from)


def _difference(name: str, old: Rule | None, new: Rule | None) -> Difference:
    if old is None:
        return Difference(name, ChangeKind.ADDED, None, new)
    if new is None:
        return Difference(name, ChangeKind.REMOVED, old, None)
    before, after = _flat(old), _flat(new)
    fields = tuple(key for key in {**before, **after} if before.get(key) != after.get(key))
    return Difference(name, ChangeKind.CHANGED if fields else ChangeKind.SAME, old, new, fields)


def _flat(rule: Rule) -> dict[str, Json]:
    """Return a rule's fields by name, parameters among them."""
    written = write_rules([rule])[0]
    params = written.pop("params")
    inner = {f"params.{key}": value for key, value in params.items()} if isinstance(params, dict) else {}
    return {**written, **inner}
