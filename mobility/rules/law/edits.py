"""Changing a rule set as lawyers do: a rule is added, changed from a day on, or ended; what is past stays as it was."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from mobility.errors import InvalidError
from mobility.rules.law.facts import nearest
from mobility.rules.law.rulesets import Rule, parse_rules, write_rules

CODES = ("rules.name_taken", "rules.no_such_rule", "rules.starts_too_early", "rules.ended_already", "rules.last_one")

_DAY = timedelta(days=1)


def added(rules: Sequence[Rule], new: Rule, *, first_day: date) -> tuple[Rule, ...]:
    """Return the rules with one more.

    Parameters
    ----------
    rules : sequence of Rule
        All versions of all rules.
    new : Rule
    first_day : date
        From which the changed rule set applies.

    Raises
    ------
    InvalidError
        ``rules.name_taken``, ``rules.starts_too_early``, or whatever keeps the whole from being a rule set.
    """
    if any(rule.id == new.id for rule in rules):
        raise InvalidError("rules.name_taken", field="id", rule=new.id)
    _check_start(new, first_day)
    return _whole((*rules, new))


def changed(rules: Sequence[Rule], name: str, new: Rule, *, first_day: date) -> tuple[Rule, ...]:
    """Return the rules with a new version of one, which applies from ``new.valid_from`` on.

    The version before it ends on the day before and stays on record; a version that would begin only then, or later,
    is replaced.

    Raises
    ------
    InvalidError
        ``rules.no_such_rule``, ``rules.starts_too_early``, or whatever keeps the whole from being a rule set.
    """
    _find(rules, name)
    _check_start(new, first_day)
    dated = replace(new, id=name)
    kept = [rule for rule in rules if rule.id != name or rule.valid_from < dated.valid_from]
    return _whole((*(_ended(rule, name, dated.valid_from - _DAY) for rule in kept), dated), like=rules)


def ended(rules: Sequence[Rule], name: str, last: date, *, first_day: date) -> tuple[Rule, ...]:
    """Return the rules with one that ends: its last day is ``last``; a version that begins later goes away.

    Raises
    ------
    InvalidError
        ``rules.no_such_rule``, ``rules.starts_too_early`` for a last day that lies before the one on which the changed
        rule set could end it, ``rules.ended_already``, or ``rules.last_one`` if nothing would be left.
    """
    versions = _find(rules, name)
    if last < first_day - _DAY:
        raise InvalidError("rules.starts_too_early", field="last", day=(first_day - _DAY).isoformat())
    if all(rule.valid_to is not None and rule.valid_to <= last for rule in versions):
        raise InvalidError("rules.ended_already", field="last", rule=name)
    kept = [rule for rule in rules if rule.id != name or rule.valid_from <= last]
    if not kept:
        raise InvalidError("rules.last_one", field="last", rule=name)
    return _whole(tuple(_ended(rule, name, last) for rule in kept))


def _find(rules: Sequence[Rule], name: str) -> list[Rule]:
    found = [rule for rule in rules if rule.id == name]
    if not found:
        names = {rule.id: rule for rule in rules}
        raise InvalidError("rules.no_such_rule", field="rule", name=name[:60], nearest=nearest(name, names))
    return found


def _check_start(new: Rule, first_day: date) -> None:
    if new.valid_from < first_day:
        raise InvalidError("rules.starts_too_early", field="valid_from", day=first_day.isoformat())


def _ended(rule: Rule, name: str, last: date) -> Rule:
    if rule.id != name or (rule.valid_to is not None and rule.valid_to <= last):
        return rule
    return replace(rule, valid_to=last)


def _whole(rules: Sequence[Rule], *, like: Sequence[Rule] = ()) -> tuple[Rule, ...]:
    """Return the rules once they are a rule set: read back as they would be stored, each where it stood before."""
    order = {name: place for place, name in enumerate(dict.fromkeys(rule.id for rule in like))}
    placed = sorted(rules, key=lambda rule: (order.get(rule.id, len(order)), rule.valid_from)) if like else rules
    return parse_rules(write_rules(placed))
