"""Waivers: the authority that a rule names frees one worker from it for a while, with the reason; and takes it back."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session, joinedload

from mobility.errors import ConflictError, TransitionError
from mobility.models.match_runs import MatchRun
from mobility.models.proposals import MatchProposal
from mobility.models.schemes.waivers import Waiver
from mobility.models.vacancies import Vacancy
from mobility.queries.lists import waiver_lists
from mobility.rules.basics.permissions import Permission
from mobility.rules.basics.places import day_in
from mobility.rules.cases.notices import NoticeKind
from mobility.rules.cases.proposals import check_in_time
from mobility.rules.cases.waivers import check_waiver
from mobility.rules.law.rulesets import Rule
from mobility.security import audit
from mobility.security.actors import Actor
from mobility.security.policy import allowed
from mobility.security.scopes import locked
from mobility.services import notices
from mobility.services.match_runs import eligibility
from mobility.services.workers import vectors

_OF_PROPOSAL = (
    joinedload(MatchProposal.run).joinedload(MatchRun.scheme),
    joinedload(MatchProposal.vacancy).joinedload(Vacancy.scheme),
    joinedload(MatchProposal.worker),
)


def waivable(session: Session, actor: Actor, proposal: MatchProposal, *, at: datetime) -> Sequence[Rule]:
    """Return the rules that stand against a proposal today and that the actor's organisation may waive.

    ``proposal`` is loaded with vacancy, its scheme and worker.
    """
    if not allowed(actor, Permission.WAIVER_GIVE, proposal):
        return []
    scheme_id = proposal.vacancy.scheme_id
    rules = {rule.id: rule for rule in eligibility.rules_on(session, scheme_id, at=at) if rule.waiver is actor.kind}
    if not rules:
        return []
    found = eligibility.findings(session, scheme_id, proposal.vacancy_id, proposal.worker_id, at=at)
    return [rules[finding.rule] for finding in found if finding.rule in rules and not finding.is_met]


def give(
    session: Session, actor: Actor, proposal_ref: str, rule: str, reason: str, until: date, *, at: datetime
) -> Waiver:
    """Waive one rule for the worker of a proposal, in the proposal's scheme, until a day.

    Raises
    ------
    NotFoundError, ForbiddenError
        Not visible; not the actor's to waive (``waiver.other_authority``).
    InvalidError
        The rule is not in force, nobody may waive it, it is met, no reason, or a day that is past or too far.
    ConflictError
        ``waiver.given_already``, or the time of the proposal is over (``proposal.over``).
    """
    proposal = locked(session, actor, MatchProposal, proposal_ref, Permission.WAIVER_GIVE, None, options=_OF_PROPOSAL)
    check_in_time(proposal.expires_at, at)
    scheme_id, today = proposal.vacancy.scheme_id, day_in(proposal.vacancy.scheme.country, at)
    if rule in waiver_lists.waived_rules(session, scheme_id, proposal.worker_id, on=today):
        raise ConflictError("waiver.given_already")
    rules = eligibility.rules_on(session, scheme_id, at=at)
    found = eligibility.findings(session, scheme_id, proposal.vacancy_id, proposal.worker_id, at=at)
    waived = check_waiver(rules, found, rule, actor.kind, reason, until, today=today)
    waiver = Waiver(
        scheme_id=scheme_id,
        worker_id=proposal.worker_id,
        proposal_id=proposal.id,
        rule=waived.id,
        authority=waived.waiver,
        organisation_id=actor.organisation_id,
        given_by_id=actor.user_id,
        given_at=at,
        reason=reason,
        valid_from=today,
        valid_until=until,
    )
    session.add(waiver)
    vectors.touch(session, [proposal.worker_id])
    last, subject = until.isoformat(), ("proposal", proposal.ref)
    audit.record(session, actor, "waiver.give", waiver, at=at, proposal=proposal.ref, rule=waived.id, until=last)
    notices.tell_workers(
        session, [proposal.worker_id], NoticeKind.WORKER_RULE_WAIVED, subject, at=at, rule=waived.id, until=last
    )
    return waiver


def withdraw(session: Session, actor: Actor, ref: str, *, version: int, at: datetime) -> Waiver:
    """Take a waiver back: from now on the rule counts again. Decisions that were taken under it stand.

    Raises
    ------
    NotFoundError, ForbiddenError, ConflictError, TransitionError
        Not visible, given by another organisation, changed meanwhile, or withdrawn already.
    """
    loaded = (joinedload(Waiver.proposal),)
    waiver = locked(session, actor, Waiver, ref, Permission.WAIVER_WITHDRAW, version, options=loaded)
    if waiver.withdrawn_at is not None:
        raise TransitionError("withdrawn", "withdraw")
    waiver.withdrawn_at, waiver.withdrawn_by_id = at, actor.user_id
    vectors.touch(session, [waiver.worker_id])
    audit.record(session, actor, "waiver.withdraw", waiver, at=at, rule=waiver.rule)
    return waiver
