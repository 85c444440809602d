"""Operators that compare one fact, or the pay, with a rule's parameters; no dates of stays and no combinations."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar, Self, cast

from mobility.errors import InvalidError
from mobility.rules.basics.findings import Verdict
from mobility.rules.basics.languages import Cefr, at_least
from mobility.rules.basics.wages import wage_floor
from mobility.rules.law.conditions import Condition, Json, Limit, Outcome, Reader, decide, missing, shown
from mobility.rules.law.facts import FACTS, WAGE_FLOOR_PREFIX, Fact, FactKind, Facts

PAY, CURRENCY = "vacancy.pay_hourly", "vacancy.currency"

CODES = (
    "range.met",
    "range.below",
    "range.above",
    "one_of.met",
    "one_of.outside",
    "none_of.met",
    "none_of.excluded",
    "equals.met",
    "equals.differs",
    "is_true.met",
    "is_true.not_met",
    "at_least_level.met",
    "at_least_level.below",
    "highest_of_floors.met",
    "highest_of_floors.below",
    "highest_of_floors.other_currency",
)


@dataclass(frozen=True, slots=True)
class OfOneField(Condition):
    """A condition on the value of one field."""

    field: str

    @property
    def fields(self) -> frozenset[str]:
        """Names of all facts that the answer may depend on."""
        return frozenset({self.field})


def _json(limit: Limit) -> Json:
    return limit if isinstance(limit, int) else str(shown(limit))


@dataclass(frozen=True, slots=True)
class Range(OfOneField):
    """A number or date lies between two bounds, both included; either may be absent."""

    operator: ClassVar[str] = "range"
    least: Limit | None = None
    most: Limit | None = None

    @classmethod
    def read(cls, reader: Reader) -> Self:
        """Read ``field`` and ``min`` or ``max`` or both."""
        reader.only("field", "min", "max")
        known = reader.fact("field", FactKind.INTEGER, FactKind.DECIMAL, FactKind.DATE)
        least = reader.limit("min", known) if reader.has("min") else None
        most = reader.limit("max", known) if reader.has("max") else None
        if least is None and most is None:
            raise InvalidError("rules.required", field=reader.at("min"))
        if least is not None and most is not None and cast("Any", least) > most:
            raise InvalidError("rules.contradiction", field=reader.at("min"), least=shown(least), most=shown(most))
        return cls(known.name, least, most)

    def params(self) -> dict[str, Json]:
        """Return the parameters as JSON."""
        bounds = {"min": self.least, "max": self.most}
        return {"field": self.field} | {key: _json(limit) for key, limit in bounds.items() if limit is not None}

    def apply(self, facts: Facts) -> Outcome:
        """Compare the value with both bounds."""
        if unknown := missing(facts, self.field):
            return unknown
        value = cast("Any", facts[self.field])
        params: dict[str, str | int] = {"field": self.field, "value": shown(value)}
        if self.least is not None and value < self.least:
            return Outcome(Verdict.FAIL, "range.below", params | {"limit": shown(self.least)})
        if self.most is not None and value > self.most:
            return Outcome(Verdict.FAIL, "range.above", params | {"limit": shown(self.most)})
        return Outcome(Verdict.PASS, "range.met", params)


def _within(value: object, codes: frozenset[str], known: Fact) -> bool:
    """Tell whether any of the value's codes (or, in a hierarchy, a code above it) is listed."""
    found = cast("frozenset[str]", value) if known.kind is FactKind.CODES else frozenset({cast("str", value)})
    if known.hierarchical:
        found = frozenset(code[:length] for code in found for length in range(1, len(code) + 1))
    return not found.isdisjoint(codes)


@dataclass(frozen=True, slots=True)
class OneOf(OfOneField):
    """A code is on a list; of a field that holds several codes, one on the list is enough."""

    operator: ClassVar[str] = "one_of"
    values: frozenset[str]

    @classmethod
    def read(cls, reader: Reader) -> Self:
        """Read ``field`` and ``values``."""
        reader.only("field", "values")
        known = reader.fact("field", FactKind.CODE, FactKind.CODES)
        return cls(known.name, reader.codes("values", known))

    def params(self) -> dict[str, Json]:
        """Return the parameters as JSON."""
        return {"field": self.field, "values": cast("list[Json]", sorted(self.values))}

    def apply(self, facts: Facts) -> Outcome:
        """Look the value up."""
        if unknown := missing(facts, self.field):
            return unknown
        value = facts[self.field]
        params: dict[str, str | int] = {"field": self.field, "value": shown(value)}
        return decide(self.operator, params, ok=_within(value, self.values, FACTS[self.field]), no="outside")


@dataclass(frozen=True, slots=True)
class NoneOf(OneOf):
    """A code is not on a list; of a field that holds several codes, none may be."""

    operator: ClassVar[str] = "none_of"

    def apply(self, facts: Facts) -> Outcome:
        """Look the value up."""
        if unknown := missing(facts, self.field):
            return unknown
        value = facts[self.field]
        params: dict[str, str | int] = {"field": self.field, "value": shown(value)}
        return decide(self.operator, params, ok=not _within(value, self.values, FACTS[self.field]), no="excluded")


@dataclass(frozen=True, slots=True)
class Equals(OfOneField):
    """A whole number, a code or a yes-or-no is exactly this one."""

    operator: ClassVar[str] = "equals"
    value: int | str | bool

    @classmethod
    def read(cls, reader: Reader) -> Self:
        """Read ``field`` and ``value``."""
        reader.only("field", "value")
        known = reader.fact("field", FactKind.INTEGER, FactKind.CODE, FactKind.BOOLEAN)
        if known.kind is FactKind.BOOLEAN:
            return cls(known.name, reader.flag("value"))
        if known.kind is FactKind.INTEGER:
            return cls(known.name, reader.integer("value", least=-(10**6)))
        return cls(known.name, reader.code("value", known))

    def params(self) -> dict[str, Json]:
        """Return the parameters as JSON."""
        return {"field": self.field, "value": self.value}

    def apply(self, facts: Facts) -> Outcome:
        """Compare the two."""
        if unknown := missing(facts, self.field):
            return unknown
        value = facts[self.field]
        params = {"field": self.field, "value": shown(value), "needed": shown(self.value)}
        return decide(self.operator, params, ok=value == self.value, no="differs")


@dataclass(frozen=True, slots=True)
class IsTrue(OfOneField):
    """A yes-or-no is yes."""

    operator: ClassVar[str] = "is_true"

    @classmethod
    def read(cls, reader: Reader) -> Self:
        """Read ``field``."""
        reader.only("field")
        return cls(reader.fact("field", FactKind.BOOLEAN).name)

    def params(self) -> dict[str, Json]:
        """Return the parameters as JSON."""
        return {"field": self.field}

    def apply(self, facts: Facts) -> Outcome:
        """Look at the value."""
        return missing(facts, self.field) or decide(self.operator, {"field": self.field}, ok=facts[self.field] is True)


@dataclass(frozen=True, slots=True)
class AtLeastLevel(OfOneField):
    """A language is spoken at a level of the European framework or above."""

    operator: ClassVar[str] = "at_least_level"
    level: Cefr

    @classmethod
    def read(cls, reader: Reader) -> Self:
        """Read ``field`` and ``level``."""
        reader.only("field", "level")
        return cls(reader.fact("field", FactKind.LEVEL).name, reader.level("level"))

    def params(self) -> dict[str, Json]:
        """Return the parameters as JSON."""
        return {"field": self.field, "level": self.level.name}

    def apply(self, facts: Facts) -> Outcome:
        """Compare the levels."""
        if unknown := missing(facts, self.field):
            return unknown
        level = cast("Cefr", facts[self.field])
        params: dict[str, str | int] = {"field": self.field, "value": level.name, "needed": self.level.name}
        return decide(self.operator, params, ok=at_least(level, self.level) is Verdict.PASS, no="below")


@dataclass(frozen=True, slots=True)
class HighestOfFloors(Condition):
    """The hourly pay reaches the highest of several floors: fields of the vacancy, and amounts fixed by the rule."""

    operator: ClassVar[str] = "highest_of_floors"
    currency: str
    floors: tuple[str, ...] = ()
    amounts: Mapping[str, Decimal] = field(default_factory=dict, hash=False)

    @classmethod
    def read(cls, reader: Reader) -> Self:
        """Read ``currency`` and ``floors`` (fields) or ``amounts`` (by name) or both."""
        reader.only("currency", "floors", "amounts")
        currency = reader.code("currency", FACTS[CURRENCY])
        floors: tuple[str, ...] = ()
        if reader.has("floors"):
            floors = tuple(known.name for known in reader.facts("floors", FactKind.DECIMAL))
        for index, name in enumerate(floors):
            if not name.startswith(WAGE_FLOOR_PREFIX):
                raise InvalidError("rules.wrong_kind", field=f"{reader.at('floors')}[{index}]", name=name)
        amounts = cls._amounts(reader) if reader.has("amounts") else {}
        if not floors and not amounts:
            raise InvalidError("rules.required", field=reader.at("floors"))
        return cls(currency, floors, amounts)

    @staticmethod
    def _amounts(reader: Reader) -> dict[str, Decimal]:
        inner = reader.inner("amounts")
        amounts: dict[str, Decimal] = {}
        for key in inner.raw:
            if not isinstance(key, str) or not key.isidentifier():
                raise InvalidError("rules.not_a_code", field=inner.path, name=str(key)[:80])
            amounts[key] = inner.decimal(key)
            if amounts[key] <= 0:
                raise InvalidError("rules.out_of_bounds", field=inner.at(key), least=0)
        return amounts

    def params(self) -> dict[str, Json]:
        """Return the parameters as JSON."""
        given: dict[str, Json] = {"currency": self.currency}
        if self.floors:
            given["floors"] = list(self.floors)
        if self.amounts:
            given["amounts"] = {name: f"{amount:f}" for name, amount in self.amounts.items()}
        return given

    @property
    def fields(self) -> frozenset[str]:
        """Names of all facts that the answer may depend on."""
        return frozenset({PAY, CURRENCY, *self.floors})

    def apply(self, facts: Facts) -> Outcome:
        """Compare the pay with every floor; see ``wages.wage_floor``."""
        if unknown := missing(facts, CURRENCY):
            return unknown
        if facts[CURRENCY] != self.currency:
            params: dict[str, str | int] = {"value": shown(facts[CURRENCY]), "needed": self.currency}
            return Outcome(Verdict.FAIL, "highest_of_floors.other_currency", params)
        if unknown := missing(facts, PAY):
            return unknown
        known: dict[str, Decimal | None] = {name: cast("Decimal | None", facts.get(name)) for name in self.floors}
        seen = wage_floor(cast("Decimal", facts[PAY]), known | dict(self.amounts), source="")
        if seen.verdict is Verdict.UNKNOWN:
            return Outcome(Verdict.UNKNOWN, "fact.missing", seen.params)
        params = {**seen.params, "currency": self.currency}
        return decide(self.operator, params, ok=seen.verdict is Verdict.PASS, no="below")
