"""The one registry of operators and the reader of conditions; both engines, per person and over arrays, use it."""

from collections.abc import Mapping
from types import MappingProxyType, ModuleType

from mobility.errors import InvalidError
from mobility.rules.law import caps, combinations, comparisons, durations, reader
from mobility.rules.law.conditions import Condition
from mobility.rules.law.facts import nearest
from mobility.rules.law.reader import MAX_DEPTH, Reader

_known: dict[str, type[Condition]] = {}

#: Every operator by the name that rule sets use.
OPERATORS: Mapping[str, type[Condition]] = MappingProxyType(_known)


def enlist(family: ModuleType) -> None:
    """Take in the operators that a module declares, in the order in which they stand there."""
    for kind in vars(family).values():
        if isinstance(kind, type) and issubclass(kind, Condition) and kind.__module__ == family.__name__:
            _known[kind.operator] = kind


for _family in (comparisons, durations, combinations, caps):
    enlist(_family)

CODES = (
    *reader.CODES,
    *(f"{name}.{finding}" for name, kind in OPERATORS.items() for finding in kind.findings),
    *(code for kind in OPERATORS.values() for code in kind.refusals),
    "rules.unknown_operator",
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
