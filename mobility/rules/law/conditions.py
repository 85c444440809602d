"""What every operator of a rule is made of: the answer, the base class, and parameters that hold conditions."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, ClassVar, Generic, Self, TypeVar, cast

from mobility.rules.basics.findings import Verdict
from mobility.rules.law.facts import Fact, Facts, fact
from mobility.rules.law.parameters import Kind, Look, Parameter, parameters_in
from mobility.rules.law.reader import Json, Reader

Params = Mapping[str, str | int]
_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a condition says of some facts: a verdict, a code, and the figures behind it."""

    verdict: Verdict
    code: str
    params: Params = field(default_factory=dict, hash=False)


def missing(facts: Facts, *names: str) -> Outcome | None:
    """Return an UNKNOWN that names the fields without a value, or None if every one has one."""
    absent = [name for name in names if facts.get(name) is None]
    return Outcome(Verdict.UNKNOWN, "fact.missing", {"missing": ",".join(absent)}) if absent else None


@dataclass(frozen=True)
class Logic(Generic[_Answer]):
    """Kleene's logic over answers of some type: one verdict, or one for each of many workers.

    Attributes
    ----------
    ask : callable
        From a condition to its answer.
    every, some : callable
        From several answers to the worst, or the best, of them.
    negated : callable
        From an answer to its opposite; unknown stays unknown.
    """

    ask: Callable[["Condition"], _Answer]
    every: Callable[[Sequence[_Answer]], _Answer]
    some: Callable[[Sequence[_Answer]], _Answer]
    negated: Callable[[_Answer], _Answer]


class Condition(ABC):
    """A question to a case's facts with an answer in three values.

    A subclass with an ``operator`` is everything there is to declare of one: a frozen dataclass whose fields are made
    by ``parameters.parameter``. Reading and writing, the fields of forms, the names of facts, codes, sentences, the
    next looser step and the answer for many workers at once follow from it. Taking a fact away may only turn an
    answer into UNKNOWN.
    """

    __slots__ = ()

    #: Name in rule sets, and first part of the codes.
    operator: ClassVar[str]
    #: What people choose it by, in English.
    title: ClassVar[str]
    #: The English sentence of each answer, by the second part of its code.
    findings: ClassVar[Mapping[str, str]] = {}
    #: The English sentence of each refusal that only this operator has, by its code.
    refusals: ClassVar[Mapping[str, str]] = {}
    #: Facts that it looks at whatever its parameters are.
    reads: ClassVar[frozenset[str]] = frozenset()
    #: Whether its answer changes at most once as the one fact of a worker that it looks at grows.
    changes_once: ClassVar[bool] = False

    @classmethod
    def parameters(cls) -> tuple[Parameter, ...]:
        """Return the parameters, in order."""
        return _parameters(cls)

    @classmethod
    def read(cls, reader: Reader) -> Self:
        """Build the condition from its parameters.

        Raises
        ------
        InvalidError
            With the path of the parameter at fault.
        """
        reader.only(*(each.name for each in cls.parameters()))
        values: dict[str, Any] = {}
        for each in cls.parameters():
            if each.belongs(values):
                is_read = reader.has(each.name) or not each.is_optional
                values[each.attribute] = (
                    each.kind.read(reader, each.name, _fact_of(values)) if is_read else each.default
                )
        reader.only(*(each.name for each in cls.parameters() if each.belongs(values)))
        made = cls(**values)
        made.check(reader)
        return made

    def check(self, reader: Reader) -> None:
        """Refuse parameters that fit each by itself but not together; raises InvalidError with a path."""
        del reader

    def params(self) -> dict[str, Json]:
        """Return the parameters as JSON; ``read`` gives the same condition back."""
        values = {each.attribute: getattr(self, each.attribute) for each in self.parameters()}
        return {
            each.name: each.kind.write(values[each.attribute])
            for each in self.parameters()
            if each.belongs(values) and not each.may_be_left_out(values[each.attribute])
        }

    @property
    def fields(self) -> frozenset[str]:
        """Names of all facts that the answer may depend on."""
        named = (each.kind.facts(getattr(self, each.attribute)) for each in self.parameters())
        return self.reads.union(*named)

    @abstractmethod
    def apply(self, facts: Facts) -> Outcome:
        """Answer for these facts."""

    def decide(self, params: Params, *, ok: bool, no: str = "not_met") -> Outcome:
        """Return PASS with the finding ``met``, or FAIL with another one."""
        return self.passed(params) if ok else self.failed(no, params)

    def passed(self, params: Params, code: str = "met") -> Outcome:
        """Return PASS with a finding."""
        return Outcome(Verdict.PASS, f"{self.operator}.{code}", params)

    def failed(self, code: str, params: Params) -> Outcome:
        """Return FAIL with a finding."""
        return Outcome(Verdict.FAIL, f"{self.operator}.{code}", params)

    def loosened(self) -> Self | None:
        """Return the condition one step less strict: whoever passed passes still; None where there is no next step.

        A list of codes has no order, a yes is a yes, and below A1 there is no level.
        """
        values = {each.attribute: getattr(self, each.attribute) for each in self.parameters()}
        known = _fact_of(values)
        steps = {
            each.attribute: each.looser(values[each.attribute], known)
            for each in self.parameters()
            if each.looser is not None and values[each.attribute] is not None
        }
        return self.other_than(replace(cast("Any", self), **steps))

    def other_than(self, made: Self) -> Self | None:
        """Return a condition made from this one, None if it is the same."""
        return None if made == self else made

    def excludes(self, other: "Condition") -> bool:
        """Tell whether no case could meet both, where that is certain."""
        del other
        return False

    def by_parts(self, logic: Logic[_Answer]) -> _Answer | None:
        """Return the answer as it follows from those of other conditions; None if it does not."""
        del logic
        return None


@cache
def _parameters(kind: type[Condition]) -> tuple[Parameter, ...]:
    return parameters_in(kind)


def _fact_of(values: Mapping[str, Any]) -> Fact | None:
    """Return the fact that a condition of these parameters looks at, if one names it."""
    name = values.get("field")
    return None if name is None else fact(name)


def write_condition(condition: Condition) -> dict[str, Json]:
    """Return a condition as JSON, as it stands inside a rule or another condition."""
    return {"operator": condition.operator, "params": condition.params()}


class Part(Kind):
    """A condition inside another one."""

    look: ClassVar[Look] = Look.PART

    def read(self, reader: Reader, key: str, known: Fact | None) -> Condition:
        """Return the condition."""
        del known
        part: Condition = reader.condition(key)
        return part

    def write(self, value: Any) -> Json:
        """Return operator and parameters."""
        return write_condition(value)

    def facts(self, value: Any) -> frozenset[str]:
        """Return the facts that the condition looks at, none if there is none."""
        return frozenset() if value is None else frozenset(value.fields)


class Parts(Kind):
    """Several conditions inside another one."""

    look: ClassVar[Look] = Look.PART
    is_several: ClassVar[bool] = True

    def read(self, reader: Reader, key: str, known: Fact | None) -> tuple[Condition, ...]:
        """Return the conditions."""
        del known
        return reader.conditions(key)

    def write(self, value: Any) -> Json:
        """Return a list of operators and parameters."""
        return [write_condition(part) for part in value]

    def facts(self, value: Any) -> frozenset[str]:
        """Return the facts that any of the conditions looks at."""
        return frozenset().union(*(part.fields for part in value))


@dataclass(frozen=True)
class Group(Kind):
    """The parameters of an operator inside those of another one."""

    look: ClassVar[Look] = Look.GROUP
    of: type[Condition]

    def read(self, reader: Reader, key: str, known: Fact | None) -> Any:
        """Return the condition that they make."""
        del known
        return self.of.read(reader.inner(key))

    def write(self, value: Any) -> Json:
        """Return the parameters."""
        return value.params()

    def facts(self, value: Any) -> frozenset[str]:
        """Return the facts that it looks at."""
        return frozenset(value.fields)


@dataclass(frozen=True)
class Groups(Group):
    """A list of the parameters of an operator, inside those of another one."""

    is_several: ClassVar[bool] = True

    def read(self, reader: Reader, key: str, known: Fact | None) -> Any:
        """Return the conditions that they make."""
        del known
        return tuple(self.of.read(each) for each in reader.inners(key))

    def write(self, value: Any) -> Json:
        """Return a list of parameters."""
        return [each.params() for each in value]

    def facts(self, value: Any) -> frozenset[str]:
        """Return the facts that any of them looks at."""
        return frozenset().union(*(each.fields for each in value))
