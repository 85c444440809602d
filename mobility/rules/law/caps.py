"""A cap on stays with stricter caps inside it and cases that it does not bind; single caps stand in durations."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from mobility.rules.basics.findings import Verdict
from mobility.rules.law.combinations import AllOf, AnyOf
from mobility.rules.law.conditions import Condition, Group, Groups, Logic, Outcome, Part
from mobility.rules.law.durations import StayCap
from mobility.rules.law.facts import Facts
from mobility.rules.law.parameters import N_, parameter
from mobility.rules.law.steps import looser_part, looser_parts

_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class Capped(Condition):
    """Every one of several caps holds, or the case is exempt from all of them.

    Such as: nine months in a calendar year, four in one stay, unless the worker came back on time three times.
    ``exempt`` is any condition; unknown, it leaves a case that breaks a cap unknown.
    """

    operator: ClassVar[str] = "capped"
    title: ClassVar[str] = N_("A cap with a cap inside it and exemptions")
    findings: ClassVar[Mapping[str, str]] = {
        "met": N_("Every cap on stays is kept."),
        "exempt": N_("The caps on stays do not bind this case."),
    }
    cap: StayCap = parameter(Group(StayCap), N_("Cap"), looser=looser_part)
    sub_caps: tuple[StayCap, ...] = parameter(Groups(StayCap), N_("Caps inside it"), default=(), looser=looser_parts)
    exempt: Condition | None = parameter(Part(), N_("Not for cases where"), default=None)

    def by_parts(self, logic: Logic[_Answer]) -> _Answer:
        """Return the worst answer of the caps, or that of the exemption where it is better."""
        within = logic.every([logic.ask(cap) for cap in (self.cap, *self.sub_caps)])
        return within if self.exempt is None else logic.some([within, logic.ask(self.exempt)])

    def apply(self, facts: Facts) -> Outcome:
        """Pass what every cap passes, or what is exempt; else say which cap is broken, or what is not known."""
        within = AllOf((self.cap, *self.sub_caps)).apply(facts)
        if within.verdict is Verdict.PASS:
            return self.passed({"parts": 1 + len(self.sub_caps)})
        if self.exempt is None:
            return within
        freed = self.exempt.apply(facts)
        if freed.verdict is Verdict.PASS:
            return self.passed({"by": freed.code}, "exempt")
        if Verdict.UNKNOWN in {within.verdict, freed.verdict}:
            return AnyOf((AllOf((self.cap, *self.sub_caps)), self.exempt)).apply(facts)
        return within
