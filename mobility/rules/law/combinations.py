"""Operators that combine others by Kleene's three-valued logic: all of, any of, when; no facts of their own."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Self

from mobility.rules.basics.findings import Verdict
from mobility.rules.law.conditions import Condition, Json, Outcome, Reader, write_condition
from mobility.rules.law.facts import Facts

CODES = ("all_of.met", "any_of.met", "any_of.none", "when.not_applicable")


def both(one: Verdict, other: Verdict) -> Verdict:
    """Kleene's *and*: a fail decides, then an unknown."""
    if Verdict.FAIL in (one, other):
        return Verdict.FAIL
    return Verdict.UNKNOWN if Verdict.UNKNOWN in (one, other) else Verdict.PASS


def either(one: Verdict, other: Verdict) -> Verdict:
    """Kleene's *or*: a pass decides, then an unknown."""
    return negated(both(negated(one), negated(other)))


def negated(verdict: Verdict) -> Verdict:
    """Kleene's *not*: unknown stays unknown."""
    return {Verdict.PASS: Verdict.FAIL, Verdict.FAIL: Verdict.PASS}.get(verdict, Verdict.UNKNOWN)


def _first(outcomes: Iterable[Outcome], verdict: Verdict) -> Outcome | None:
    return next((outcome for outcome in outcomes if outcome.verdict is verdict), None)


def _unknown(outcomes: Iterable[Outcome]) -> Outcome:
    """Return one UNKNOWN that names everything that the unknown ones miss."""
    open_ = (str(outcome.params["missing"]) for outcome in outcomes if outcome.verdict is Verdict.UNKNOWN)
    names = {name for listed in open_ for name in listed.split(",")}
    return Outcome(Verdict.UNKNOWN, "fact.missing", {"missing": ",".join(sorted(names))})


@dataclass(frozen=True, slots=True)
class Several(Condition):
    """A condition made of several."""

    of: tuple[Condition, ...]

    @classmethod
    def read(cls, reader: Reader) -> Self:
        """Read ``of``, a list of conditions."""
        reader.only("of")
        return cls(reader.conditions("of"))

    def params(self) -> dict[str, Json]:
        """Return the parameters as JSON."""
        return {"of": [write_condition(part) for part in self.of]}

    @property
    def fields(self) -> frozenset[str]:
        """Names of all facts that the answer may depend on."""
        return frozenset().union(*(part.fields for part in self.of))


@dataclass(frozen=True, slots=True)
class AllOf(Several):
    """Every part passes; the first part that fails gives the reason."""

    operator: ClassVar[str] = "all_of"

    def apply(self, facts: Facts) -> Outcome:
        """Return the first fail, else what is missing, else a pass."""
        outcomes = [part.apply(facts) for part in self.of]
        if failed := _first(outcomes, Verdict.FAIL):
            return failed
        if _first(outcomes, Verdict.UNKNOWN):
            return _unknown(outcomes)
        return Outcome(Verdict.PASS, "all_of.met", {"parts": len(outcomes)})


@dataclass(frozen=True, slots=True)
class AnyOf(Several):
    """At least one part passes."""

    operator: ClassVar[str] = "any_of"

    def apply(self, facts: Facts) -> Outcome:
        """Return a pass if there is one, else what is missing, else a fail with every part's code."""
        outcomes = [part.apply(facts) for part in self.of]
        if passed := _first(outcomes, Verdict.PASS):
            return Outcome(Verdict.PASS, "any_of.met", {"by": passed.code})
        if _first(outcomes, Verdict.UNKNOWN):
            return _unknown(outcomes)
        return Outcome(Verdict.FAIL, "any_of.none", {"codes": ",".join(outcome.code for outcome in outcomes)})


@dataclass(frozen=True, slots=True)
class When(Condition):
    """A condition that binds only cases of one sort: either the case is not of it, or it passes."""

    operator: ClassVar[str] = "when"
    condition: Condition
    then: Condition

    @classmethod
    def read(cls, reader: Reader) -> Self:
        """Read ``if`` and ``then``, two conditions."""
        reader.only("if", "then")
        return cls(reader.condition("if"), reader.condition("then"))

    def params(self) -> dict[str, Json]:
        """Return the parameters as JSON."""
        return {"if": write_condition(self.condition), "then": write_condition(self.then)}

    @property
    def fields(self) -> frozenset[str]:
        """Names of all facts that the answer may depend on."""
        return self.condition.fields | self.then.fields

    def apply(self, facts: Facts) -> Outcome:
        """Pass a case that is not of the sort; answer as ``then`` does for one that is."""
        applies, then = self.condition.apply(facts), self.then.apply(facts)
        if applies.verdict is Verdict.FAIL:
            return Outcome(Verdict.PASS, "when.not_applicable", {"by": applies.code})
        if applies.verdict is Verdict.PASS or then.verdict is Verdict.PASS:
            return then
        return _unknown([applies, then])
