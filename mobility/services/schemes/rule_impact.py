"""Whom a change of rules affects: open proposals judged person by person by the rules of today and those to come."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from mobility.models.proposals import MatchProposal
from mobility.models.schemes.schemes import RuleSet, Scheme
from mobility.models.vacancies import Vacancy
from mobility.queries.lists import scheme_lists
from mobility.queries.lists.waiver_lists import once_waived, waived_by_worker
from mobility.queries.pools.worker_rows import batches
from mobility.rules.basics.findings import Finding, Verdict, worst
from mobility.rules.basics.permissions import Permission
from mobility.rules.basics.places import Place, day_in
from mobility.rules.cases.notices import NoticeKind
from mobility.rules.cases.proposals import OPEN_STATES, EndReason, ProposalState
from mobility.rules.cases.schemes import SchemeState
from mobility.rules.law.facts import Facts
from mobility.rules.law.rulesets import Rule, about_workers, evaluate, parse_rules
from mobility.security.actors import SYSTEM, Actor
from mobility.security.policy import require
from mobility.security.scopes import visible
from mobility.services.match_runs import eligibility
from mobility.services.proposals import endings
from mobility.services.proposals.endings import Ending

#: Proposals that nobody has approved yet: the rules of their day still decide.
UNDECIDED = (ProposalState.GENERATED, ProposalState.ENDORSED)


@dataclass(frozen=True)
class Affected:
    """One open proposal whose outcome changes: its reference, and the blocking rules that are not met then."""

    ref: str
    state: ProposalState
    before: Verdict
    after: Verdict
    rules: tuple[str, ...]


@dataclass(frozen=True)
class Impact:
    """What a change does to a scheme's open proposals.

    ``open`` counts all of them, ``lost`` those that pass today and would not then, ``gained`` the opposite; ``shown``
    lists both as far as the actor may see them, and ``rules`` counts by rule who would be stopped by it.
    """

    open: int
    lost: int
    gained: int
    shown: tuple[Affected, ...]
    rules: Mapping[str, int]


def impact(
    session: Session, actor: Actor, scheme: Scheme, new_rules: Iterable[Rule], first_day: date, *, at: datetime
) -> Impact:
    """Judge every open proposal of a scheme by the rules in force today and by others, as of their first day.

    Parameters
    ----------
    scheme : Scheme
        As the actor sees it, with its agreements.
    new_rules : iterable of Rule
        All versions of all rules; those on the job alone are left out, since certification decided them.
    first_day : date
        The day whose law the new ones are read by; facts are those of today.

    Raises
    ------
    ForbiddenError
        The actor is no party to the scheme.
    """
    require(actor, Permission.RULES_IMPACT, scheme)
    coming = about_workers(new_rules)
    today = day_in(scheme.country, at)
    current = scheme_lists.rule_set_in_force(session, scheme.id, today)
    now = about_workers(parse_rules(current.rules)) if current else ()
    open_ones = _open(session, scheme.id, OPEN_STATES)
    facts = _facts(session, open_ones, today)
    binding = eligibility.safeguards_for(session, scheme.id, facts, on=today)
    freed = waived_by_worker(session, scheme.id, on=today)
    found, stopped = [], dict[str, int]()
    for proposal in open_ones:
        told = facts[proposal.worker_id, proposal.vacancy_id]
        waived = freed[proposal.worker_id]
        before = evaluate((*now, *binding), told, on=today, waived=waived)
        after = evaluate((*coming, *binding), told, on=max(first_day, today), waived=waived)
        change = _affected(proposal, before, after)
        if change is not None:
            found.append(change)
            for rule in change.rules:
                stopped[rule] = stopped.get(rule, 0) + 1
    seen = _visible_refs(session, actor, found)
    lost = sum(each.after is not Verdict.PASS for each in found)
    return Impact(len(open_ones), lost, len(found) - lost, tuple(each for each in found if each.ref in seen), stopped)


def on_new_day(session: Session, place: Place, day: date, *, at: datetime) -> int:
    """Close the undecided proposals that the rules in force today stop; tell everybody.

    Those of a run under an older version are closed by any rule; the others where a waiver that they rest on is over.
    Run on any later day, or twice, it closes what is left and nothing else.

    Returns
    -------
    int
        How many were superseded.
    """
    require(SYSTEM, Permission.RULES_SUPERSEDE)
    done = 0
    active = sa.select(Scheme).where(Scheme.state == SchemeState.ACTIVE, Scheme.country.in_(place.countries))
    for scheme in session.scalars(active.order_by(Scheme.id)):
        current = scheme_lists.rule_set_in_force(session, scheme.id, day)
        if current is not None and current.number > 1:
            done += _supersede(session, scheme, current, day, at=at)
        if current is not None:
            done += _end_unwaived(session, scheme, current, day, at=at)
    return done


def _supersede(session: Session, scheme: Scheme, current: RuleSet, today: date, *, at: datetime) -> int:
    rules = about_workers(parse_rules(current.rules))
    waiting = [proposal for proposal in _open(session, scheme.id, UNDECIDED) if proposal.run.rule_set_id != current.id]
    facts = _facts(session, waiting, today)
    rules += eligibility.safeguards_for(session, scheme.id, facts, on=today)
    freed = waived_by_worker(session, scheme.id, on=today)
    over = []
    for proposal in waiting:
        told = facts[proposal.worker_id, proposal.vacancy_id]
        if worst(evaluate(rules, told, on=today, waived=freed[proposal.worker_id])) is not Verdict.PASS:
            over.append(proposal.id)
    ending = Ending(
        EndReason.RULES_CHANGED,
        ("scheme", scheme.ref),
        kind=NoticeKind.PROPOSALS_SUPERSEDED,
        worker_kind=NoticeKind.WORKER_PROPOSAL_SUPERSEDED,
        facts={"rules": current.digest, "number": current.number},
    )
    for some in batches(over):
        endings.end_open(session, SYSTEM, MatchProposal.id.in_(some), ending, at=at)
    return len(over)


def _end_unwaived(session: Session, scheme: Scheme, current: RuleSet, today: date, *, at: datetime) -> int:
    """End the undecided proposals that would pass if a waiver that is over still held, and do not without it."""
    before = once_waived(session, scheme.id, on=today)
    waiting = [proposal for proposal in _open(session, scheme.id, UNDECIDED) if proposal.worker_id in before]
    if not waiting:
        return 0
    facts = _facts(session, waiting, today)
    rules = (
        *about_workers(parse_rules(current.rules)),
        *eligibility.safeguards_for(session, scheme.id, facts, on=today),
    )
    now = waived_by_worker(session, scheme.id, on=today)
    over = []
    for proposal in waiting:
        told, freed = facts[proposal.worker_id, proposal.vacancy_id], now[proposal.worker_id]
        was = worst(evaluate(rules, told, on=today, waived=freed | before[proposal.worker_id]))
        if was is Verdict.PASS and worst(evaluate(rules, told, on=today, waived=freed)) is not Verdict.PASS:
            over.append(proposal.id)
    for some in batches(over):
        endings.end_open(session, SYSTEM, MatchProposal.id.in_(some), Ending(EndReason.WAIVER_OVER), at=at)
    return len(over)


def _open(session: Session, scheme_id: int, states: Sequence[ProposalState]) -> Sequence[MatchProposal]:
    select = (
        sa.select(MatchProposal)
        .join(Vacancy, Vacancy.id == MatchProposal.vacancy_id)
        .where(Vacancy.scheme_id == scheme_id, MatchProposal.state.in_(states))
        .options(joinedload(MatchProposal.run))
        .order_by(MatchProposal.id)
    )
    return session.scalars(select.execution_options(populate_existing=True)).all()


def _facts(session: Session, proposals: Sequence[MatchProposal], on: date) -> Mapping[eligibility.Pair, Facts]:
    pairs = [(proposal.worker_id, proposal.vacancy_id) for proposal in proposals]
    return eligibility.facts_of(session, pairs, on=on) if pairs else {}


def _affected(proposal: MatchProposal, before: Sequence[Finding], after: Sequence[Finding]) -> Affected | None:
    was, will = worst(before), worst(after)
    if (was is Verdict.PASS) == (will is Verdict.PASS):
        return None
    rules = tuple(finding.rule for finding in after if finding.blocks)
    return Affected(proposal.ref, proposal.state, was, will, rules)


def _visible_refs(session: Session, actor: Actor, found: Sequence[Affected]) -> set[str]:
    refs = [each.ref for each in found]
    seen: set[str] = set()
    for first in range(0, len(refs), 500):
        select = visible(actor, MatchProposal).where(MatchProposal.ref.in_(refs[first : first + 500]))
        seen |= set(session.scalars(select.with_only_columns(MatchProposal.ref)))
    return seen
