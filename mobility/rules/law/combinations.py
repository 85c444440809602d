"""Operators that combine others by Kleene's three-valued logic: all of, any of, when; no facts of their own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from mobility.rules.basics.findings import Verdict
from mobility.rules.law.conditions import Condition, Logic, Outcome, Part, Parts
from mobility.rules.law.facts import Facts
from mobility.rules.law.parameters import N_, parameter
from mobility.rules.law.steps import looser_part, looser_parts

_Answer = TypeVar("_Answer")
_PARTS = N_("Parts")


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
class AllOf(Condition):
    """Every part passes; the first part that fails gives the reason."""

    operator: ClassVar[str] = "all_of"
    title: ClassVar[str] = N_("All of several parts")
    findings: ClassVar[Mapping[str, str]] = {"met": N_("Everything asked for is there.")}
    of: tuple[Condition, ...] = parameter(Parts(), _PARTS, looser=looser_parts)

    def by_parts(self, logic: Logic[_Answer]) -> _Answer:
        """Return the worst answer of the parts."""
        return logic.every([logic.ask(part) for part in self.of])

    def apply(self, facts: Facts) -> Outcome:
        """Return the first fail, else what is missing, else a pass."""
        outcomes = [part.apply(facts) for part in self.of]
        if failed := _first(outcomes, Verdict.FAIL):
            return failed
        if _first(outcomes, Verdict.UNKNOWN):
            return _unknown(outcomes)
        return self.passed({"parts": len(outcomes)})


@dataclass(frozen=True, slots=True)
class AnyOf(Condition):
    """At least one part passes."""

    operator: ClassVar[str] = "any_of"
    title: ClassVar[str] = N_("One of several parts")
    findings: ClassVar[Mapping[str, str]] = {
        "met": N_("One of the ways to meet this rule is met."),
        "none": N_("None of the ways to meet this rule is met."),
    }
    of: tuple[Condition, ...] = parameter(Parts(), _PARTS, looser=looser_parts)

    def by_parts(self, logic: Logic[_Answer]) -> _Answer:
        """Return the best answer of the parts."""
        return logic.some([logic.ask(part) for part in self.of])

    def apply(self, facts: Facts) -> Outcome:
        """Return a pass if there is one, else what is missing, else a fail with every part's code."""
        outcomes = [part.apply(facts) for part in self.of]
        if passed := _first(outcomes, Verdict.PASS):
            return self.passed({"by": passed.code})
        if _first(outcomes, Verdict.UNKNOWN):
            return _unknown(outcomes)
        return self.failed("none", {"codes": ",".join(outcome.code for outcome in outcomes)})


@dataclass(frozen=True, slots=True)
class When(Condition):
    """A condition that binds only cases of one sort: either the case is not of it, or it passes."""

    operator: ClassVar[str] = "when"
    title: ClassVar[str] = N_("If the first part, then the second")
    findings: ClassVar[Mapping[str, str]] = {"not_applicable": N_("This rule does not concern the case.")}
    condition: Condition = parameter(Part(), N_("If"), name="if")
    then: Condition = parameter(Part(), N_("Then"), looser=looser_part)

    def by_parts(self, logic: Logic[_Answer]) -> _Answer:
        """Return the better of the answer of ``then`` and the opposite of the other's."""
        return logic.some([logic.negated(logic.ask(self.condition)), logic.ask(self.then)])

    def apply(self, facts: Facts) -> Outcome:
        """Pass a case that is not of the sort; answer as ``then`` does for one that is."""
        applies, then = self.condition.apply(facts), self.then.apply(facts)
        if applies.verdict is Verdict.FAIL:
            return self.passed({"by": applies.code}, "not_applicable")
        if applies.verdict is Verdict.PASS or then.verdict is Verdict.PASS:
            return then
        return _unknown([applies, then])
