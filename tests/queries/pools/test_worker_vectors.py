"""Packed workers from either way to the database, those not there made from the tables, and the watermark."""

import threading
from datetime import date

import numpy as np
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from mobility.db import read_tx, write_tx
from mobility.models.workers.vectors import WorkerVector
from mobility.models.workers.workers import Worker
from mobility.queries.pools import pools, worker_vectors
from mobility.queries.pools.arrow_source import DRIVER, ArrowSource, arrow_source
from mobility.queries.pools.worker_records import VERSION, Blobs
from mobility.queries.pools.worker_vectors import SessionSource, changed_since, vectors, watermark
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.services.workers import vectors as service
from tests.conftest import NOW
from tests.factories import Make
from tests.queries.pools import plain_pools
from tests.queries.pools.packed_worlds import differences

ON = date(2026, 5, 4)
PEOPLE = 7


@pytest.fixture
def ids(sessions):
    """Seven workers, some with more in their file than others; their vectors are written."""
    with write_tx(sessions) as session:
        make = Make(session, NOW)
        post = make.actor(OrganisationKind.CONSULAR_POST, "GT", Role.SCREENING_OFFICER)
        made = [
            make.worker(
                post,
                months=12 * number + 1,
                skills={f"S{skill:04}": 1 + skill % 4 for skill in range(number)},
                destinations=["US"] * (number % 2),
                nationalities=["GT", "US"][: 1 + number % 2],
            )
            for number in range(PEOPLE)
        ]
        found = [each.id for each in made]
        service.write(session, found)
    return sorted(found)


def same(one, other):
    return (
        np.array_equal(one.key, other.key)
        and texts(one.skills) == texts(other.skills)
        and texts(one.records) == texts(other.records)
    )


def texts(blobs):
    return [
        blobs.data[start : start + length].tobytes() for start, length in zip(blobs.start, blobs.length, strict=True)
    ]


class TestSources:
    def test_every_way_gives_the_same(self, sessions, ids):
        with read_tx(sessions) as session, arrow_source(session) as arrow:
            plain = SessionSource(session)
            assert plain.between(ids[0], ids[-1]).key.tolist() == ids
            assert same(plain.between(ids[0], ids[-1]), plain.among(ids))
            if session.get_bind().dialect.name == "sqlite":
                assert arrow is None
            else:
                pytest.importorskip(DRIVER)
                assert isinstance(arrow, ArrowSource)
                assert same(arrow.between(ids[0], ids[-1]), plain.between(ids[0], ids[-1]))
                assert same(arrow.between(ids[1], ids[2]), plain.between(ids[1], ids[2]))
                assert len(arrow.between(10**9, 10**9 + 1).key) == 0

    def test_pools_are_those_of_the_tables_whatever_the_way(self, sessions, ids):
        with read_tx(sessions) as session, arrow_source(session) as arrow:
            words = pools.vocabulary(session)
            truth = plain_pools.pool(session, words, ids, on=ON)
            assert differences(truth, pools.pool(session, words, ids, on=ON)) == []
            assert differences(truth, pools.pool(session, words, ids, on=ON, source=arrow)) == []

    def test_chunks_are_the_pool_in_pieces(self, sessions, ids, monkeypatch):
        with read_tx(sessions) as session:
            words = pools.vocabulary(session)
            whole = pools.pool(session, words, ids, on=ON)
            monkeypatch.setattr(pools, "CHUNK", 3)
            parts = list(pools.chunks(session, words, ids, on=ON))
            assert [len(part) for part in parts] == [3, 3, 1]
            assert np.concatenate([part.key for part in parts]).tolist() == ids
            assert differences(whole, pools.pool(session, words, ids, on=ON)) == []

    def test_without_the_driver_the_session_reads(self, sessions, ids, monkeypatch):
        monkeypatch.setattr("mobility.queries.pools.arrow_source.find_spec", lambda _: None)
        with read_tx(sessions) as session, arrow_source(session) as source:
            assert source is None


class TestVectors:
    def whole(self, session, ids):
        assert same(vectors(session, ids), worker_vectors.packed_vectors(worker_vectors.packed(session, ids)))

    def test_somebody_without_a_vector_is_packed_from_the_tables(self, sessions, ids):
        with write_tx(sessions) as session:
            session.execute(sa.delete(WorkerVector).where(WorkerVector.id.in_([ids[0], ids[3]])))
            self.whole(session, ids)

    def test_so_is_somebody_whose_vector_is_empty_of_another_version_or_cut_short(self, sessions, ids):
        with write_tx(sessions) as session:
            for place, record in ((1, bytes([VERSION + 1]) * 80), (2, b"123"), (4, None)):
                values = {"record": record} if record else {"record": None, "skills": None}
                session.execute(sa.update(WorkerVector).where(WorkerVector.id == ids[place]).values(values))
            self.whole(session, ids)

    def test_far_apart_ids_are_asked_for_one_by_one(self, sessions, ids, monkeypatch):
        monkeypatch.setattr(worker_vectors, "_GAPS", 0)
        with read_tx(sessions) as session:
            self.whole(session, ids)
            self.whole(session, ids[::3])

    def test_nobody_comes_who_was_not_asked_for(self, sessions, ids):
        with read_tx(sessions) as session:
            self.whole(session, ids[1::2])
            assert vectors(session, [ids[0], ids[-1] + 1]).key.tolist() == ids[:1]
            assert len(vectors(session, []).key) == 0

    def test_strings_that_are_put_together_keep_their_places(self):
        parts = [Blobs.of([b"a", b""]), Blobs.of([]), Blobs.of([b"bcd"]).take(np.array([0, 0]))]
        assert texts(worker_vectors.joined_blobs(parts)) == [b"a", b"", b"bcd", b"bcd"]


class TestWatermark:
    def test_what_changes_later_lies_above_it(self, sessions, ids):
        with write_tx(sessions) as session:
            mark = watermark(session)
            assert changed_since(session, 0) == ids
            assert changed_since(session, mark) == []
        with write_tx(sessions) as session:
            session.get_one(Worker, ids[2]).reads_and_writes = False
            service.write(session, ids)
        with write_tx(sessions) as session:
            assert changed_since(session, mark) == [ids[2]]
            assert watermark(session) > mark

    def test_nobody_has_changed_in_an_empty_database(self, session):
        assert (watermark(session), changed_since(session, 0)) == (0, [])

    def test_it_waits_for_whoever_drew_a_smaller_number(self, sessions, ids):
        """On PostgreSQL the second writer commits first; a watermark taken then would hide the first one's change."""
        if sessions.kw["bind"].dialect.name != "postgresql":
            pytest.skip("SQLite has one writer at a time: numbers are drawn in the order of commits")
        told = {}

        def look():
            with write_tx(sessions) as session:
                told["mark"] = watermark(session)

        with sessions() as slow, slow.begin():
            slow.get_one(Worker, ids[0]).reads_and_writes = False
            service.write(slow, [ids[0]])
            with write_tx(sessions) as fast:
                fast.get_one(Worker, ids[1]).reads_and_writes = False
                service.write(fast, [ids[1]])
            looking = threading.Thread(target=look)
            looking.start()
            looking.join(0.5)
            assert looking.is_alive()
        looking.join(30)
        with read_tx(sessions) as session:
            numbers = dict(session.execute(sa.select(WorkerVector.id, WorkerVector.change_seq)).all())
            assert numbers[ids[0]] < numbers[ids[1]] == told["mark"]
            assert changed_since(session, told["mark"]) == []

    def test_a_writer_who_takes_too_long_makes_it_fail_not_lie(self, sessions, ids):
        if sessions.kw["bind"].dialect.name != "postgresql":
            pytest.skip("SQLite has one writer at a time")
        with sessions() as slow, slow.begin():
            slow.get_one(Worker, ids[0]).reads_and_writes = False
            service.write(slow, [ids[0]])
            with pytest.raises(OperationalError), write_tx(sessions) as session:
                session.connection().exec_driver_sql("SET LOCAL lock_timeout = 100")
                watermark(session)
