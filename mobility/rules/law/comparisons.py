"""Operators that compare one fact, or the pay, with a rule's parameters; no dates of stays and no combinations."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, cast

from mobility.errors import InvalidError
from mobility.rules.basics.findings import Verdict
from mobility.rules.basics.languages import Cefr, at_least
from mobility.rules.basics.wages import wage_floor
from mobility.rules.law.conditions import Condition, Outcome, missing
from mobility.rules.law.facts import FACTS, WAGE_FLOOR_PREFIX, Fact, FactKind, Facts
from mobility.rules.law.parameter_kinds import (
    Amounts,
    Bound,
    CodeLike,
    Codes,
    ExactValue,
    FactName,
    FactNames,
    Level,
)
from mobility.rules.law.parameters import N_, parameter
from mobility.rules.law.reader import Limit, Reader, shown
from mobility.rules.law.steps import lower_amounts, lower_bound, lower_level, upper_bound

PAY, CURRENCY = "vacancy.pay_hourly", "vacancy.currency"
_LOOKS_AT = N_("Looks at")
_BOUND = N_("A number, or a date such as 2026-04-30.")
_CODES = N_("One code a line: countries as GT, regions as US-FL, occupations as 9211 or its first digits.")


@dataclass(frozen=True, slots=True)
class Range(Condition):
    """A number or date lies between two bounds, both included; either may be absent."""

    operator: ClassVar[str] = "range"
    title: ClassVar[str] = N_("A number or a date between two bounds")
    findings: ClassVar[Mapping[str, str]] = {
        "met": N_("Fits (%(field)s): %(value)s."),
        "below": N_("Too low (%(field)s): %(value)s, and at least %(limit)s is needed."),
        "above": N_("Too high (%(field)s): %(value)s, and at most %(limit)s is allowed."),
    }
    field: str = parameter(FactName((FactKind.INTEGER, FactKind.DECIMAL, FactKind.DATE)), _LOOKS_AT)
    least: Limit | None = parameter(Bound(), N_("At least"), name="min", hint=_BOUND, default=None, looser=lower_bound)
    most: Limit | None = parameter(Bound(), N_("At most"), name="max", hint=_BOUND, default=None, looser=upper_bound)

    def check(self, reader: Reader) -> None:
        """Ask for a bound, and for bounds that leave something between them."""
        if self.least is None and self.most is None:
            raise InvalidError("rules.required", field=reader.at("min"))
        if _reversed(self.least, self.most):
            least, most = shown(self.least), shown(self.most)
            raise InvalidError("rules.contradiction", field=reader.at("min"), least=least, most=most)

    def excludes(self, other: Condition) -> bool:
        """Tell whether another range of the same field has no value in common with this one."""
        if not isinstance(other, Range) or other.field != self.field:
            return False
        return _reversed(self.least, other.most) or _reversed(other.least, self.most)

    def apply(self, facts: Facts) -> Outcome:
        """Compare the value with both bounds."""
        if unknown := missing(facts, self.field):
            return unknown
        value = facts[self.field]
        params: dict[str, str | int] = {"field": self.field, "value": shown(value)}
        if _reversed(self.least, value):
            return self.failed("below", params | {"limit": shown(self.least)})
        if _reversed(value, self.most):
            return self.failed("above", params | {"limit": shown(self.most)})
        return self.passed(params)


def _reversed(least: Any, most: Any) -> bool:
    """Tell whether nothing lies between two bounds of one kind, of which either may be absent."""
    return least is not None and most is not None and bool(least > most)


def _within(value: object, codes: frozenset[str], known: Fact) -> bool:
    """Tell whether any of the value's codes (or, in a hierarchy, a code above it) is listed."""
    found = cast("frozenset[str]", value) if known.kind is FactKind.CODES else frozenset({cast("str", value)})
    if known.hierarchical:
        found = frozenset(code[:length] for code in found for length in range(1, len(code) + 1))
    return not found.isdisjoint(codes)


@dataclass(frozen=True, slots=True)
class OneOf(Condition):
    """A code is on a list; of a field that holds several codes, one on the list is enough."""

    operator: ClassVar[str] = "one_of"
    title: ClassVar[str] = N_("A code that is on a list")
    findings: ClassVar[Mapping[str, str]] = {
        "met": N_("On the list (%(field)s): %(value)s."),
        "outside": N_("Not on the list (%(field)s): %(value)s."),
    }
    field: str = parameter(FactName((FactKind.CODE, FactKind.CODES)), _LOOKS_AT)
    values: frozenset[str] = parameter(Codes(), N_("Values"), hint=_CODES)

    def excludes(self, other: Condition) -> bool:
        """Tell whether another list for the same single code has nothing in common with this one."""
        if type(other) is not OneOf or type(self) is not OneOf or other.field != self.field:
            return False
        known = FACTS[self.field]
        if known.kind is not FactKind.CODE:
            return False
        return not any(
            _meet(code, listed, nested=known.hierarchical) for code in self.values for listed in other.values
        )

    def apply(self, facts: Facts) -> Outcome:
        """Look the value up."""
        if unknown := missing(facts, self.field):
            return unknown
        value = facts[self.field]
        params: dict[str, str | int] = {"field": self.field, "value": shown(value)}
        return self.decide(params, ok=_within(value, self.values, FACTS[self.field]), no="outside")


def _meet(one: str, other: str, *, nested: bool) -> bool:
    """Tell whether two codes are the same, or one stands for the other in a hierarchy."""
    return one.startswith(other) or other.startswith(one) if nested else one == other


@dataclass(frozen=True, slots=True)
class NoneOf(OneOf):
    """A code is not on a list; of a field that holds several codes, none may be."""

    operator: ClassVar[str] = "none_of"
    title: ClassVar[str] = N_("A code that is not on a list")
    findings: ClassVar[Mapping[str, str]] = {
        "met": N_("Not excluded (%(field)s): %(value)s."),
        "excluded": N_("Excluded (%(field)s): %(value)s."),
    }

    def apply(self, facts: Facts) -> Outcome:
        """Look the value up."""
        if unknown := missing(facts, self.field):
            return unknown
        value = facts[self.field]
        params: dict[str, str | int] = {"field": self.field, "value": shown(value)}
        return self.decide(params, ok=not _within(value, self.values, FACTS[self.field]), no="excluded")


@dataclass(frozen=True, slots=True)
class Equals(Condition):
    """A whole number, a code or a yes-or-no is exactly this one."""

    operator: ClassVar[str] = "equals"
    title: ClassVar[str] = N_("Exactly one value")
    findings: ClassVar[Mapping[str, str]] = {
        "met": N_("As it must be (%(field)s): %(value)s."),
        "differs": N_("Differs (%(field)s): %(value)s, and %(needed)s is needed."),
    }
    field: str = parameter(FactName((FactKind.INTEGER, FactKind.CODE, FactKind.BOOLEAN)), _LOOKS_AT)
    value: int | str | bool = parameter(ExactValue(), N_("Value"), hint=N_("A whole number, a code, or true or false."))

    def apply(self, facts: Facts) -> Outcome:
        """Compare the two."""
        if unknown := missing(facts, self.field):
            return unknown
        value = facts[self.field]
        params = {"field": self.field, "value": shown(value), "needed": shown(self.value)}
        return self.decide(params, ok=value == self.value, no="differs")


@dataclass(frozen=True, slots=True)
class IsTrue(Condition):
    """A yes-or-no is yes."""

    operator: ClassVar[str] = "is_true"
    title: ClassVar[str] = N_("Something that must be given")
    findings: ClassVar[Mapping[str, str]] = {
        "met": N_("Given: %(field)s."),
        "not_met": N_("Not given: %(field)s."),
    }
    field: str = parameter(FactName((FactKind.BOOLEAN,)), _LOOKS_AT)

    def apply(self, facts: Facts) -> Outcome:
        """Look at the value."""
        return missing(facts, self.field) or self.decide({"field": self.field}, ok=facts[self.field] is True)


@dataclass(frozen=True, slots=True)
class AtLeastLevel(Condition):
    """A language is spoken at a level of the European framework or above."""

    operator: ClassVar[str] = "at_least_level"
    title: ClassVar[str] = N_("A language level")
    findings: ClassVar[Mapping[str, str]] = {
        "met": N_("High enough (%(field)s): %(value)s, and %(needed)s is needed."),
        "below": N_("Not high enough (%(field)s): %(value)s, and %(needed)s is needed."),
    }
    field: str = parameter(FactName((FactKind.LEVEL,)), _LOOKS_AT)
    level: Cefr = parameter(Level(), N_("Level"), looser=lower_level)

    def apply(self, facts: Facts) -> Outcome:
        """Compare the levels."""
        if unknown := missing(facts, self.field):
            return unknown
        level = cast("Cefr", facts[self.field])
        params: dict[str, str | int] = {"field": self.field, "value": level.name, "needed": self.level.name}
        return self.decide(params, ok=at_least(level, self.level) is Verdict.PASS, no="below")


@dataclass(frozen=True, slots=True)
class HighestOfFloors(Condition):
    """The hourly pay reaches the highest of several floors: fields of the vacancy, and amounts fixed by the rule."""

    operator: ClassVar[str] = "highest_of_floors"
    title: ClassVar[str] = N_("Pay that reaches the highest of several floors")
    findings: ClassVar[Mapping[str, str]] = {
        "met": N_("The hourly pay of %(offered)s %(currency)s reaches the highest floor, %(floor)s."),
        "below": N_("The hourly pay of %(offered)s %(currency)s is below the highest floor, %(floor)s."),
        "other_currency": N_("The pay is in %(value)s, and the scheme's floors are in %(needed)s."),
    }
    reads: ClassVar[frozenset[str]] = frozenset({PAY, CURRENCY})
    currency: str = parameter(CodeLike(CURRENCY), N_("Currency"), hint=N_("Three letters, such as USD."))
    floors: tuple[str, ...] = parameter(
        FactNames(FactKind.DECIMAL, WAGE_FLOOR_PREFIX),
        N_("Floors"),
        hint=N_("One a line: the names of the floors, such as prevailing."),
        default=(),
    )
    amounts: Mapping[str, Decimal] = parameter(
        Amounts(),
        N_("Fixed amounts"),
        hint=N_("One a line: a name and an amount, such as federal_minimum 7.25."),
        default={},
        looser=lower_amounts,
    )

    def check(self, reader: Reader) -> None:
        """Ask for a floor of either kind."""
        if not self.floors and not self.amounts:
            raise InvalidError("rules.required", field=reader.at("floors"))

    def apply(self, facts: Facts) -> Outcome:
        """Compare the pay with every floor; see ``wages.wage_floor``."""
        if unknown := missing(facts, CURRENCY):
            return unknown
        if facts[CURRENCY] != self.currency:
            return self.failed("other_currency", {"value": shown(facts[CURRENCY]), "needed": self.currency})
        if unknown := missing(facts, PAY):
            return unknown
        known: dict[str, Decimal | None] = {name: cast("Decimal | None", facts.get(name)) for name in self.floors}
        seen = wage_floor(cast("Decimal", facts[PAY]), known | dict(self.amounts), source="")
        if seen.verdict is Verdict.UNKNOWN:
            return Outcome(Verdict.UNKNOWN, "fact.missing", seen.params)
        params = {**seen.params, "currency": self.currency}
        return self.decide(params, ok=seen.verdict is Verdict.PASS, no="below")
