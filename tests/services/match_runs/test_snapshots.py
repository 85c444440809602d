"""Snapshot folders: fresh for a run, the same for all its runners, never half-made; the former one outlives failures."""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from mobility.clock import now
from mobility.db import read_tx, write_tx
from mobility.jobs.match_run import MatchHandlers
from mobility.jobs.runner import JobOutcome, Runner
from mobility.matching.snapshots import storage
from mobility.matching.snapshots.manifest import read_manifest
from mobility.matching.snapshots.snapshot import SnapshotError
from mobility.matching.snapshots.storage import opened
from mobility.models.match_runs import MatchRun
from mobility.models.platform.jobs import Job
from mobility.models.workers.workers import Worker
from mobility.queries.pools import pools
from mobility.rules.cases.jobs import JobState
from mobility.rules.cases.match_runs import MatchRunState
from mobility.rules.cases.workers import WorkerState
from mobility.security.audit_verification import verify
from mobility.services.match_runs import match_runs, snapshots, steps
from mobility.services.match_runs.match_runs import Parameters
from mobility.services.match_runs.snapshots import SnapshotElsewhereError, prepare
from mobility.services.workers import vectors
from tests.factories import Make

WORKERS = 9


@pytest.fixture
def world(sessions, monkeypatch):
    monkeypatch.setattr(pools, "CHUNK", 4)
    with write_tx(sessions) as session:
        make = Make(session, now())
        made = make.corridor(workers=WORKERS, vacancies=4, positions=2)
        vectors.write(session, [worker.id for worker in made.workers])
        make.record_people()
    return made


@pytest.fixture
def root(tmp_path):
    return tmp_path / "snapshots"


def start(sessions, world, *, at=None, part_size=1):
    with write_tx(sessions) as session:
        given = Parameters(part_size=part_size)
        return match_runs.start(
            session, world.destination, world.scheme.ref, at=at or now(), seed=7, parameters=given
        ).ref


def prepared(sessions, ref, root):
    with read_tx(sessions) as session:
        asked = steps.brief(session, ref)
    return prepare(sessions, asked, root, at=now())


def cancel(sessions, world, ref):
    with write_tx(sessions) as session:
        match_runs.cancel(session, world.destination, ref, at=now())


def run_of(sessions, ref):
    with read_tx(sessions) as session:
        return session.scalars(sa.select(MatchRun).where(MatchRun.ref == ref)).one()


def built(monkeypatch):
    """Return a list that grows with each chunk that is laid out."""
    found, given = [], storage.blocks_of

    def counted(pool, *rest, **more):
        found.append(len(pool))
        return given(pool, *rest, **more)

    monkeypatch.setattr(storage, "blocks_of", counted)
    monkeypatch.setattr(steps, "blocks_of", counted)
    return found


def change(sessions, worker, **values):
    with write_tx(sessions) as session:
        for name, value in values.items():
            setattr(session.get_one(Worker, worker.id), name, value)
        vectors.write(session, [worker.id])


class TestPrepare:
    def test_everybody_of_the_run_is_laid_out_chunk_by_chunk(self, sessions, world, root):
        cut = prepared(sessions, start(sessions, world), root)
        chunks = opened(cut.source).blocks
        assert [len(chunk.key) for chunk in chunks] == [4, 4, 1]
        assert [key for chunk in chunks for key in chunk.key.tolist()] == sorted(each.id for each in world.workers)

    def test_the_run_keeps_the_hash_of_what_it_works_from(self, sessions, world, root):
        ref = start(sessions, world)
        cut = prepared(sessions, ref, root)
        told = run_of(sessions, ref)
        assert told.snapshot == read_manifest(cut.source).id
        assert told.watermark == cut.watermark > 0
        with read_tx(sessions) as session:
            assert verify(session, None).faults == ()

    def test_a_second_runner_reads_the_same_whatever_changed_since(self, sessions, world, root):
        ref = start(sessions, world)
        one = prepared(sessions, ref, root)
        change(sessions, world.workers[0], education_years=3)
        other = prepared(sessions, ref, root)
        assert (one.source, one.watermark) == (other.source, other.watermark)

    def test_the_next_run_builds_only_the_chunks_of_those_who_changed(self, sessions, world, root, monkeypatch):
        ref = start(sessions, world)
        prepared(sessions, ref, root)
        cancel(sessions, world, ref)
        counted = built(monkeypatch)
        change(sessions, world.workers[5], education_years=3)
        prepared(sessions, start(sessions, world), root)
        assert counted == [4]

    def test_where_nothing_changed_nothing_is_built(self, sessions, world, root, monkeypatch):
        ref = start(sessions, world)
        before = read_manifest(prepared(sessions, ref, root).source)
        cancel(sessions, world, ref)
        counted = built(monkeypatch)
        after = read_manifest(prepared(sessions, start(sessions, world), root).source)
        assert counted == []
        assert after.blocks == before.blocks

    def test_who_left_and_who_came_without_a_change_of_their_file_is_noticed(self, sessions, world, root):
        ref = start(sessions, world)
        prepared(sessions, ref, root)
        cancel(sessions, world, ref)
        with write_tx(sessions) as session:  # behind the back of vectors: only who may be matched has changed
            session.execute(sa.update(Worker).where(Worker.id == world.workers[1].id).values(state=WorkerState.PAUSED))
        cut = prepared(sessions, start(sessions, world), root)
        held = [key for chunk in opened(cut.source).blocks for key in chunk.key.tolist()]
        assert held == sorted(each.id for each in world.workers if each.id != world.workers[1].id)

    def test_another_day_has_a_snapshot_of_its_own(self, sessions, world, root, monkeypatch):
        ref = start(sessions, world)
        prepared(sessions, ref, root)
        cancel(sessions, world, ref)
        counted = built(monkeypatch)
        tomorrow = start(sessions, world, at=now() + timedelta(days=1))
        cut = prepared(sessions, tomorrow, root)
        assert counted == [4, 4, 1]
        assert opened(cut.source).epoch == run_of(sessions, tomorrow).on_date.toordinal()

    def test_a_refreshed_snapshot_is_the_one_that_would_be_built_anew(self, sessions, world, root, tmp_path):
        ref = start(sessions, world)
        prepared(sessions, ref, root)
        cancel(sessions, world, ref)
        change(sessions, world.workers[2], months_away_max=3)
        ref = start(sessions, world)
        refreshed = read_manifest(prepared(sessions, ref, root).source)
        with read_tx(sessions) as session:
            anew = steps.lay_out(session, steps.brief(session, ref))
        storage.store(tmp_path / "anew", anew)
        assert read_manifest(tmp_path / "anew").blocks == refreshed.blocks

    @pytest.mark.parametrize("harm", ["manifest", "chunk", "version"])
    def test_a_damaged_former_one_is_made_anew(self, sessions, world, root, harm):
        ref = start(sessions, world)
        folder = prepared(sessions, ref, root).source
        cancel(sessions, world, ref)
        if harm == "chunk":
            next(folder.glob("*.block")).write_bytes(b"x")
        else:
            text = "{" if harm == "manifest" else '{"format": 99}'
            (folder / "manifest.json").write_text(text)
        storage._opened.cache_clear()
        cut = prepared(sessions, start(sessions, world), root)
        assert len(opened(cut.source)) == WORKERS


class TestFailure:
    def test_a_disk_that_is_full_leaves_the_former_one_and_the_run_unbound(self, sessions, world, root, monkeypatch):
        ref = start(sessions, world)
        before = read_manifest(prepared(sessions, ref, root).source)
        cancel(sessions, world, ref)
        change(sessions, world.workers[0], education_years=3)

        def full(*_):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        ref = start(sessions, world)
        with pytest.raises(SnapshotError) as refused:
            prepared(sessions, ref, root)
        monkeypatch.undo()
        assert refused.value.code == "snapshot.write"
        assert read_manifest(root / f"scheme-{world.scheme.id}") == before
        assert run_of(sessions, ref).snapshot is None
        assert len(opened(prepared(sessions, ref, root).source)) == WORKERS

    def test_a_runner_without_the_snapshot_leaves_the_run_to_others(self, sessions, world, root, tmp_path):
        ref = start(sessions, world, part_size=128)
        prepared(sessions, ref, root)
        with pytest.raises(SnapshotElsewhereError):
            prepared(sessions, ref, tmp_path / "other")
        stranger = Runner(sessions, MatchHandlers(folder=tmp_path / "other").handlers(), now)
        assert stranger.once() is JobOutcome.NOT_YET
        with read_tx(sessions) as session:
            job = session.scalars(sa.select(Job).where(Job.kind == match_runs.SCORE)).one()
        assert (job.state, job.attempts) == (JobState.QUEUED, 0)
        Runner(sessions, MatchHandlers(folder=root).handlers(), now).until_empty()
        assert run_of(sessions, ref).state is MatchRunState.FINISHED

    def test_a_run_that_is_over_is_bound_to_nothing(self, sessions, world, root):
        ref = start(sessions, world)
        cancel(sessions, world, ref)
        with pytest.raises(SnapshotElsewhereError):
            prepared(sessions, ref, root)
        assert run_of(sessions, ref).snapshot is None


class TestRuns:
    def digest(self, sessions, world, handlers):
        ref = start(sessions, world)
        Runner(sessions, handlers.handlers(), now).until_empty()
        return run_of(sessions, ref).digest

    def test_folder_memory_threads_and_one_runner_or_two_change_no_bit(self, sessions, world, root):
        digests = {
            self.digest(sessions, world, MatchHandlers()),
            self.digest(sessions, world, MatchHandlers(folder=root)),
        }
        with ThreadPoolExecutor(3) as executor:
            digests.add(self.digest(sessions, world, MatchHandlers(executor, folder=root)))
        ref = start(sessions, world)
        runners = [Runner(sessions, MatchHandlers(folder=root).handlers(), now) for _ in range(2)]
        runners[0].once()
        runners[1].until_empty()
        digests.add(run_of(sessions, ref).digest)
        assert len(digests) == 1

    def test_folders_of_schemes_do_not_mix(self, sessions, world, root):
        with write_tx(sessions) as session:
            make = Make(session, now())
            other = make.corridor(workers=2, vacancies=1, country="HN")
            vectors.write(session, [worker.id for worker in other.workers])
        one, two = (prepared(sessions, start(sessions, each), root) for each in (world, other))
        assert one.source != two.source
        assert (len(opened(one.source)), len(opened(two.source))) == (WORKERS, 2)


def test_the_folder_is_named_once():
    assert snapshots.FOLDER == "snapshots"
