"""Waivers: who may free one case from one rule, until when; no rows and no sentences."""

from collections.abc import Iterable
from datetime import date

from mobility.errors import ForbiddenError, InvalidError
from mobility.rules.basics.dates import add_months
from mobility.rules.basics.findings import Finding, Verdict
from mobility.rules.basics.lifecycles import check_reason
from mobility.rules.basics.organisations import OrganisationKind
from mobility.rules.law.facts import nearest
from mobility.rules.law.rulesets import Rule

CODES = (
    "waiver.nobody_may",
    "waiver.other_authority",
    "waiver.not_in_force",
    "waiver.met_already",
    "waiver.not_ahead",
    "waiver.too_long",
    "waiver.given_already",
)

#: A waiver holds for one season, never for good.
LONGEST_MONTHS = 12


def check_waiver(
    rules: Iterable[Rule],
    findings: Iterable[Finding],
    name: str,
    kind: OrganisationKind | None,
    reason: str,
    until: date,
    *,
    today: date,
) -> Rule:
    """Refuse a waiver that the rule, the authority or the case does not allow; else return the rule that is waived.

    Parameters
    ----------
    rules : iterable of Rule
        Those in force today.
    findings : iterable of Finding
        What they say of the case, without any waiver.
    name : str
        Id of the rule.
    kind : OrganisationKind or None
        Kind of the organisation that would waive it.
    reason : str
    until : date
        Last day of the waiver.
    today : date

    Raises
    ------
    ForbiddenError
        ``waiver.other_authority``: another organisation may waive it.
    InvalidError
        ``waiver.not_in_force`` with the nearest name, ``waiver.nobody_may``, ``waiver.met_already``,
        ``reason.missing``, ``waiver.not_ahead`` or ``waiver.too_long``.
    """
    known = {rule.id: rule for rule in rules}
    if name not in known:
        raise InvalidError("waiver.not_in_force", field="rule", name=name[:60], nearest=nearest(name, known))
    rule = known[name]
    if rule.waiver is None:
        raise InvalidError("waiver.nobody_may", field="rule", rule=name)
    if rule.waiver is not kind:
        raise ForbiddenError("waiver.other_authority")
    if any(finding.rule == name and finding.verdict is Verdict.PASS for finding in findings):
        raise InvalidError("waiver.met_already", field="rule", rule=name)
    check_reason(reason)
    if until < today:
        raise InvalidError("waiver.not_ahead", field="until", day=today.isoformat())
    if until > add_months(today, LONGEST_MONTHS):
        raise InvalidError("waiver.too_long", field="until", months=LONGEST_MONTHS)
    return rule


def holds(until: date, *, withdrawn: bool, today: date) -> bool:
    """Tell whether a waiver frees a case today."""
    return not withdrawn and today <= until
