"""What an employer, a shortage or a required check that goes means for vacancies and open proposals that rest on it."""

import pytest
import sqlalchemy as sa

from mobility.errors import ConflictError
from mobility.models.accounts.organisations import Organisation
from mobility.models.employers import Employer
from mobility.models.notices import Notice
from mobility.models.proposals import ProposalEnding
from mobility.models.workers.workers import Worker
from mobility.rules.basics.causes import Cause, Why
from mobility.rules.basics.organisations import Role
from mobility.rules.cases.checks import CheckKind, CheckResult
from mobility.rules.cases.employers import EmployerEvent, EmployerState
from mobility.rules.cases.notices import NoticeKind
from mobility.rules.cases.proposals import EndReason, ProposalState
from mobility.rules.cases.shortages import ShortageEvent, ShortageState
from mobility.rules.cases.vacancies import Deficiency, VacancyState
from mobility.rules.cases.workers import WorkerState
from mobility.services import employers
from mobility.services.proposals import proposals
from mobility.services.shortages import shortages
from mobility.services.workers import checks
from mobility.services.workers.checks import CheckTerms


@pytest.fixture
def corridor(session, make, at):
    """A vacancy on a shortage, with one person approved and others proposed."""
    made = make.corridor(workers=3, vacancies=1, positions=2)
    made.found = make.proposals(make.match(made))
    first = made.found[0]
    proposals.endorse(session, made.endorser, first.ref, version=first.version, at=at)
    proposals.approve(session, made.approver, first.ref, version=first.version, at=at)
    return made


@pytest.fixture
def shortage(session, make, corridor):
    home = session.get_one(Organisation, corridor.destination.organisation_id)
    officer = make.actor(home.kind, home.country, Role.SHORTAGE_OFFICER, of=home)
    made = make.shortage(officer, ShortageState.DECLARED)
    corridor.vacancies[0].shortage = made
    session.flush()
    return officer, made


def endings_of(session):
    return {(each.reason, each.cause) for each in session.scalars(sa.select(ProposalEnding))}


def kinds(session):
    return set(session.scalars(sa.select(Notice.kind)))


def test_a_debarred_employer_loses_its_vacancies_and_their_proposals(session, corridor, at):
    employer = session.get_one(Employer, corridor.vacancies[0].employer_id)
    officer = corridor.destination
    employers.suspend(session, officer, employer.ref, "Unpaid wages", version=employer.version, at=at)
    shown = employers.touched_by(session, officer, employer, EmployerEvent.DEBAR)
    assert (shown.approved, shown.waiting, shown.vacancies) == (1, len(corridor.found) - 1, 1)
    employers.debar(session, officer, employer.ref, "Again", version=employer.version, at=at, seen=shown.mark)

    vacancy = corridor.vacancies[0]
    session.expire_all()
    assert employer.state is EmployerState.DEBARRED
    assert (vacancy.state, vacancy.cause) == (VacancyState.REVOKED, Cause.EMPLOYER_DEBARRED)
    assert vacancy.deficiencies == [Deficiency.EMPLOYER_NOT_VERIFIED.value]
    assert endings_of(session) == {(EndReason.EMPLOYER_DEBARRED, None)}
    assert session.get_one(Worker, corridor.found[0].worker_id).state is WorkerState.READY
    assert kinds(session) >= {NoticeKind.EMPLOYER_DEBARRED, NoticeKind.VACANCY_REVOKED}


def test_a_suspended_shortage_holds_its_proposals_up_until_it_is_declared_again(session, corridor, shortage, at):
    officer, made = shortage
    shown = shortages.touched_by(session, officer, made, ShortageEvent.SUSPEND)
    assert (shown.ends, shown.approved, shown.units) == (False, 1, 0)
    why, waiting = Why(Cause.FIGURES_IN_DOUBT, "Being counted anew"), corridor.found[1]
    shortages.suspend(session, officer, made.ref, why, version=made.version, at=at, seen=shown.mark)
    with pytest.raises(ConflictError, match=r"proposal\.shortage_suspended"):
        proposals.endorse(session, corridor.endorser, waiting.ref, version=waiting.version, at=at)
    assert kinds(session) >= {NoticeKind.SHORTAGE_SUSPENDED, NoticeKind.WORKER_PROPOSAL_FROZEN}

    shortages.resume(session, officer, made.ref, version=made.version, at=at)
    proposals.endorse(session, corridor.endorser, waiting.ref, version=waiting.version, at=at)
    assert kinds(session) >= {NoticeKind.SHORTAGE_RESUMED, NoticeKind.WORKER_PROPOSAL_GOES_ON}


def test_a_shortage_that_ends_early_takes_its_vacancies_along(session, corridor, shortage, at):
    officer, made = shortage
    why = Why(Cause.NEED_MET, "Found in the country")
    shortages.end(session, officer, made.ref, why, version=made.version, at=at)

    session.expire_all()
    assert (made.state, made.cause) == (ShortageState.EXPIRED, Cause.NEED_MET)
    assert corridor.vacancies[0].state is VacancyState.REVOKED
    assert endings_of(session) == {(EndReason.VACANCY_REVOKED, Cause.SHORTAGE_ENDED)}
    assert {each.state for each in corridor.found} == {ProposalState.SUPERSEDED}


@pytest.mark.parametrize(("kind", "ends"), [(CheckKind.MEDICAL, True), (CheckKind.LANGUAGE, False)])
def test_a_required_check_that_is_failed_ends_the_persons_proposals(session, make, corridor, at, kind, ends):
    first = corridor.found[0]
    worker = session.get_one(Worker, first.worker_id)
    home = session.get_one(Organisation, worker.post_id)
    officer = make.actor(home.kind, home.country, Role.SCREENING_OFFICER, of=home)
    assert (checks.touched_by(session, officer, worker, kind) is not None) is ends

    terms = CheckTerms(kind, CheckResult.FAILED, "Clinic", at.date())
    checks.record(session, officer, worker.ref, terms, at=at)
    session.flush()
    session.expire_all()
    assert (first.state is ProposalState.SUPERSEDED) is ends
    assert worker.state is (WorkerState.ACTION_NEEDED if ends else WorkerState.PROPOSED)
    assert endings_of(session) == ({(EndReason.CHECK_FAILED, None)} if ends else set())
