"""Schemes: their kinds, lifecycle and two governments' signatures; no rules of law (see rulesets)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum, auto

from mobility.errors import ConflictError, ForbiddenError
from mobility.rules.basics.findings import Finding, judge
from mobility.rules.basics.lifecycles import Lifecycle, Transition, by
from mobility.rules.basics.permissions import Permission
from mobility.rules.cases.agreements import Side

SOURCE = "lifecycle:scheme"
CODES = (
    "scheme_rule_set.met",
    "scheme_rule_set.none",
    "scheme_rule_set.not_yet_valid",
    "scheme_agreement.met",
    "scheme_agreement.none_in_force",
    "scheme_quota.met",
    "scheme_quota.none",
    "scheme_signatures.met",
    "scheme_signatures.missing",
    "scheme_match_runs.met",
    "scheme_match_runs.open",
    "scheme.already_signed",
    "scheme.not_a_party",
    "scheme.signs_for_both",
)


class SchemeKind(StrEnum):
    """What kind of pathway a scheme is."""

    SEASONAL = auto()
    TEMPORARY = auto()
    CIRCULAR = auto()
    SKILLED = auto()
    FAMILY = auto()
    DISASTER_RESPONSE = auto()


class ReviewOrder(StrEnum):
    """Whether the employer selects after both governments and the worker, or before the destination decides."""

    GOVERNMENTS_FIRST = auto()
    EMPLOYER_FIRST = auto()


class SchemeState(StrEnum):
    """Where a scheme stands."""

    DRAFT = auto()
    SUBMITTED = auto()
    APPROVED_BY_DESTINATION = auto()
    APPROVED_BY_ORIGIN = auto()
    APPROVED = auto()
    ACTIVE = auto()
    SUSPENDED = auto()
    CLOSED = auto()


class SchemeEvent(StrEnum):
    """What may happen to a scheme."""

    SUBMIT = auto()
    APPROVE_AS_DESTINATION = auto()
    APPROVE_AS_ORIGIN = auto()
    ACTIVATE = auto()
    SUSPEND = auto()
    RESUME = auto()
    CLOSE = auto()
    RETURN_TO_DRAFT = auto()


_S, _E = SchemeState, SchemeEvent
_RUN, _DESTINATION = by(Permission.SCHEME_RUN), by(Permission.SCHEME_SIGN_AS_DESTINATION)
_ORIGIN = by(Permission.SCHEME_SIGN_AS_ORIGIN)

LIFECYCLE: Lifecycle[SchemeState, SchemeEvent] = Lifecycle(
    _S.DRAFT,
    (
        Transition(_S.DRAFT, _E.SUBMIT, _S.SUBMITTED, **by(Permission.SCHEME_SUBMIT), guard="submission_findings"),
        *(
            Transition(before, event, after, **signer, guard="check_signer")
            for before, event, after, signer in (
                (_S.SUBMITTED, _E.APPROVE_AS_DESTINATION, _S.APPROVED_BY_DESTINATION, _DESTINATION),
                (_S.SUBMITTED, _E.APPROVE_AS_ORIGIN, _S.APPROVED_BY_ORIGIN, _ORIGIN),
                (_S.APPROVED_BY_DESTINATION, _E.APPROVE_AS_ORIGIN, _S.APPROVED, _ORIGIN),
                (_S.APPROVED_BY_ORIGIN, _E.APPROVE_AS_DESTINATION, _S.APPROVED, _DESTINATION),
            )
        ),
        *(
            Transition(state, _E.RETURN_TO_DRAFT, _S.DRAFT, **by(Permission.SCHEME_RETURN))
            for state in (_S.SUBMITTED, _S.APPROVED_BY_DESTINATION, _S.APPROVED_BY_ORIGIN, _S.APPROVED)
        ),
        Transition(_S.APPROVED, _E.ACTIVATE, _S.ACTIVE, **_RUN, guard="activation_findings"),
        Transition(_S.ACTIVE, _E.SUSPEND, _S.SUSPENDED, **_RUN),
        Transition(_S.SUSPENDED, _E.RESUME, _S.ACTIVE, **_RUN, guard="activation_findings"),
        Transition(_S.ACTIVE, _E.CLOSE, _S.CLOSED, **_RUN, guard="closing_findings"),
        Transition(_S.SUSPENDED, _E.CLOSE, _S.CLOSED, **_RUN, guard="closing_findings"),
    ),
)


@dataclass(frozen=True, slots=True)
class Signature:
    """One ministry's signature under one version of a scheme's rules, made by one person."""

    side: Side
    organisation: int
    user: int
    rule_set: int


#: The ministries that must sign, by organisation id, each with its side; a scheme may have several origins.
Parties = Mapping[int, Side]


def event_for(side: Side) -> SchemeEvent:
    """Return the event that a signature for this side stands for."""
    return _E.APPROVE_AS_DESTINATION if side is Side.DESTINATION else _E.APPROVE_AS_ORIGIN


def check_signer(signatures: Iterable[Signature], new: Signature, parties: Parties) -> None:
    """Refuse a signature that is not this ministry's to give, or that one person gives twice.

    Raises
    ------
    ForbiddenError
        ``scheme.not_a_party`` if the organisation does not sign for that side;
        ``scheme.signs_for_both`` if the person signed this version for another organisation.
    ConflictError
        ``scheme.already_signed`` if the organisation signed this version.
    """
    if parties.get(new.organisation) is not new.side:
        raise ForbiddenError("scheme.not_a_party")
    for given in signatures:
        if given.rule_set != new.rule_set:
            continue
        if given.organisation == new.organisation:
            raise ConflictError("scheme.already_signed")
        if given.user == new.user:
            raise ForbiddenError("scheme.signs_for_both")


def unsigned(signatures: Iterable[Signature], parties: Parties, rule_set: int) -> frozenset[int]:
    """Return the organisations whose signature under this rule-set version is still missing.

    A signature counts if it is its organisation's own side; one person's counts once.
    """
    signers: dict[int, int] = {}
    for given in signatures:
        if given.rule_set == rule_set and parties.get(given.organisation) is given.side:
            signers.setdefault(given.user, given.organisation)
    return frozenset(parties) - set(signers.values())


def side_complete(signatures: Iterable[Signature], parties: Parties, rule_set: int, side: Side) -> bool:
    """Whether every ministry of one side has signed: only then the scheme's state moves."""
    missing = unsigned(signatures, parties, rule_set)
    return all(parties[organisation] is not side for organisation in missing)


def signatures_complete(signatures: Iterable[Signature], parties: Parties, rule_set: int) -> bool:
    """Whether both sides are there and every ministry signed this rule-set version, by different people."""
    return set(parties.values()) == set(Side) and not unsigned(signatures, parties, rule_set)


def submission_findings(
    *, rule_sets: int, agreements_in_force: int, quotas: int, source: str = SOURCE
) -> list[Finding]:
    """Check that a scheme has what two governments sign: rules, an agreement in force, a quota."""
    return [
        judge("scheme_rule_set", ok=rule_sets > 0, source=source, no="none", count=rule_sets),
        _agreement(agreements_in_force, source),
        judge("scheme_quota", ok=quotas > 0, source=source, no="none", count=quotas),
    ]


def activation_findings(
    signatures: Collection[Signature],
    parties: Parties,
    rule_set: int,
    *,
    valid_from: date,
    today: date,
    agreements_in_force: int,
    source: str = SOURCE,
) -> list[Finding]:
    """Check that a scheme may run: all signed the version that applies, its first day has come, an agreement holds."""
    return [
        judge(
            "scheme_signatures",
            ok=signatures_complete(signatures, parties, rule_set),
            source=source,
            no="missing",
            missing=len(unsigned(signatures, parties, rule_set)),
        ),
        judge(
            "scheme_rule_set",
            ok=valid_from <= today,
            source=source,
            no="not_yet_valid",
            valid_from=valid_from.isoformat(),
        ),
        _agreement(agreements_in_force, source),
    ]


def _agreement(in_force: int, source: str) -> Finding:
    return judge("scheme_agreement", ok=in_force > 0, source=source, no="none_in_force", count=in_force)


def closing_findings(*, runs: int, source: str = SOURCE) -> list[Finding]:
    """Check that no match run is queued or running in a scheme that is to close: it would propose for a closed one."""
    return [judge("scheme_match_runs", ok=runs == 0, source=source, no="open", count=runs)]
