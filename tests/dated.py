"""Every dated column of the schema: what must hold of it at any moment, or why nothing ends by it.

A new column of days or moments stands in neither table: a test fails until somebody decides which one it belongs to.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from mobility.db import Utc
from mobility.models.accounts.organisations import Organisation
from mobility.models.accounts.sessions import SignInAttempt, UserSession
from mobility.models.match_runs import MatchRun
from mobility.models.notices import Notice
from mobility.models.platform.jobs import IdempotencyKey, Job
from mobility.models.proposals import MatchProposal
from mobility.models.registry import METADATA
from mobility.models.schemes.quotas import Quota, QuotaPlaces, QuotaUnit
from mobility.models.schemes.schemes import Scheme
from mobility.models.shortages.shortages import Shortage
from mobility.models.vacancies import Vacancy
from mobility.models.workers.fairness_groups import FairnessGroup
from mobility.models.workers.papers import Check, Consent, IdentityDocument
from mobility.models.workers.workers import Worker
from mobility.queries import check_dates, place_days
from mobility.queries.lists import scheme_lists, waiver_lists
from mobility.rules.basics.dates import age_on
from mobility.rules.basics.findings import Verdict, worst
from mobility.rules.basics.places import day_at, day_in, first_moment, place_of
from mobility.rules.cases.checks import NOTICE_DAYS, REQUIRED
from mobility.rules.cases.consents import ConsentPurpose
from mobility.rules.cases.jobs import JobState
from mobility.rules.cases.notices import NoticeKind
from mobility.rules.cases.proposals import OPEN_STATES, ProposalState
from mobility.rules.cases.schemes import SchemeState
from mobility.rules.cases.shortages import ShortageState
from mobility.rules.cases.vacancies import LIVE_STATES
from mobility.rules.cases.workers import WorkerState
from mobility.rules.figures.fairness import age_band
from mobility.rules.law.rulesets import about_workers, evaluate, parse_rules
from mobility.services.match_runs import eligibility
from mobility.services.schemes.rule_impact import UNDECIDED
from mobility.services.shortages.shortages import next_review
from mobility.services.workers.registration import NEEDED

#: Yields what is wrong, a line each.
Invariant = Callable[[Session, datetime], Iterator[str]]
A_DAY = timedelta(days=1)
_SEATS = sa.select(Worker, place_days.SEAT).join(Organisation, Organisation.id == Worker.post_id)


def open_proposals(session: Session, at: datetime) -> Iterator[str]:
    """None is open after the day on which its time ran out; approved ones bind their workers, and nothing else does."""
    select = sa.select(MatchProposal, Vacancy.region).join(Vacancy, Vacancy.id == MatchProposal.vacancy_id)
    for proposal, region in session.execute(select.where(MatchProposal.state.in_(OPEN_STATES))):
        if proposal.expires_at <= first_moment(place_of(region), day_in(region, at)):
            yield f"{proposal.ref} is open after {proposal.expires_at}"
    yield from _bound_workers(session)


def _bound_workers(session: Session) -> Iterator[str]:
    """Proposed are those, and only those, whom an open approval binds, but for who has to act first."""
    approved = sa.select(MatchProposal.worker_id).where(
        MatchProposal.state.in_(OPEN_STATES), MatchProposal.approved_by_id.is_not(None)
    )
    bound = set(session.scalars(approved))
    for worker in session.scalars(sa.select(Worker).where(Worker.state.in_(check_dates.IN_FORCE))):
        if (worker.state is WorkerState.PROPOSED) != (worker.id in bound):
            yield f"{worker.ref} is {worker.state}"


def live_vacancies(session: Session, at: datetime) -> Iterator[str]:
    """None waits after its last day there, and no open proposal is for one that does not wait."""
    for vacancy in session.scalars(sa.select(Vacancy)):
        live = vacancy.state in LIVE_STATES
        if live and vacancy.ends_on < day_in(vacancy.region, at):
            yield f"{vacancy.ref} is {vacancy.state} after {vacancy.ends_on}"
        mine = (MatchProposal.vacancy_id == vacancy.id, MatchProposal.state.in_(OPEN_STATES))
        for ref in () if live else session.scalars(sa.select(MatchProposal.ref).where(*mine)):
            yield f"{ref} is open for {vacancy.ref}, which is {vacancy.state}"


def units_of_quotas(session: Session, at: datetime) -> Iterator[str]:
    """No unit is held for what is over, and the counters say how many are."""
    standing = (*OPEN_STATES, ProposalState.PLACED)
    select = sa.select(QuotaUnit, MatchProposal.state, MatchProposal.ref)
    held: dict[int, int] = {}
    for unit, state, ref in session.execute(select.join(MatchProposal, MatchProposal.id == QuotaUnit.proposal_id)):
        held[unit.quota_id] = held.get(unit.quota_id, 0) + 1
        if state not in standing:
            yield f"{ref} is {state} and holds a unit"
    for quota in session.scalars(sa.select(Quota)):
        if quota.held + quota.committed + quota.used != held.get(quota.id, 0):
            yield f"{quota.ref} counts {quota.held} + {quota.committed} + {quota.used}, not {held.get(quota.id, 0)}"


def carried_places(session: Session, at: datetime) -> Iterator[str]:
    """What the first half of a year left was carried over once its day had come."""
    select = sa.select(QuotaPlaces, Scheme).join(Scheme, Scheme.id == QuotaPlaces.scheme_id)
    for row, scheme in session.execute(select.where(Scheme.state != SchemeState.CLOSED)):
        due = row.carry_on is not None and row.carry_on <= day_in(scheme.country, at)
        first = sa.select(Quota).where(
            Quota.scheme_id == scheme.id, Quota.period_from == row.period_from, Quota.period_to < row.period_to
        )
        for quota in session.scalars(first) if due else ():
            if quota.dimension == "total" and quota.cap > quota.held + quota.committed + quota.used:
                yield f"{quota.ref} has units of a half that is over"


def declared_shortages(session: Session, at: datetime) -> Iterator[str]:
    """None is in force after its last day there."""
    running = Shortage.state.in_((ShortageState.DECLARED, ShortageState.SUSPENDED))
    for shortage in session.scalars(sa.select(Shortage).where(running)):
        if shortage.valid_to < day_in(shortage.region, at):
            yield f"{shortage.ref} is {shortage.state} after {shortage.valid_to}"


def shortage_reviews(session: Session, at: datetime) -> Iterator[str]:
    """Whoever declared one that is due for a look was told so, once."""
    select = sa.select(Shortage).where(Shortage.state == ShortageState.DECLARED)
    for shortage in session.scalars(select.options(selectinload(Shortage.reviews))):
        due = next_review(shortage)
        if due is not None and due <= day_in(shortage.region, at) and due < shortage.valid_to:
            yield from _told_once(session, NoticeKind.SHORTAGE_REVIEW_DUE, shortage.ref, str(due))


def worker_reviews(session: Session, at: datetime) -> Iterator[str]:
    """The post of an ineligible worker was told once that the day to look again has come."""
    for worker, seat in session.execute(_SEATS.where(Worker.state == WorkerState.INELIGIBLE)):
        if worker.review_on is None or worker.review_on <= day_in(seat, at):
            yield from _told_once(session, NoticeKind.WORKER_REVIEW_DUE, worker.ref, str(worker.review_on))


def _told_once(session: Session, kind: NoticeKind, ref: str, day: str) -> Iterator[str]:
    given = session.scalars(sa.select(Notice.params).where(Notice.kind == kind, Notice.subject_ref == ref))
    if [params["day"] for params in given].count(day) != 1:
        yield f"{ref}: {kind} of {day} was not told once"


def required_checks(session: Session, at: datetime) -> Iterator[str]:
    """Nobody is ready or proposed with a dead check, and the post of everybody else was told before it dies."""
    available = Worker.state.in_(check_dates.IN_FORCE)
    for worker in session.scalars(sa.select(Worker).where(available, check_dates.lapsed_at(session, at))):
        yield f"{worker.ref} is {worker.state} with a check that has run out"
    for worker, seat in session.execute(_SEATS.where(available)):
        today = day_in(seat, at)
        for kind in REQUIRED:
            mine = sa.select(sa.func.max(Check.valid_until)).where(Check.worker_id == worker.id, Check.kind == kind)
            last = session.scalar(mine)
            about = sa.select(Notice.id).where(
                Notice.worker_id == worker.id, Notice.kind == NoticeKind.WORKER_CHECK_RUNS_OUT
            )
            if last and (last - today).days < max(NOTICE_DAYS) and not session.scalars(about).first():
                yield f"{worker.ref}: nobody was told that {kind} runs out on {last}"


def identity_papers(session: Session, at: datetime) -> Iterator[str]:
    """Nobody is ready or proposed whose last paper has expired."""
    last = sa.select(sa.func.max(IdentityDocument.expires_on)).where(IdentityDocument.worker_id == Worker.id)
    select = _SEATS.add_columns(last.scalar_subquery()).where(Worker.state.in_(check_dates.IN_FORCE))
    for worker, seat, expires in session.execute(select):
        if expires is not None and expires < day_in(seat, at):
            yield f"{worker.ref} is {worker.state} with a paper of {expires}"


def consents(session: Session, at: datetime) -> Iterator[str]:
    """Nobody is ready or proposed without the consents that it takes."""
    held: dict[int, set[ConsentPurpose]] = {}
    given = sa.or_(Consent.withdrawn_at.is_(None), Consent.withdrawn_at > at)
    for consent in session.scalars(sa.select(Consent).where(given, Consent.given_at <= at)):
        held.setdefault(consent.worker_id, set()).add(consent.purpose)
    for worker in session.scalars(sa.select(Worker).where(Worker.state.in_(check_dates.IN_FORCE))):
        if not set(NEEDED) <= held.get(worker.id, set()):
            yield f"{worker.ref} is {worker.state} without a consent"


def age_bands(session: Session, at: datetime) -> Iterator[str]:
    """Everybody is counted in the band of their age."""
    select = _SEATS.add_columns(FairnessGroup.age_band).join(FairnessGroup, FairnessGroup.worker_id == Worker.id)
    for worker, seat, band in session.execute(select):
        if band != age_band(age_on(worker.born_on, day_in(seat, at))):
            yield f"{worker.ref} is counted in {band}"


def rules_in_force(session: Session, at: datetime) -> Iterator[str]:
    """No undecided proposal is stopped by rules that came after its run, or rests on a waiver that is over."""
    for scheme in session.scalars(sa.select(Scheme).where(Scheme.state == SchemeState.ACTIVE)):
        today = day_in(scheme.country, at)
        current = scheme_lists.rule_set_in_force(session, scheme.id, today)
        if current is None:
            yield f"{scheme.ref} has no rules in force"
            continue
        rules, now = (
            about_workers(parse_rules(current.rules)),
            waiver_lists.waived_by_worker(session, scheme.id, on=today),
        )
        before = waiver_lists.once_waived(session, scheme.id, on=today)
        mine = sa.select(MatchProposal, MatchRun.rule_set_id).join(MatchRun, MatchRun.id == MatchProposal.run_id)
        mine = mine.where(MatchRun.scheme_id == scheme.id, MatchProposal.state.in_(UNDECIDED))
        for proposal, rule_set in session.execute(mine):
            pair = (proposal.worker_id, proposal.vacancy_id)
            if rule_set == current.id and proposal.worker_id not in before:
                continue
            facts = eligibility.facts_of(session, [pair], on=today)[pair]
            if worst(evaluate(rules, facts, on=today, waived=now[proposal.worker_id])) is not Verdict.PASS:
                yield f"{proposal.ref} is {proposal.state} against the rules of {today}"


def agreements(session: Session, at: datetime) -> Iterator[str]:
    """No open proposal is for people of a country whose agreement has ended."""
    select = sa.select(MatchProposal.ref, Vacancy.scheme_id, Vacancy.country, Worker.origin_country)
    select = select.join(Vacancy, Vacancy.id == MatchProposal.vacancy_id)
    select = select.join(Worker, Worker.id == MatchProposal.worker_id).where(MatchProposal.state.in_(OPEN_STATES))
    for ref, scheme, country, origin in session.execute(select):
        if not scheme_lists.covers(session, scheme, origin, day_in(country, at)):
            yield f"{ref} stands on an agreement that is over"


def taken_days(session: Session, at: datetime) -> Iterator[str]:
    """The day of every place was taken, by every entry."""
    for place, rows in place_days.listed(session):
        for row in rows:
            if place in place_days.places_in_use(session) and row.day != day_at(place, at):
                yield f"{place.zone}: {row.entry} stands at {row.day}"


def leftovers(session: Session, at: datetime) -> Iterator[str]:
    """Keys of requests, sessions, counted attempts and hourly jobs are kept for a while only."""
    for column, longest in (
        (IdempotencyKey.created_at, 2 * A_DAY),
        (UserSession.seen_at, 2 * A_DAY),
        (SignInAttempt.window_started_at, 3 * A_DAY),
    ):
        for moment in session.scalars(sa.select(column).where(column < at - longest)):
            yield f"{column} of {moment} is kept"
    old = sa.select(Job).where(Job.kind == "days.take", Job.state == JobState.DONE)
    for job in session.scalars(old.where(Job.finished_at < at - 32 * A_DAY)):
        yield f"{job.ref} of {job.finished_at} is kept"


def jobs(session: Session, at: datetime) -> Iterator[str]:
    """Nobody holds a job whose lease is over, and none waits that was due an hour ago."""
    for job in session.scalars(sa.select(Job)):
        if job.state is JobState.RUNNING and (job.lease_until is None or job.lease_until < at):
            yield f"{job.ref} is held after {job.lease_until}"
        if job.state is JobState.QUEUED and job.not_before < at - timedelta(hours=1):
            yield f"{job.ref} waits since {job.not_before}"


#: By column of the schema: what must hold of the things that end, begin or fall due by it.
INVARIANTS: Mapping[str, Invariant] = {
    "agreement.valid_to": agreements,
    "consent.withdrawn_at": consents,
    "day_taken.day": taken_days,
    "idempotency_key.created_at": leftovers,
    "identity_document.expires_on": identity_papers,
    "job.lease_until": jobs,
    "job.not_before": jobs,
    "match_proposal.expires_at": open_proposals,
    "quota.period_to": units_of_quotas,
    "quota_places.carry_on": carried_places,
    "rule_set.valid_from": rules_in_force,
    "rule_set.valid_to": rules_in_force,
    "shortage.valid_to": declared_shortages,
    "shortage_review.next_on": shortage_reviews,
    "sign_in_attempt.window_started_at": leftovers,
    "user_session.seen_at": leftovers,
    "vacancy.ends_on": live_vacancies,
    "waiver.valid_until": rules_in_force,
    "waiver.withdrawn_at": rules_in_force,
    "worker.born_on": age_bands,
    "worker.review_on": worker_reviews,
    "worker_check.valid_until": required_checks,
}
#: A day or a moment on which something happened, or that somebody stated of the past; nothing ends by it.
HAPPENED = frozenset(
    {
        "appeal.decided_at",
        "appeal.filed_at",
        "audit_event.at",
        "consent.given_at",
        "day_taken.taken_at",
        "decision.decided_at",
        "employer.created_at",
        "employment.ended_on",
        "identity_document.issued_on",
        "job.created_at",
        "job.finished_at",
        "job.started_at",
        "match_proposal.accepted_at",
        "match_proposal.created_at",
        "match_run.created_at",
        "scorecard.stored_at",
        "scorecard_use.begun_at",
        "match_run.finished_at",
        "match_run.on_date",
        "notice.created_at",
        "notice.read_at",
        "proposal_ending.ended_at",
        "publication.created_at",
        "publication.published_on",
        "publication.taken_in_at",
        "published_figure.period_from",
        "published_figure.period_to",
        "publication.period_from",
        "publication.period_to",
        "reading.at",
        "rule_draft.changed_at",
        "rule_set.created_at",
        "scenario.as_of",
        "scenario.attached_at",
        "scenario.created_at",
        "scenario.deleted_at",
        "scheme.created_at",
        "shortage.created_at",
        "shortage.declared_at",
        "shortage_evidence.period_from",
        "shortage_evidence.period_to",
        "shortage_review.reviewed_at",
        "shortage_suggestion.created_at",
        "signature.signed_at",
        "taxonomy_edition.imported_at",
        "tightness_weights.changed_at",
        "user.created_at",
        "user.disabled_at",
        "user_session.created_at",
        "vacancy.created_at",
        "vacancy.submitted_at",
        "waiver.given_at",
        "worker.confirmed_at",
        "worker.created_at",
        "worker_check.checked_on",
        "worker_check.recorded_at",
    }
)
#: Read on the day of a run, a certification or a decision; no state follows from it, so nothing can stay open by it.
READ = {
    "agreement.valid_from": "asked by whoever proposes or decides",
    "quota.period_from": "asked with the first day of the job",
    "quota_places.period_from": "the quotas that follow from it say the same",
    "quota_places.period_to": "the quotas that follow from it say the same",
    "quota_places.second_from": "the quotas that follow from it say the same",
    "rule_draft.first_day": "a draft binds nobody; issuing it asks",
    "shortage.valid_from": "certification asks",
    "shortage_evidence.observed_on": "too old, it supports no declaration and no review",
    "sign_in_attempt.blocked_until": "the throttle asks; kept with its window",
    "vacancy.starts_on": "who comes later works from then on",
    "waiver.valid_from": "rules ask",
    "worker.earliest_start": "a wish, weighed by runs",
    "worker_licence.expires_on": "runs ask on the first day of the job",
}


def dated_columns() -> set[str]:
    """Return every column of the schema that holds days or moments, as ``table.column``."""
    return {
        f"{table.name}.{column.name}"
        for table in METADATA.tables.values()
        for column in table.columns
        if isinstance(column.type, sa.Date | sa.DateTime | Utc)
    }


def faults(session: Session, at: datetime) -> dict[str, list[str]]:
    """Return what is wrong at a moment, by invariant; empty if nothing is."""
    found = {invariant.__name__: list(invariant(session, at)) for invariant in set(INVARIANTS.values())}
    return {name: lines for name, lines in found.items() if lines}
