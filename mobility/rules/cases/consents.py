"""Consents: which purposes are in force at a moment; the texts and rows live elsewhere."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, auto

from mobility.rules.basics.findings import Finding, judge, unknown

CODES = ("consent.met", "consent.missing", "consent.withdrawn")
SOURCE = "lifecycle:worker"


class ConsentPurpose(StrEnum):
    """What a worker agrees to, each on its own."""

    REGISTRATION = auto()
    MATCHING = auto()
    SHARE_WITH_DESTINATION = auto()
    SHARE_WITH_EMPLOYER = auto()
    STATISTICS = auto()


@dataclass(frozen=True, slots=True)
class ConsentRecord:
    """One consent as recorded; a withdrawal is dated, never deleted."""

    purpose: ConsentPurpose
    given_at: datetime
    withdrawn_at: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Whether it was given by ``at`` and not yet withdrawn; from the moment of withdrawal it does not hold."""
        return self.given_at <= at and (self.withdrawn_at is None or at < self.withdrawn_at)


def in_force(consents: Iterable[ConsentRecord], at: datetime) -> frozenset[ConsentPurpose]:
    """Return the purposes that the worker agrees to at a moment."""
    return frozenset(consent.purpose for consent in consents if consent.holds(at))


def consent_findings(
    needed: Collection[ConsentPurpose], consents: Collection[ConsentRecord], at: datetime, *, source: str = SOURCE
) -> list[Finding]:
    """Return one finding for each purpose needed: a consent never asked for is unknown, a withdrawn one fails."""
    holding = in_force(consents, at)
    asked = {consent.purpose for consent in consents if consent.given_at <= at}
    return [
        judge("consent", ok=purpose in holding, source=source, no="withdrawn", purpose=purpose)
        if purpose in asked
        else unknown("consent", source, purpose=purpose)
        for purpose in ConsentPurpose
        if purpose in needed
    ]
