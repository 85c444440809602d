"""Schemes: drafted with dated rules and quotas, signed by two governments, run, suspended; their rules in force."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session, joinedload, selectinload

from mobility.errors import InvalidError
from mobility.models.schemes.agreements import Agreement
from mobility.models.schemes.schemes import RuleSet, Scheme, SchemeAgreement, Signature
from mobility.models.vacancies import Vacancy
from mobility.queries.lists import notice_lists, quota_lists, scheme_lists
from mobility.queries.proposal_endings import of_vacancies
from mobility.rules.basics.causes import Cause, CausedStep, Why, check_cause
from mobility.rules.basics.findings import Finding, Verdict
from mobility.rules.basics.lifecycles import check_reason
from mobility.rules.basics.permissions import Permission
from mobility.rules.basics.places import day_in
from mobility.rules.cases import schemes as rules
from mobility.rules.cases.agreements import Side, is_in_force
from mobility.rules.cases.notices import NoticeKind
from mobility.rules.cases.proposals import EndReason
from mobility.rules.cases.schemes import SchemeEvent
from mobility.rules.law import worked_examples
from mobility.rules.law.rulesets import parse_rules, write_rules
from mobility.security import audit
from mobility.security.actors import Actor
from mobility.security.aggregates import canonical_json
from mobility.security.policy import require
from mobility.security.scopes import locked, one, readable, visible
from mobility.security.steps import advance
from mobility.services import notices
from mobility.services.proposals import endings
from mobility.services.proposals.endings import Ending, Touched
from mobility.services.schemes import quota_rows
from mobility.services.schemes.entries import SchemeTerms
from mobility.services.vacancies import revocations
from mobility.services.vacancies.revocations import Revocation

LONGEST_STAY = 120

#: What the policy and the signatures need to have loaded.
WHOLE = (
    joinedload(Scheme.organisation),
    joinedload(Scheme.drafted_by),
    selectinload(Scheme.agreements).joinedload(SchemeAgreement.agreement).joinedload(Agreement.origin),
    selectinload(Scheme.rule_sets).selectinload(RuleSet.signatures).joinedload(Signature.organisation),
    selectinload(Scheme.rule_sets).selectinload(RuleSet.signatures).joinedload(Signature.user),
)


def get(session: Session, actor: Actor, ref: str) -> Scheme:
    """Return a scheme with its agreements, rule sets and signatures."""
    return readable(session, actor, Scheme, ref, Permission.SCHEME_VIEW, options=WHOLE)


def draft(session: Session, actor: Actor, terms: SchemeTerms, *, at: datetime) -> Scheme:
    """Store a draft of a scheme with the first version of its rules and its quotas.

    Raises
    ------
    ForbiddenError
        The actor drafts no schemes.
    InvalidError
        An agreement of another ministry or two with one origin, a stay out of range, rules that cannot be read, or a
        quota that does not fit.
    """
    require(actor, Permission.SCHEME_DRAFT)
    if not 1 <= terms.max_stay_months <= LONGEST_STAY:
        raise InvalidError("scheme.stay_out_of_range", field="max_stay_months", least=1, most=LONGEST_STAY)
    agreements = _agreements(session, actor, terms.agreements)
    quota_rows.check(session, terms, {agreement.origin.country for agreement in agreements})
    scheme = Scheme(
        organisation_id=actor.organisation_id,
        kind=terms.kind,
        title_en=terms.titles["en"],
        title_es=terms.titles["es"],
        title_fr=terms.titles["fr"],
        country=actor.country,
        review_order=terms.review_order,
        max_stay_months=terms.max_stay_months,
        drafted_by_id=actor.user_id,
        created_at=at,
        agreements=[SchemeAgreement(agreement=agreement) for agreement in agreements],
        rule_sets=[rule_set_of(1, terms.rules, terms.rules_from, at=at)],
    )
    session.add(scheme)
    session.flush()
    quotas = quota_rows.add(session, scheme, terms)
    first = scheme.rule_sets[0]
    audit.record(session, actor, "scheme.draft", scheme, at=at, also=[first, *quotas], rules=first.digest)
    return scheme


def submit(session: Session, actor: Actor, ref: str, *, version: int, at: datetime) -> Scheme:
    """Submit a draft for signature: from now on the origin ministries see it, and nothing in it is edited.

    Raises
    ------
    NotFoundError, ForbiddenError, ConflictError, TransitionError
        Not visible, not the actor's to submit, changed meanwhile, or no draft.
    InvalidError
        No rules, no agreement in force, or no quota.
    """
    scheme = locked(session, actor, Scheme, ref, SchemeEvent.SUBMIT, version, options=WHOLE)
    after = advance(actor, scheme, SchemeEvent.SUBMIT)
    _refuse(
        rules.submission_findings(
            rule_sets=len(scheme.rule_sets),
            agreements_in_force=_agreements_in_force(scheme, day_in(scheme.country, at)),
            quotas=len(quota_lists.of_scheme(session, scheme.id)),
        )
    )
    check_examples(scheme.rule_sets[-1])
    scheme.state = after
    audit.record(session, actor, "scheme.submit", scheme, at=at, rules=scheme.rule_sets[-1].digest)
    tell_parties(session, scheme, NoticeKind.SCHEME_SUBMITTED, actor, at=at)
    return scheme


def sign(session: Session, actor: Actor, ref: str, *, version: int, at: datetime) -> Scheme:
    """Sign the newest version of a scheme's rules in the name of the actor's ministry.

    When all of a side have signed the first version, the scheme's state moves. When all have signed a later one, the
    version before it ends on the day before.

    Raises
    ------
    NotFoundError, ForbiddenError
        Not visible, not a party, or a person who signed for another ministry.
    ConflictError, TransitionError
        Changed meanwhile, signed by this ministry before, or not submitted yet.
    InvalidError
        ``scheme.version_overdue``: the first day of a later version went by before all had signed it.
    """
    scheme = locked(session, actor, Scheme, ref, Permission.SCHEME_SIGN, version, options=WHOLE)
    parties, newest = scheme_lists.parties(scheme), scheme.rule_sets[-1]
    side = Side.DESTINATION if actor.organisation_id == scheme.organisation_id else Side.ORIGIN
    given = Signature(
        side=side, organisation_id=actor.organisation_id, user_id=actor.user_id, signed_at=at, rule_set_id=newest.id
    )
    signatures = scheme_lists.signatures_of(newest)
    new = rules.Signature(side, given.organisation_id, given.user_id, newest.id)
    rules.check_signer(signatures, new, parties)
    check_examples(newest)
    changed = [newest]
    if len(scheme.rule_sets) == 1:
        after = advance(actor, scheme, rules.event_for(side))
        if rules.side_complete([*signatures, new], parties, newest.id, side):
            scheme.state = after
    else:
        _check_on_time(newest, day_in(scheme.country, at))
        if rules.signatures_complete([*signatures, new], parties, newest.id):
            changed.append(_end_before(scheme, newest))
    session.add(given)
    audit.record(session, actor, "scheme.sign", scheme, at=at, also=changed, side=side, rules=newest.digest)
    if len(changed) > 1:
        _tell_all(session, scheme, NoticeKind.RULES_SIGNED, at=at, number=newest.number, day=str(newest.valid_from))
    return one(session, actor, Scheme, ref, options=WHOLE)


def activate(session: Session, actor: Actor, ref: str, *, version: int, at: datetime) -> Scheme:
    """Put an approved scheme in force: vacancies can be posted under it.

    Raises
    ------
    NotFoundError, ForbiddenError, ConflictError, TransitionError
        Not visible, not the actor's to run, changed meanwhile, or not approved.
    InvalidError
        A signature is missing, the first day of its rules has not come, or no agreement of it is in force.
    """
    return _put_in_force(session, actor, ref, SchemeEvent.ACTIVATE, version=version, at=at)


def suspend(
    session: Session, actor: Actor, ref: str, why: Why, *, version: int, at: datetime, seen: str | None = None
) -> Scheme:
    """Suspend a scheme: its open proposals freeze until it is resumed, and everybody concerned is told.

    No frozen proposal is endorsed or approved; none is lost. Told are the ministries, their consular posts, the
    employers with vacancies under it, and through their post the workers who are proposed.

    Raises
    ------
    NotFoundError, ForbiddenError, ConflictError, TransitionError
        Not visible, not the actor's to run, changed meanwhile (the scheme, or what was ``seen``), or not active.
    InvalidError
        ``cause.missing`` or ``cause.not_for_step``.
    """
    scheme = locked(session, actor, Scheme, ref, SchemeEvent.SUSPEND, version, options=WHOLE)
    after = advance(actor, scheme, SchemeEvent.SUSPEND)
    cause = check_cause(CausedStep.SUSPEND_SCHEME, why)
    endings.check_seen(seen, touched_by(session, actor, scheme, SchemeEvent.SUSPEND))
    scheme.state, scheme.cause, scheme.suspension_reason = after, cause, why.note
    proposed = notice_lists.proposed_under(session, scheme.id)
    audit.record(session, actor, "scheme.suspend", scheme, at=at, frozen=len(proposed), cause=cause)
    figures = {"frozen": len(proposed), **endings.caused(cause)}
    _tell_all(session, scheme, NoticeKind.SCHEME_SUSPENDED, at=at, **figures)
    subject = ("scheme", scheme.ref)
    notices.tell_workers(session, proposed, NoticeKind.WORKER_SCHEME_SUSPENDED, subject, at=at, **endings.caused(cause))
    return scheme


def resume(session: Session, actor: Actor, ref: str, *, version: int, at: datetime) -> Scheme:
    """Put a suspended scheme in force again, under the rules in force that day; everybody concerned is told."""
    scheme = _put_in_force(session, actor, ref, SchemeEvent.RESUME, version=version, at=at)
    proposed = notice_lists.proposed_under(session, scheme.id)
    _tell_all(session, scheme, NoticeKind.SCHEME_RESUMED, at=at, frozen=len(proposed))
    notices.tell_workers(session, proposed, NoticeKind.WORKER_SCHEME_RESUMED, ("scheme", scheme.ref), at=at)
    return scheme


def close(
    session: Session, actor: Actor, ref: str, why: Why, *, version: int, at: datetime, seen: str | None = None
) -> Scheme:
    """Close a scheme for good: its certified vacancies are revoked, its open proposals end, all concerned are told.

    People who are placed go on, and all cases stay readable.

    Raises
    ------
    NotFoundError, ForbiddenError, ConflictError, TransitionError
        Not visible, not the actor's to run, changed meanwhile (the scheme, or what was ``seen``), or not running.
    InvalidError
        No cause or no note, or a match run is under way in it, with the figure.
    """
    scheme = locked(session, actor, Scheme, ref, SchemeEvent.CLOSE, version, options=WHOLE)
    after = advance(actor, scheme, SchemeEvent.CLOSE)
    cause = check_cause(CausedStep.CLOSE_SCHEME, why)
    check_reason(why.note)
    _refuse(rules.closing_findings(runs=scheme_lists.runs_under_way(session, scheme.id)))
    scheme.state, scheme.cause, scheme.suspension_reason = after, cause, why.note.strip()
    ending = _closing(scheme, cause)
    revocations.revoke_all(session, actor, Vacancy.scheme_id == scheme.id, ending, _CLOSED, at=at, seen=seen)
    audit.record(session, actor, "scheme.close", scheme, at=at, cause=cause)
    _tell_all(session, scheme, NoticeKind.SCHEME_CLOSED, at=at, **endings.caused(cause))
    return scheme


_CLOSED = Revocation(Cause.SCHEME_CLOSED)


def touched_by(session: Session, actor: Actor, scheme: Scheme, event: SchemeEvent) -> Touched:
    """Return what suspending or closing a scheme would do to its vacancies and open proposals now."""
    under = Vacancy.scheme_id == scheme.id
    if event is SchemeEvent.CLOSE:
        return revocations.preview(session, actor, under, _closing(scheme, None))
    subject = ("scheme", scheme.ref)
    return endings.preview_waiting(session, actor, of_vacancies(under), EndReason.SCHEME_CLOSED, subject)


def _closing(scheme: Scheme, cause: Cause | None) -> Ending:
    return Ending(EndReason.SCHEME_CLOSED, ("scheme", scheme.ref), cause=cause)


def rule_set_in_force(session: Session, scheme: Scheme, on: date) -> RuleSet:
    """Return the version of a scheme's rules that applies on a day: signed by all, and dated.

    Raises
    ------
    InvalidError
        ``scheme.no_rules_in_force``: none does.
    """
    found = scheme_lists.rule_set_in_force(session, scheme.id, on)
    if found is None:
        raise InvalidError("scheme.no_rules_in_force", day=on.isoformat())
    return found


def digest_of(written: Sequence[Mapping[str, Any]]) -> str:
    """Return the SHA-256 of rules in their canonical JSON: equal for equal rules, however they were typed."""
    return hashlib.sha256(canonical_json(written).encode()).hexdigest()


def rule_set_of(number: int, raw: object, valid_from: date, *, at: datetime) -> RuleSet:
    """Return a version of rules that is not stored yet; raises ``InvalidError`` for rules that cannot be read."""
    written = write_rules(parse_rules(raw))
    if not written:
        raise InvalidError("scheme_rule_set.none", field="rules")
    return RuleSet(
        number=number, valid_from=valid_from, rules=written, digest=digest_of(written), created_at=at, signatures=[]
    )


def _agreements(session: Session, actor: Actor, refs: Sequence[str]) -> list[Agreement]:
    select = visible(actor, Agreement).where(Agreement.ref.in_(refs)).options(joinedload(Agreement.origin))
    found = list(session.scalars(select.order_by(Agreement.id)))
    if not refs or len(found) != len(set(refs)):
        raise InvalidError("scheme.no_agreement" if not refs else "scheme.unknown_agreement", field="agreements")
    if len({agreement.origin_id for agreement in found}) != len(found):
        raise InvalidError("scheme.origin_twice", field="agreements")
    return found


def _put_in_force(
    session: Session, actor: Actor, ref: str, event: SchemeEvent, *, version: int, at: datetime
) -> Scheme:
    scheme = locked(session, actor, Scheme, ref, event, version, options=WHOLE)
    after = advance(actor, scheme, event)
    today = day_in(scheme.country, at)
    signed = [each for each in scheme_lists.signed_versions(scheme) if scheme_lists.applies_on(each, today)]
    applies = signed[-1] if signed else scheme.rule_sets[0]
    _refuse(
        rules.activation_findings(
            scheme_lists.signatures_of(applies),
            scheme_lists.parties(scheme),
            applies.id,
            valid_from=applies.valid_from,
            today=today,
            agreements_in_force=_agreements_in_force(scheme, today),
        )
    )
    scheme.state, scheme.cause, scheme.suspension_reason = after, None, None
    audit.record(session, actor, f"scheme.{event}", scheme, at=at, rules=applies.digest)
    return scheme


def _agreements_in_force(scheme: Scheme, today: date) -> int:
    agreements = [taking_part.agreement for taking_part in scheme.agreements]
    return sum(is_in_force(each.state, each.valid_from, each.valid_to, today) for each in agreements)


def _check_on_time(rule_set: RuleSet, today: date) -> None:
    """Refuse to sign a later version once its first day has come: rules never change backwards."""
    if rule_set.valid_from <= today:
        raise InvalidError("scheme.version_overdue", day=rule_set.valid_from.isoformat())


def _end_before(scheme: Scheme, newest: RuleSet) -> RuleSet:
    """End the last signed version on the day before ``newest`` begins, and return it."""
    previous = scheme_lists.signed_versions(scheme)[-1]
    previous.valid_to = newest.valid_from - timedelta(days=1)
    return previous


def check_examples(rule_set: RuleSet) -> None:
    """Refuse a version whose worked examples do not hold (``examples.fails``)."""
    worked_examples.check(parse_rules(rule_set.rules), worked_examples.parse_examples(rule_set.examples or []))


def tell_parties(
    session: Session, scheme: Scheme, kind: NoticeKind, actor: Actor, *, at: datetime, **params: str | int
) -> None:
    """Tell the ministries that sign, except the one that acts."""
    others = set(scheme_lists.parties(scheme)) - {actor.organisation_id}
    notices.tell(session, others, kind, ("scheme", scheme.ref), at=at, **params)


def _tell_all(session: Session, scheme: Scheme, kind: NoticeKind, *, at: datetime, **params: str | int) -> None:
    """Tell everybody whom a change of a scheme concerns."""
    told = notice_lists.concerned_by(session, scheme)
    notices.tell(session, told, kind, ("scheme", scheme.ref), at=at, **params)


def _refuse(findings: Iterable[Finding]) -> None:
    for finding in findings:
        if finding.verdict is not Verdict.PASS:
            figures: dict[str, Any] = dict(finding.params)
            raise InvalidError(finding.code, **figures)
