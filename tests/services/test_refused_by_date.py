"""Every step that lets something go on refuses by date itself: the day has gone by, and no daily job has run."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from mobility.errors import MobilityError
from mobility.models.proposals import MatchProposal
from mobility.models.schemes.agreements import Agreement
from mobility.models.shortages.shortages import Shortage
from mobility.models.vacancies import Vacancy
from mobility.models.workers.papers import Check, IdentityDocument
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.rules.cases.schemes import SchemeState
from mobility.rules.cases.shortages import ShortageState
from mobility.rules.cases.vacancies import VacancyState
from mobility.rules.cases.workers import WorkerState
from mobility.services.match_runs import match_runs
from mobility.services.proposals import proposals
from mobility.services.schemes import rule_drafts, schemes, waivers
from mobility.services.shortages import shortages
from mobility.services.vacancies import vacancies
from mobility.services.workers import workers
from tests.factories.vacancies import FLOORS


@dataclass
class Case:
    """The session, the factories, the moment, and the day before it, by which everything has ended."""

    session: Any
    make: Any
    at: datetime

    @property
    def gone(self) -> date:
        return self.at.date() - timedelta(days=2)

    def end(self, column: Any, **others: Any) -> None:
        """Let everything of a kind end two days ago; what it began by comes before."""
        names = {"starts_on", "valid_from", "issued_on", "checked_on"} & set(column.class_.__table__.columns.keys())
        before = dict.fromkeys(names, self.gone - timedelta(days=200))
        self.session.execute(sa.update(column.class_).values({column.key: self.gone, **before, **others}))
        self.session.expire_all()


def proposed(case, *, endorsed=False):
    corridor = case.make.corridor(workers=1, vacancies=1)
    proposal = case.make.proposals(case.make.match(corridor))[0]
    if endorsed:
        proposals.endorse(case.session, corridor.endorser, proposal.ref, version=proposal.version, at=case.at)
    return corridor, proposal


def endorse(case, column):
    corridor, proposal = proposed(case)
    end(case, column)
    proposals.endorse(case.session, corridor.endorser, proposal.ref, version=proposal.version, at=case.at)


def approve(case, column):
    corridor, proposal = proposed(case, endorsed=True)
    end(case, column)
    proposals.approve(case.session, corridor.approver, proposal.ref, version=proposal.version, at=case.at)


def waive(case, column):
    corridor, proposal = proposed(case, endorsed=True)
    end(case, column)
    ahead = case.at.date() + timedelta(days=9)
    waivers.give(case.session, corridor.approver, proposal.ref, "document", "On its way", ahead, at=case.at)


def end(case, column):
    if column is MatchProposal.expires_at:
        case.session.execute(sa.update(MatchProposal).values(expires_at=case.at - timedelta(minutes=1)))
        case.session.expire_all()
    else:
        case.end(column)


def run(case, column):
    corridor = case.make.corridor(workers=1, vacancies=1)
    end(case, column)
    match_runs.start(case.session, corridor.destination, corridor.scheme.ref, at=case.at, seed=1)


def vacancy(step, state):
    def take(case, column):
        world = case.make.vacancy_world()
        made = case.make.vacancy(world, state)
        end(case, column)
        case.session.refresh(made)
        step(case, world, made)

    return take


def submit(case, world, made):
    vacancies.submit(case.session, world.boss, made.ref, version=made.version, at=case.at)


def certify(case, world, made):
    vacancies.certify(case.session, world.officer, made.ref, 1, FLOORS, version=made.version, at=case.at)


def attest(case, world, made):
    vacancies.attest(case.session, world.post, made.ref, version=made.version, at=case.at)


def open_matching(case, world, made):
    vacancies.open_matching(case.session, world.officer, made.ref, version=made.version, at=case.at)


def scheme(step, state):
    def take(case, column):
        officer, origin = case.make.scheme_officer("US"), case.make.scheme_officer("HN", origin=True)
        made = case.make.scheme(officer, origin, state=state)
        end(case, column)
        step(case.session, officer, made.ref, version=made.version, at=case.at)

    return take


def shortage(step, state):
    def take(case, column):
        officer = case.make.actor(OrganisationKind.DESTINATION_MINISTRY, "US", Role.SHORTAGE_OFFICER)
        made = case.make.shortage(officer, state)
        end(case, column)
        case.session.refresh(made)
        step(case.session, officer, made.ref, version=made.version, at=case.at)

    return take


def review(session, officer, ref, *, version, at):
    shortages.review(session, officer, ref, "Still so", at.date() + timedelta(days=30), version=version, at=at)


def make_ready(case, column):
    corridor = case.make.corridor(workers=1, vacancies=1)
    worker = corridor.workers[0]
    case.session.execute(sa.update(type(worker)).values(state=WorkerState.SCREENING))
    end(case, column)
    case.session.refresh(worker)
    workers.make_ready(case.session, corridor.post, worker.ref, version=worker.version, at=case.at)


def confirm_identity(case, column):
    corridor = case.make.corridor(workers=1, vacancies=1)
    worker = corridor.workers[0]
    case.session.execute(sa.update(type(worker)).values(state=WorkerState.REGISTERED))
    end(case, column)
    case.session.refresh(worker)
    officer = case.make.another(corridor.post)
    workers.confirm_identity(case.session, officer, worker.ref, vouched=False, version=worker.version, at=case.at)


#: The step, what has ended before it, and what the refusal is called.
STEPS = {
    "endorse, time of the proposal": (endorse, MatchProposal.expires_at, "proposal.over"),
    "endorse, vacancy": (endorse, Vacancy.ends_on, "proposal.vacancy_over"),
    "endorse, agreement": (endorse, Agreement.valid_to, "proposal.agreement_over"),
    "endorse, check": (endorse, Check.valid_until, "proposal.check_run_out"),
    "approve, time of the proposal": (approve, MatchProposal.expires_at, "proposal.over"),
    "approve, vacancy": (approve, Vacancy.ends_on, "proposal.vacancy_over"),
    "approve, agreement": (approve, Agreement.valid_to, "proposal.agreement_over"),
    "approve, check": (approve, Check.valid_until, "proposal.check_run_out"),
    "approve, paper": (approve, IdentityDocument.expires_on, "proposal.no_longer_eligible"),
    "waive, time of the proposal": (waive, MatchProposal.expires_at, "proposal.over"),
    "run, vacancy": (run, Vacancy.ends_on, "match_run.no_vacancies"),
    "run, agreement": (run, Agreement.valid_to, "match_run.no_workers"),
    "run, check": (run, Check.valid_until, "match_run.no_workers"),
    "submit a vacancy": (vacancy(submit, VacancyState.DRAFT), Vacancy.ends_on, "vacancy_period.past"),
    "certify, vacancy": (vacancy(certify, VacancyState.SUBMITTED), Vacancy.ends_on, "vacancy_period.past"),
    "certify, shortage": (vacancy(certify, VacancyState.SUBMITTED), Shortage.valid_to, "shortage_match.other_dates"),
    "attest a vacancy": (vacancy(attest, VacancyState.CERTIFIED), Vacancy.ends_on, "vacancy_period.past"),
    "open a vacancy": (vacancy(open_matching, VacancyState.ATTESTED), Vacancy.ends_on, "vacancy_period.past"),
    "submit a scheme": (
        scheme(schemes.submit, SchemeState.DRAFT),
        Agreement.valid_to,
        "scheme_agreement.none_in_force",
    ),
    "start a scheme": (
        scheme(schemes.activate, SchemeState.APPROVED),
        Agreement.valid_to,
        "scheme_agreement.none_in_force",
    ),
    "resume a scheme": (
        scheme(schemes.resume, SchemeState.SUSPENDED),
        Agreement.valid_to,
        "scheme_agreement.none_in_force",
    ),
    "declare a shortage": (shortage(shortages.declare, ShortageState.DRAFT), Shortage.valid_to, "period"),
    "resume a shortage": (shortage(shortages.resume, ShortageState.SUSPENDED), Shortage.valid_to, "period"),
    "review a shortage": (shortage(review, ShortageState.DECLARED), Shortage.valid_to, "period"),
    "make a worker ready": (make_ready, Check.valid_until, "check.expired"),
    "confirm an identity": (confirm_identity, IdentityDocument.expires_on, "identity"),
}


@pytest.mark.parametrize("name", STEPS)
def test_no_step_goes_on_after_the_last_day_although_no_daily_job_has_run(session, make, at, name):
    step, column, code = STEPS[name]
    with pytest.raises(MobilityError) as refused:
        step(Case(session, make, at), column)
    assert code in refused.value.code


@pytest.mark.parametrize("name", ["sign", "issue"])
def test_rules_do_not_begin_on_a_day_that_has_come(session, make, at, name):
    officer, origin = make.scheme_officer("US"), make.scheme_officer("HN", origin=True)
    made = make.scheme(officer, origin)
    first_day = at.date() + timedelta(days=5)
    later = at + timedelta(days=6)
    if name == "sign":
        rules = make.changed_rules(made, "age", min=21)
        made = make.later_version(officer, made, rules, first_day=first_day)
        with pytest.raises(MobilityError, match="version_overdue"):
            schemes.sign(session, officer, made.ref, version=made.version, at=later)
    else:
        rule_drafts.begin(session, officer, made.ref, first_day, version=made.version, at=at)
        version = schemes.get(session, officer, made.ref).version
        with pytest.raises(MobilityError, match="version_not_ahead"):
            rule_drafts.issue(session, officer, made.ref, version=version, at=later)
