"""A cap on stays with stricter caps inside it and cases that it does not bind; single caps stand in durations."""

from dataclasses import dataclass
from typing import ClassVar, Self

from mobility.rules.basics.findings import Verdict
from mobility.rules.law.combinations import AllOf, AnyOf
from mobility.rules.law.conditions import Condition, Json, Outcome, Reader, write_condition
from mobility.rules.law.durations import StayCap
from mobility.rules.law.facts import Facts

CODES = ("capped.met", "capped.exempt")


@dataclass(frozen=True, slots=True)
class Capped(Condition):
    """Every one of several caps holds, or the case is exempt from all of them.

    Such as: nine months in a calendar year, four in one stay, unless the worker came back on time three times.
    ``exempt`` is any condition; unknown, it leaves a case that breaks a cap unknown.
    """

    operator: ClassVar[str] = "capped"
    cap: StayCap
    sub_caps: tuple[StayCap, ...] = ()
    exempt: Condition | None = None

    @classmethod
    def read(cls, reader: Reader) -> Self:
        """Read ``cap`` and, where given, ``sub_caps`` (parameters of ``stay_cap``) and ``exempt`` (a condition)."""
        reader.only("cap", "sub_caps", "exempt")
        cap = StayCap.read(reader.inner("cap"))
        inner = reader.inners("sub_caps") if reader.has("sub_caps") else ()
        exempt = reader.condition("exempt") if reader.has("exempt") else None
        return cls(cap, tuple(StayCap.read(each) for each in inner), exempt)

    def params(self) -> dict[str, Json]:
        """Return the parameters as JSON."""
        given: dict[str, Json] = {"cap": self.cap.params()}
        if self.sub_caps:
            given["sub_caps"] = [each.params() for each in self.sub_caps]
        if self.exempt is not None:
            given["exempt"] = write_condition(self.exempt)
        return given

    @property
    def fields(self) -> frozenset[str]:
        """Names of all facts that the answer may depend on."""
        exempt = self.exempt.fields if self.exempt is not None else frozenset()
        return frozenset().union(self.cap.fields, exempt, *(each.fields for each in self.sub_caps))

    def apply(self, facts: Facts) -> Outcome:
        """Pass what every cap passes, or what is exempt; else say which cap is broken, or what is not known."""
        within = AllOf((self.cap, *self.sub_caps)).apply(facts)
        if within.verdict is Verdict.PASS:
            return Outcome(Verdict.PASS, "capped.met", {"parts": 1 + len(self.sub_caps)})
        if self.exempt is None:
            return within
        freed = self.exempt.apply(facts)
        if freed.verdict is Verdict.PASS:
            return Outcome(Verdict.PASS, "capped.exempt", {"by": freed.code})
        if Verdict.UNKNOWN in {within.verdict, freed.verdict}:
            return AnyOf((AllOf((self.cap, *self.sub_caps)), self.exempt)).apply(facts)
        return within
