"""Match runs and waivers: whoever is freed from a rule is proposed although it stands against them, and told so."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from mobility.clock import now
from mobility.db import read_tx, write_tx
from mobility.jobs.match_run import MatchHandlers
from mobility.jobs.runner import Runner
from mobility.models.match_runs import MatchRun
from mobility.models.platform.jobs import Job
from mobility.models.proposals import MatchProposal
from mobility.models.schemes.waivers import Waiver
from mobility.models.workers.papers import IdentityDocument
from mobility.models.workers.workers import Worker
from mobility.services.match_runs import eligibility, match_runs
from mobility.services.proposals import proposals
from mobility.services.schemes import waivers
from mobility.services.simulations import worlds
from mobility.services.workers import vectors
from tests.factories import Make

REASON = "A new passport is being printed"


@pytest.fixture
def corridor(sessions):
    """Return a corridor with two vacancies; one worker is proposed for both, endorsed for one, and then lacks a passport."""
    with write_tx(sessions) as session:
        make = Make(session, now())
        made = make.corridor(workers=3, vacancies=2, positions=3)
        make.match(made, seed=7)
        session.execute(sa.delete(Job))  # that run was done without them
        return made


@pytest.fixture
def endorsed(sessions, corridor):
    with write_tx(sessions) as session:
        proposal = session.scalars(sa.select(MatchProposal).order_by(MatchProposal.id)).first()
        proposals.endorse(session, corridor.endorser, proposal.ref, version=proposal.version, at=now())
        papers = sa.update(IdentityDocument).where(IdentityDocument.worker_id == proposal.worker_id)
        session.execute(papers.values(expires_on=now().date() + timedelta(days=40)))
        vectors.write(session, [proposal.worker_id])
        return proposal


@pytest.fixture(params=["in memory", "from a folder"])
def run(request, sessions, corridor, tmp_path):
    """Return a function that runs a match and returns the run's proposals of one worker, by vacancy."""
    handlers = MatchHandlers(folder=tmp_path / "snapshots" if request.param == "from a folder" else None)

    def whole(worker_id):
        with write_tx(sessions) as session:
            ref = match_runs.start(session, corridor.destination, corridor.scheme.ref, at=now(), seed=7).ref
        Runner(sessions, handlers.handlers(), now).until_empty()
        with read_tx(sessions) as session:
            mine = sa.select(MatchProposal).join(MatchRun).where(MatchRun.ref == ref)
            return session.scalars(mine.where(MatchProposal.worker_id == worker_id)).all()

    return whole


def give(sessions, corridor, endorsed, until=None):
    with write_tx(sessions) as session:
        until = until or now().date() + timedelta(days=90)
        return waivers.give(session, corridor.approver, endorsed.ref, "document", REASON, until, at=now())


def of_document(proposal):
    return next(finding for finding in proposal.findings if finding["rule"] == "document")


def test_whoever_is_freed_from_a_rule_is_proposed_until_the_waiver_is_taken_back(sessions, corridor, endorsed, run):
    assert run(endorsed.worker_id) == []

    waiver = give(sessions, corridor, endorsed)
    (proposed,) = run(endorsed.worker_id)
    assert proposed.vacancy_id != endorsed.vacancy_id
    assert (of_document(proposed)["verdict"], of_document(proposed)["code"]) == ("pass", "waived")

    with write_tx(sessions) as session:
        waivers.withdraw(session, corridor.approver, waiver.ref, version=waiver.version, at=now())
    assert run(endorsed.worker_id) == []


def test_a_waiver_frees_one_worker_and_no_other(sessions, corridor, endorsed, run):
    with write_tx(sessions) as session:
        session.execute(sa.update(IdentityDocument).values(expires_on=now().date() + timedelta(days=40)))
        vectors.write(session, session.scalars(sa.select(Worker.id)).all())
    give(sessions, corridor, endorsed)
    with read_tx(sessions) as session:
        others = session.scalars(sa.select(Worker.id).where(Worker.id != endorsed.worker_id)).all()
    assert len(run(endorsed.worker_id)) == 1
    assert [run(other) for other in others] == [[], []]


def test_a_waiver_given_while_a_run_is_under_way_counts_at_its_end(sessions, corridor, endorsed):
    with write_tx(sessions) as session:
        ref = match_runs.start(session, corridor.destination, corridor.scheme.ref, at=now(), seed=7).ref
    with write_tx(sessions) as session:
        for number in match_runs.missing_chunks(session, ref):
            match_runs.run_chunk(session, ref, number, at=now())
    give(sessions, corridor, endorsed)
    with write_tx(sessions) as session:
        run = match_runs.finish(session, ref, at=now())
        found = session.scalars(sa.select(MatchProposal.worker_id).where(MatchProposal.run_id == run.id)).all()
    assert endorsed.worker_id in found


def test_a_waiver_that_is_over_frees_nobody(sessions, corridor, endorsed, run):
    give(sessions, corridor, endorsed)
    with write_tx(sessions) as session:
        session.execute(sa.update(Waiver).values(valid_from=date(2020, 1, 1), valid_until=date(2020, 1, 2)))
    assert run(endorsed.worker_id) == []


def test_a_simulation_counts_whoever_is_freed(sessions, corridor, endorsed):
    def eligible():
        with read_tx(sessions) as session:
            rules = eligibility.rules_on(session, corridor.scheme.id, at=now())
            world = worlds.load(session, corridor.scheme.id, rules, at=now(), mark=0)
            return world.run.result.rule_counts.counts.eligible.tolist()

    assert eligible() == [2, 2]
    give(sessions, corridor, endorsed)
    assert eligible() == [3, 3]
