"""A world whose days go by, each of them taken: afterwards nothing is open past its end, at any place."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from mobility.db import read_tx, write_tx
from mobility.jobs import KINDS_WITHOUT_CLUSTER, housekeeping
from mobility.jobs.runner import Outcome, Runner
from mobility.models.match_runs import MatchRun
from mobility.models.platform.days import DayTaken
from mobility.models.proposals import MatchProposal
from mobility.models.registry import METADATA
from mobility.models.schemes.quotas import Quota, QuotaPlaces, QuotaUnit
from mobility.models.shortages.shortages import Shortage
from mobility.models.vacancies import Vacancy
from mobility.models.workers.fairness_groups import FairnessGroup
from mobility.models.workers.workers import Worker
from mobility.queries import checks, days
from mobility.rules.basics.dates import age_on
from mobility.rules.basics.places import day_in
from mobility.rules.cases.proposals import OPEN_STATES, ProposalState
from mobility.rules.cases.shortages import ShortageState
from mobility.rules.cases.vacancies import LIVE_STATES
from mobility.rules.cases.workers import WorkerState
from mobility.rules.figures.fairness import age_band
from mobility.security.audit_verification import verify
from mobility.services.match_runs import match_runs
from mobility.services.proposals import proposals
from tests.factories import Make

START = datetime(2026, 5, 4, 15, 30, tzinfo=UTC)
#: What each dated column of the schema is to the passing of time: what ends by it, and what only tells of the past.
ENDS = {
    "agreement.valid_to",
    "match_proposal.expires_at",
    "quota_places.carry_on",
    "rule_set.valid_from",
    "rule_set.valid_to",
    "shortage.valid_to",
    "vacancy.ends_on",
    "waiver.valid_until",
    "worker.born_on",
    "worker_check.valid_until",
}
#: Read as facts on the day of a run or a decision; nothing is open by them.
FACTS = {
    "agreement.valid_from",
    "employment.ended_on",
    "identity_document.expires_on",
    "identity_document.issued_on",
    "quota.period_from",
    "quota.period_to",
    "quota_places.period_from",
    "quota_places.period_to",
    "quota_places.second_from",
    "shortage.valid_from",
    "shortage_evidence.observed_on",
    "shortage_evidence.period_from",
    "shortage_evidence.period_to",
    "shortage_review.next_on",
    "vacancy.starts_on",
    "waiver.valid_from",
    "worker.earliest_start",
    "worker.review_on",
    "worker_check.checked_on",
    "worker_licence.expires_on",
}
#: A day that somebody entered or that a step was taken on.
PAST = {
    "day_taken.day",
    "match_run.on_date",
    "publication.period_from",
    "publication.period_to",
    "publication.published_on",
    "published_figure.period_from",
    "published_figure.period_to",
    "rule_draft.first_day",
}


def test_every_date_of_the_schema_is_accounted_for():
    dates = {
        f"{table.name}.{column.name}"
        for table in METADATA.tables.values()
        for column in table.columns
        if isinstance(column.type, sa.Date)
    }
    assert dates - {"match_proposal.expires_at"} == (ENDS | FACTS | PAST) - {"match_proposal.expires_at"}


@pytest.fixture
def world(sessions):
    """Commit a corridor in May: one approved proposal, one endorsed, the others as proposed."""
    with write_tx(sessions) as session:
        make = Make(session, START)
        made = make.corridor(workers=6, vacancies=3)
        far = make.open_vacancy(
            made.scheme, region="US-CA", starts_on=START.date(), ends_on=START.date() + timedelta(29)
        )
        make.shortage(made.destination, valid_to=START.date() + timedelta(days=60))
        found = make.proposals(make.match(made))
        for number, each in enumerate(found[:2]):
            proposals.endorse(session, made.endorser, each.ref, version=1, at=START)
            if number == 0:
                proposals.approve(session, made.approver, each.ref, version=2, at=START)
        made.scheme_ref, made.far = made.scheme.ref, far.ref
        make.record_people()
    return made


def go(sessions, first, last, *, step=1):
    """Let days go by: the hourly job is run at another hour of each."""
    for number in range(first, last + 1, step):
        at = START + timedelta(days=number, hours=number % 24 - 12)
        housekeeping(sessions, at=at)
        assert Runner(sessions, KINDS_WITHOUT_CLUSTER, lambda now=at: now).once() is Outcome.DONE
    evening = START + timedelta(days=last, hours=13)
    housekeeping(sessions, at=evening)
    assert Runner(sessions, KINDS_WITHOUT_CLUSTER, lambda: evening).once() is Outcome.DONE
    return evening


def check(session, at):
    """Assert that nothing is open past its end."""
    for vacancy in session.scalars(sa.select(Vacancy).where(Vacancy.state.in_(LIVE_STATES))):
        assert vacancy.ends_on >= day_in(vacancy.region, at)
    for shortage in session.scalars(sa.select(Shortage)):
        assert shortage.state in {ShortageState.EXPIRED, ShortageState.DRAFT} or shortage.valid_to >= day_in(
            shortage.region, at
        )
    open_ones = session.scalars(sa.select(MatchProposal).where(MatchProposal.state.in_(OPEN_STATES))).all()
    live = set(session.scalars(sa.select(Vacancy.id).where(Vacancy.state.in_(LIVE_STATES))))
    for proposal in open_ones:
        assert proposal.expires_at > at - timedelta(days=1)
        assert proposal.vacancy_id in live
    ready = sa.select(Worker).where(Worker.state.in_(checks.IN_FORCE), checks.lapsed_at(session, at))
    assert session.scalars(ready).all() == []
    held = set(session.scalars(sa.select(QuotaUnit.proposal_id)))
    standing = {each.id for each in open_ones} | set(
        session.scalars(sa.select(MatchProposal.id).where(MatchProposal.state == ProposalState.PLACED))
    )
    assert held <= standing
    assert sum(session.scalars(sa.select(Quota.committed))) == session.scalar(
        sa.select(sa.func.count()).select_from(QuotaUnit)
    )
    bound = {each.worker_id for each in open_ones if each.approved_by_id is not None}
    proposed = set(session.scalars(sa.select(Worker.id).where(Worker.state == WorkerState.PROPOSED)))
    assert proposed <= bound
    for born, band in session.execute(
        sa.select(Worker.born_on, FairnessGroup.age_band).join(FairnessGroup, FairnessGroup.worker_id == Worker.id)
    ):
        assert band == age_band(age_on(born, day_in("GT", at)))
    for row in session.scalars(sa.select(QuotaPlaces)):
        assert row.carry_on is None or row.carry_on > day_in("US", at) or row.carried >= 0
    for place, taken in days.listed(session):
        assert {row.day for row in taken} == {max(row.day for row in taken)}, place.zone


@pytest.mark.parametrize("days_ahead", [30, pytest.param(180, marks=pytest.mark.long)])
def test_after_weeks_of_days_nothing_is_open_past_its_end(sessions, world, days_ahead):
    at = go(sessions, 0, days_ahead, step=1 if days_ahead > 30 else 5)
    with read_tx(sessions) as session:
        check(session, at)
        assert verify(session, None).faults == ()
        far = session.scalars(sa.select(Vacancy).where(Vacancy.ref == world.far)).one()
        assert far.state not in LIVE_STATES
        assert session.scalar(sa.select(sa.func.count()).select_from(DayTaken)) > 0


@pytest.mark.long
def test_400_days_one_by_one(sessions, world):
    step = 1 if sessions.kw["bind"].dialect.name == "sqlite" else 9
    last = 0
    for stop in (30, 180, 400):
        at = go(sessions, last + 1, stop, step=step)
        with read_tx(sessions) as session:
            check(session, at)
        last = stop
    with read_tx(sessions) as session:
        assert verify(session, None).faults == ()
        assert session.scalars(sa.select(MatchRun.id)).all()
        assert set(session.scalars(sa.select(Worker.state))) == {WorkerState.ACTION_NEEDED}
        assert not set(session.scalars(sa.select(MatchProposal.state))) & set(OPEN_STATES)


def test_a_year_in_one_leap_ends_where_day_by_day_does(sessions, world):
    at = go(sessions, 400, 400)
    with read_tx(sessions) as session:
        check(session, at)
        assert verify(session, None).faults == ()
        assert set(session.scalars(sa.select(Worker.state))) == {WorkerState.ACTION_NEEDED}
    with write_tx(sessions) as session, pytest.raises(Exception, match=r"match_run\.no_"):
        match_runs.start(session, world.destination, world.scheme_ref, at=at, seed=1)
