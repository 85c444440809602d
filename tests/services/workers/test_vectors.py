"""Vectors keep step with every change of a file, in its own transaction; whoever forgets them is found out."""

import ast
from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from mobility.models.platform.audit import AuditEvent
from mobility.models.workers.vectors import WorkerVector
from mobility.models.workers.workers import Worker
from mobility.queries.pools import worker_rows
from mobility.queries.pools.worker_records import STATES, Blobs, unpack
from mobility.rules.basics.organisations import OrganisationKind
from mobility.rules.cases.checks import CheckKind, CheckResult
from mobility.rules.cases.consents import ConsentPurpose
from mobility.rules.cases.documents import DocumentKind
from mobility.rules.cases.proposals import ProposalEvent
from mobility.rules.cases.workers import WorkerState
from mobility.security import audit
from mobility.security.actors import SYSTEM
from mobility.services.proposals import proposals
from mobility.services.proposals.proposals import ReviewDecision
from mobility.services.workers import changes, checks, consents, vectors, workers
from mobility.services.workers.checks import CheckTerms
from mobility.services.workers.registration import Details, Paper
from mobility.settings import ROOT
from tests.days import new_day
from tests.services.workers.test_workers import check, terms

POST = OrganisationKind.CONSULAR_POST
#: What the services and the demo call that records a change of a worker's file.
RECORDERS = {"record", "record_many", "record_change"}
#: Changes of the demo alone: the demo's own tests compare vectors after the whole tale.
OF_THE_DEMO = {"worker.return"}


def stored(session, worker):
    return session.get(WorkerVector, worker.id, populate_existing=True)


def everybody(session):
    return list(session.scalars(sa.select(Worker.id).order_by(Worker.id)))


def state_told(session, worker):
    return STATES[unpack(Blobs.of([stored(session, worker).record])).fixed["state"][0]]


class TestEveryService:
    """One person's file through every step there is; after each, every vector says what the tables say."""

    def walk(self, session, registrar, screener, at):
        worker = workers.register(session, registrar, terms(), at=at)
        ref = worker.ref
        yield worker
        yield consents.withdraw(session, registrar, ref, ConsentPurpose.MATCHING, at=at + timedelta(minutes=1))
        yield consents.give(session, registrar, ref, ConsentPurpose.MATCHING, "es", at=at + timedelta(minutes=2))
        settled = Details(residence_country="GT", skills={"S0001": 3}, languages={"en": 2})
        yield changes.change(session, registrar, ref, settled, version=worker.version, at=at)
        yield workers.confirm_identity(session, screener, ref, vouched=True, version=worker.version, at=at)
        for kind in (CheckKind.POLICE, CheckKind.MEDICAL):
            yield checks.record(session, screener, ref, check(kind), at=at)
        yield checks.record(session, screener, ref, check(CheckKind.TRADE_TEST, skills=["S0001"]), at=at)
        yield workers.make_ready(session, screener, ref, version=worker.version, at=at)
        longer = Paper(DocumentKind.PASSPORT, "GT", "B7654321", date(2036, 5, 31))
        yield workers.add_document(session, registrar, ref, longer, at=at)
        later = at + timedelta(days=200)
        assert new_day(checks, session, later, "GT") == 1
        yield worker
        again = CheckTerms(CheckKind.POLICE, CheckResult.PASSED, "Police", later.date())
        yield checks.record(session, screener, ref, again, at=later)
        yield workers.pause(session, registrar, ref, "Harvest at home", version=worker.version, at=later)
        yield workers.resume(session, registrar, ref, version=worker.version, at=later)
        yield workers.withdraw(session, registrar, ref, "Found work", version=worker.version, at=later)
        yield workers.resume(session, registrar, ref, version=worker.version, at=later)
        until = later.date() + timedelta(days=90)
        out = {"version": worker.version, "at": later}
        yield workers.mark_ineligible(session, registrar, ref, "Not who they say", until, **out)
        yield workers.reinstate(session, registrar, ref, version=worker.version, at=later)

    def test_keeps_the_vectors_in_step(self, session, registrar, screener, at):
        for worker in self.walk(session, registrar, screener, at):
            step = session.scalars(sa.select(AuditEvent.action).order_by(AuditEvent.id.desc()).limit(1)).one()
            assert vectors.differing(session, everybody(session)) == [], step
            if worker.state is WorkerState.WITHDRAWN:
                assert (stored(session, worker).skills, stored(session, worker).record) == (None, None)
            else:
                assert state_told(session, worker) is worker.state, step

    def test_is_walked_here(self, session, registrar, screener, at):
        for _ in self.walk(session, registrar, screener, at):
            pass
        seen = set(session.scalars(sa.select(AuditEvent.action)))
        assert actions_of("services") <= seen | {f"worker.{event}" for event in ("pause", "withdraw")}
        assert actions_of("demo") <= seen | OF_THE_DEMO

    def test_of_these_services_is_recorded_in_one_place(self):
        of_workers = (ROOT / "mobility" / "services" / "workers").glob("*.py")
        assert {file.name for file in of_workers if "import audit" in file.read_text()} == {"recording.py"}


def functions(file: Path):
    return [each for each in ast.walk(ast.parse(file.read_text())) if isinstance(each, ast.FunctionDef)]


def recorded(function):
    """Return the actions on workers that a function records itself."""
    found = set()
    for call in ast.walk(function):
        if (
            not isinstance(call, ast.Call)
            or not {getattr(call.func, name, None) for name in ("attr", "id")} & RECORDERS
        ):
            continue
        for given in call.args:
            text = given.value if isinstance(given, ast.Constant) else None
            if isinstance(given, ast.JoinedStr) and isinstance(given.values[0], ast.Constant):
                text = given.values[0].value
            if isinstance(text, str) and text.startswith("worker."):
                found.add(text)
    return found


def actions_of(folder):
    files = (ROOT / "mobility" / folder).rglob("*.py")
    found = {action for file in files for function in functions(file) for action in recorded(function)}
    return found - {"worker."}  # written with the event's name: pause, withdraw


class TestProposals:
    def test_an_approval_and_its_expiry_are_told(self, session, make, at):
        world = make.corridor(workers=2, vacancies=1)
        vectors.write(session, everybody(session))
        made = make.proposals(make.match(world))[0]
        verdict = ReviewDecision(ProposalEvent.ENDORSE, made.version)
        proposals.decide(session, world.endorser, made.ref, verdict, at=at)
        assert vectors.differing(session, everybody(session)) == []
        proposals.decide(session, world.approver, made.ref, ReviewDecision(ProposalEvent.APPROVE, made.version), at=at)
        assert vectors.differing(session, everybody(session)) == []
        worker = session.get_one(Worker, made.worker_id)
        assert state_told(session, worker) is worker.state is WorkerState.PROPOSED
        new_day(proposals, session, made.expires_at)
        assert vectors.differing(session, everybody(session)) == []
        assert state_told(session, worker) is WorkerState.READY


class TestWrite:
    @pytest.fixture
    def worker(self, session, make, registrar):
        made = make.worker(registrar)
        assert vectors.write(session, [made.id]) == 1
        return made

    def test_numbers_grow_with_each_change(self, session, make, registrar, worker):
        first = stored(session, worker).change_seq
        other = make.worker(registrar)
        vectors.write(session, [other.id])
        worker.reads_and_writes = False
        vectors.write(session, [worker.id])
        assert first < stored(session, other).change_seq < stored(session, worker).change_seq

    def test_what_is_right_already_is_not_written_again(self, session, worker):
        before = stored(session, worker).change_seq
        assert vectors.write(session, [worker.id]) == 0
        assert stored(session, worker).change_seq == before

    def test_what_no_run_reads_changes_no_vector(self, session, worker):
        worker.assisted, worker.dependants = True, 3
        assert vectors.write(session, [worker.id]) == 0

    def test_nothing_is_kept_of_a_person_who_was_erased(self, session, worker):
        worker.sealing_key = None
        assert vectors.differing(session, [worker.id]) == [worker.id]
        before = stored(session, worker).change_seq
        vectors.write(session, [worker.id])
        kept = stored(session, worker)
        assert (kept.skills, kept.record) == (None, None)
        assert kept.change_seq > before

    def test_a_change_that_is_rolled_back_leaves_the_vector_too(self, session, worker):
        before = stored(session, worker).record
        with pytest.raises(ZeroDivisionError), session.begin_nested():
            worker.reads_and_writes = False
            vectors.write(session, [worker.id])
            1 / 0  # noqa: B018
        assert stored(session, worker).record == before
        assert vectors.differing(session, [worker.id]) == []

    def test_many_are_written_batch_by_batch(self, session, make, registrar, monkeypatch):
        made = [make.worker(registrar).id for _ in range(5)]
        monkeypatch.setattr(worker_rows, "BATCH", 2)
        assert vectors.write(session, made) == 5
        numbers = session.scalars(sa.select(WorkerVector.change_seq).order_by(WorkerVector.id)).all()
        assert numbers == sorted(set(numbers))

    def test_nobody_is_written_for_nobody(self, session):
        assert vectors.write(session, []) == vectors.write(session, [10**6]) == 0

    def test_a_change_made_behind_the_services_back_is_found(self, session, worker):
        audit.record(session, SYSTEM, "worker.register", worker, at=worker.created_at)
        session.execute(sa.update(Worker).values(education_years=29))
        session.expire_all()
        assert vectors.differing(session, everybody(session)) == [worker.id]


def test_everybody_is_gone_through_in_batches(session, make, registrar, monkeypatch):
    made = sorted(make.worker(registrar).id for _ in range(5))
    monkeypatch.setattr(vectors, "BATCH", 2)
    assert vectors.next_ids(session, 0) == made[:2]
    assert vectors.next_ids(session, made[3]) == made[4:]
    assert vectors.next_ids(session, made[4]) == []
