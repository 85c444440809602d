"""The one registry of operators and the reader of conditions; both engines, per person and over arrays, use it."""

from collections.abc import Mapping
from types import MappingProxyType

from mobility.errors import InvalidError
from mobility.rules.law import caps, combinations, comparisons, conditions, durations
from mobility.rules.law.conditions import MAX_DEPTH, Condition, Reader
from mobility.rules.law.facts import nearest

CODES = (
    *conditions.CODES,
    *comparisons.CODES,
    *durations.CODES,
    *combinations.CODES,
    *caps.CODES,
    "rules.unknown_operator",
)

#: Every operator by the name that rule sets use.
OPERATORS: Mapping[str, type[Condition]] = MappingProxyType(
    {
        kind.operator: kind
        for kind in (
            comparisons.Range,
            comparisons.OneOf,
            comparisons.NoneOf,
            comparisons.Equals,
            comparisons.IsTrue,
            comparisons.AtLeastLevel,
            comparisons.HighestOfFloors,
            durations.ValidBeyondEnd,
            durations.NoLaterThan,
            durations.StayCap,
            durations.Season,
            durations.NoticeDays,
            durations.History,
            combinations.AllOf,
            combinations.AnyOf,
            combinations.When,
            caps.Capped,
        )
    }
)


def parse_condition(raw: object, path: str = "condition", depth: int = 0) -> Condition:
    """Read a condition from ``{"operator": …, "params": {…}}``.

    Parameters
    ----------
    raw : object
        What JSON gave.
    path : str
        Where it stands, for errors.
    depth : int
        How many conditions it stands inside of; deeper than ``MAX_DEPTH`` is refused.

    Raises
    ------
    InvalidError
        With the path of what is wrong and, for names, the nearest known one.
    """
    if depth > MAX_DEPTH:
        raise InvalidError("rules.too_deep", field=path, most=MAX_DEPTH)
    outer = Reader(raw, path, parse_condition, depth=depth)
    outer.only("operator", "params")
    return read_operator(outer)


def read_operator(outer: Reader) -> Condition:
    """Build the condition whose ``operator`` and ``params`` stand in the object that ``outer`` reads."""
    name = outer.text("operator")
    if name not in OPERATORS:
        raise InvalidError(
            "rules.unknown_operator", field=outer.at("operator"), name=name[:80], nearest=nearest(name, OPERATORS)
        )
    return OPERATORS[name].read(outer.inner("params"))
