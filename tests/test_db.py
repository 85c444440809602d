"""Both databases behave the same: types, constraints, transactions, ordering (the probes of the platform study)."""

import inspect
import sqlite3
import threading
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from importlib.util import find_spec

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from mobility import db
from mobility.db import (
    SAFE_WAL,
    Exact,
    Sealed,
    Txt,
    Utc,
    begin_write,
    big_key,
    enum_of,
    fold,
    json_dict,
    make_engine,
    make_sessions,
    read_tx,
    snapshot_tx,
    sqlite_version,
    wal_is_safe,
    write_tx,
)
from mobility.rules.basics.organisations import OrganisationKind


class Base(DeclarativeBase):
    """Tables of these probes alone."""


class Probe(Base):
    """One column of each own type."""

    __tablename__ = "probe"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(big_key(), primary_key=True)
    moment: Mapped[datetime | None] = mapped_column(Utc())
    money: Mapped[Decimal | None] = mapped_column(Exact(2))
    text: Mapped[str | None] = mapped_column(Txt(10))
    kind: Mapped[OrganisationKind | None] = mapped_column(enum_of(OrganisationKind))
    state: Mapped[dict | None] = mapped_column(json_dict())
    flag: Mapped[bool | None] = mapped_column(sa.Boolean(create_constraint=True, name="flag"))
    secret: Mapped[bytes | None] = mapped_column(Sealed())
    number: Mapped[int | None]


class Named(Base):
    """A row with a name that no other row has."""

    __tablename__ = "named"

    id: Mapped[int] = mapped_column(big_key(), primary_key=True)
    name: Mapped[str | None] = mapped_column(Txt(40), unique=True)
    folded: Mapped[str | None] = mapped_column(Txt(40))


class Part(Base):
    """A row that belongs to a probe."""

    __tablename__ = "part"

    id: Mapped[int] = mapped_column(big_key(), primary_key=True)
    probe_id: Mapped[int] = mapped_column(sa.ForeignKey("probe.id", ondelete="RESTRICT"))


@pytest.fixture
def probes(database_url):
    engine = make_engine(database_url)
    Base.metadata.create_all(engine)
    yield make_sessions(engine)
    Base.metadata.drop_all(engine)
    engine.dispose()


def stored(probes, **values):
    """Store a row and return it as another transaction reads it."""
    with write_tx(probes) as session:
        row = Probe(**values)
        session.add(row)
        session.flush()
        key = row.id
    with read_tx(probes) as session:
        return session.get_one(Probe, key)


def refused(probes, statement):
    with write_tx(probes) as session:
        session.execute(sa.text(statement))


class TestMoments:
    def test_another_zone_comes_back_as_the_same_instant_in_utc(self, probes):
        moment = datetime(2026, 5, 4, 12, 0, tzinfo=timezone(timedelta(hours=5)))
        read = stored(probes, moment=moment).moment
        assert read == moment
        assert read.utcoffset() == timedelta(0)
        assert read.hour == 7

    def test_microseconds_survive(self, probes):
        moment = datetime(2026, 5, 4, 12, 0, 0, 123456, tzinfo=UTC)
        assert stored(probes, moment=moment).moment == moment

    def test_a_moment_without_zone_is_refused(self, probes):
        with pytest.raises(sa.exc.StatementError, match="time zone"):
            stored(probes, moment=datetime(2026, 5, 4, 12, 0))  # noqa: DTZ001

    def test_moments_compare_across_zones(self, probes):
        stored(probes, moment=datetime(2026, 5, 4, 7, 0, tzinfo=UTC))
        later = datetime(2026, 5, 4, 12, 30, tzinfo=timezone(timedelta(hours=5)))
        with read_tx(probes) as session:
            assert session.scalar(sa.select(sa.func.count()).where(Probe.moment < later)) == 1


class TestExactNumbers:
    @pytest.mark.parametrize("amount", ["99999999999999.99", "0.01", "-12.34", "0.00"])
    def test_amounts_come_back_to_the_last_place(self, probes, amount):
        assert stored(probes, money=Decimal(amount)).money == Decimal(amount)

    def test_too_many_places_are_refused_not_rounded(self, probes):
        with pytest.raises(sa.exc.StatementError, match="places"):
            stored(probes, money=Decimal("1.005"))

    @pytest.mark.parametrize("amount", [1.5, 1, "1", Decimal("NaN"), Decimal("Infinity")])
    def test_what_is_no_finite_decimal_is_refused(self, probes, amount):
        with pytest.raises(sa.exc.StatementError, match="finite decimal"):
            stored(probes, money=amount)

    def test_amounts_sort_and_compare_as_numbers(self, probes):
        for amount in ("9.50", "10.00", "-1.00"):
            stored(probes, money=Decimal(amount))
        with read_tx(probes) as session:
            ordered = session.scalars(sa.select(Probe.money).order_by(Probe.money)).all()
            above = session.scalars(sa.select(Probe.money).where(Probe.money > Decimal("9.99"))).all()
        assert ordered == [Decimal("-1.00"), Decimal("9.50"), Decimal("10.00")]
        assert above == [Decimal("10.00")]

    @given(st.decimals(-(10**14), 10**14, places=2, allow_nan=False))
    def test_scaling_is_reversible(self, amount):
        kind = Exact(2)
        assert kind.process_result_value(kind.process_bind_param(amount, None), None) == amount


class TestText:
    def test_composed_and_decomposed_letters_are_stored_alike(self, probes):
        assert stored(probes, text="Jose\u0301").text == "Jos\u00e9"

    def test_text_of_exactly_the_limit_fits(self, probes):
        assert stored(probes, text="ñ" * 10).text == "ñ" * 10

    @pytest.mark.parametrize("text", ["x" * 11, "a\x00b", "a\ud800b"])
    def test_what_cannot_be_stored_is_refused_without_repeating_it(self, probes, text):
        with pytest.raises(sa.exc.StatementError) as error:
            stored(probes, text=text)
        assert text not in str(error.value.orig)

    def test_like_minds_case(self, probes):
        stored(probes, text="Peña")
        with read_tx(probes) as session:
            counts = [
                session.scalar(sa.select(sa.func.count()).where(Probe.text.like(like))) for like in ("Pe%", "pe%")
            ]
        assert counts == [1, 0]

    def test_lower_knows_accents(self, probes):
        stored(probes, text="ÁÑO")
        with read_tx(probes) as session:
            assert session.scalar(sa.select(sa.func.lower(Probe.text))) == "áño"

    def test_an_empty_text_is_not_null(self, probes):
        assert stored(probes, text="").text == ""

    @pytest.mark.parametrize(
        ("text", "folded"), [("  José  PEÑA ", "jose pena"), ("Straße", "strasse"), ("ﬁn", "fin"), ("İ", "i")]
    )
    def test_names_fold_for_matching(self, text, folded):
        assert fold(text) == folded

    @given(st.text())
    def test_folding_twice_is_folding_once(self, text):
        assert fold(fold(text)) == fold(text)


class TestConstraints:
    def test_an_unknown_enum_value_is_refused_by_the_database(self, probes):
        with pytest.raises(sa.exc.IntegrityError):
            refused(probes, "INSERT INTO probe (kind) VALUES ('pirate')")

    def test_a_boolean_takes_no_third_value(self, probes):
        with pytest.raises(sa.exc.DBAPIError):
            refused(probes, "INSERT INTO probe (flag) VALUES (CAST('2' AS INTEGER))")

    def test_an_orphan_is_refused(self, probes):
        with pytest.raises(sa.exc.IntegrityError):
            refused(probes, "INSERT INTO part (id, probe_id) VALUES (1, 4711)")

    def test_a_row_with_parts_is_not_deleted(self, probes):
        row = stored(probes, text="x")
        with write_tx(probes) as session:
            session.add(Part(probe_id=row.id))
        with pytest.raises(sa.exc.IntegrityError):
            refused(probes, "DELETE FROM probe")

    def test_a_deleted_rows_key_is_never_given_again(self, probes):
        first = stored(probes, text="x").id
        refused(probes, "DELETE FROM probe")
        assert stored(probes, text="y").id > first

    def test_nulls_sort_where_we_say(self, probes):
        for number in (2, None, 1):
            stored(probes, number=number)
        with read_tx(probes) as session:
            ordered = session.scalars(sa.select(Probe.number).order_by(Probe.number.nulls_last())).all()
        assert ordered == [1, 2, None]


class TestJson:
    def test_an_edit_in_place_is_noticed(self, probes):
        row = stored(probes, state={"a": 1})
        with write_tx(probes) as session:
            held = session.get_one(Probe, row.id)
            held.state["b"] = 2
        with read_tx(probes) as session:
            assert session.get_one(Probe, row.id).state == {"a": 1, "b": 2}

    def test_none_is_null_and_not_the_word(self, probes):
        stored(probes, state=None)
        with read_tx(probes) as session:
            assert session.scalar(sa.select(sa.func.count()).where(Probe.state.is_(None))) == 1


class TestNumbersAndKeys:
    def test_text_in_a_number_is_kept_out_by_types_where_sqlite_takes_it(self, probes):
        """The one difference that is left: mypy keeps text out of numbers before SQLite would take it."""
        with probes() as session:
            lite = session.get_bind().dialect.name == "sqlite"
        if lite:
            assert stored(probes, number="twelve").number == "twelve"
            return
        with pytest.raises(sa.exc.DBAPIError):
            stored(probes, number="twelve")

    def test_a_number_beyond_sixty_four_bits_is_refused(self, probes):
        with pytest.raises((sa.exc.DBAPIError, OverflowError)):
            stored(probes, money=Decimal(2**63))

    def test_whole_numbers_divide_to_whole_numbers(self, probes):
        stored(probes, number=7)
        with read_tx(probes) as session:
            assert session.scalar(sa.select(Probe.number // 2)) == 3

    def test_null_is_never_equal_so_that_many_rows_may_lack_a_unique_value(self, probes):
        with write_tx(probes) as session:
            session.add_all([Named(name=None), Named(name=None), Named(name="a")])
        with pytest.raises(sa.exc.IntegrityError), write_tx(probes) as session:
            session.add(Named(name="a"))

    def test_unique_minds_case_and_accents(self, probes):
        with write_tx(probes) as session:
            session.add_all([Named(name=name) for name in ("jose", "José", "josé", "JOSE")])
        with read_tx(probes) as session:
            assert session.scalar(sa.select(sa.func.count()).select_from(Named)) == 4

    def test_what_is_in_no_list_is_nowhere(self, probes):
        stored(probes, number=1)
        with read_tx(probes) as session:
            assert session.scalars(sa.select(Probe).where(Probe.number.in_([]))).all() == []
            assert len(session.scalars(sa.select(Probe).where(Probe.number.not_in([]))).all()) == 1

    def test_names_sort_alike_by_their_folded_form_and_a_key(self, probes):
        """Collations differ between the two; what is sorted for people is a folded column, or sorted by us."""
        names = ["Zoë", "ána", "Ana", "émile", "Emil"]
        with write_tx(probes) as session:
            session.add_all([Named(name=name, folded=fold(name)) for name in names])
        with read_tx(probes) as session:
            ordered = session.scalars(sa.select(Named.folded).order_by(Named.folded, Named.id)).all()
        assert ordered == ["ana", "ana", "emil", "emile", "zoe"]

    def test_an_insert_that_meets_a_conflict_tells_whether_it_was_first(self, probes):
        def claim(session):
            dialect = session.get_bind().dialect.name
            insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
            statement = insert(Named).values(name="once").on_conflict_do_nothing().returning(Named.id)
            return session.scalar(statement)

        with write_tx(probes) as session:
            assert claim(session) is not None
            assert claim(session) is None


class TestSealedColumns:
    def test_bytes_come_back(self, probes):
        assert stored(probes, secret=b"\x00\xff").secret == b"\x00\xff"

    @pytest.mark.parametrize("compare", [lambda c: c == b"x", lambda c: c.in_([b"x"]), lambda c: c < b"x"])
    def test_comparing_is_an_error(self, compare):
        with pytest.raises(TypeError, match="blind index"):
            compare(Probe.secret)

    def test_asking_for_null_is_allowed(self, probes):
        stored(probes, secret=None)
        with read_tx(probes) as session:
            assert session.scalar(sa.select(sa.func.count()).where(Probe.secret.is_(None))) == 1


class TestTransactions:
    def test_an_error_takes_everything_back(self, probes):
        with pytest.raises(RuntimeError), write_tx(probes) as session:
            session.add(Probe(text="x"))
            session.flush()
            raise RuntimeError
        with read_tx(probes) as session:
            assert session.scalars(sa.select(Probe)).all() == []

    def test_a_reader_keeps_nothing(self, probes):
        with read_tx(probes) as session:
            session.add(Probe(text="x"))
            session.flush()
        with read_tx(probes) as session:
            assert session.scalars(sa.select(Probe)).all() == []

    def test_a_savepoint_takes_back_its_part_only(self, probes):
        with write_tx(probes) as session:
            session.add(Probe(text="kept"))
            session.flush()
            with pytest.raises(RuntimeError), session.begin_nested():
                session.add(Probe(text="lost"))
                session.flush()
                raise RuntimeError
        with read_tx(probes) as session:
            assert session.scalars(sa.select(Probe.text)).all() == ["kept"]

    def test_a_schema_change_is_taken_back_too(self, probes):
        with pytest.raises(RuntimeError), write_tx(probes) as session:
            session.execute(sa.text("CREATE TABLE scratch (id INTEGER)"))
            raise RuntimeError
        with read_tx(probes) as session:
            assert not sa.inspect(session.connection()).has_table("scratch")

    def test_a_slow_reader_does_not_hold_up_a_writer(self, probes):
        stored(probes, text="x")
        with read_tx(probes) as reader:
            reader.scalars(sa.select(Probe)).all()
            with write_tx(probes) as writer:
                writer.add(Probe(text="y"))
            assert len(reader.scalars(sa.select(Probe.text)).all()) >= 1

    def test_writers_that_count_before_they_write_lose_no_update(self, probes):
        row = stored(probes, number=0)

        def add_one():
            with write_tx(probes) as session:
                locked = session.scalars(sa.select(Probe).where(Probe.id == row.id).with_for_update()).one()
                locked.number += 1

        threads = [threading.Thread(target=add_one) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with read_tx(probes) as session:
            assert session.get_one(Probe, row.id).number == 8

    def test_after_a_refused_row_in_a_savepoint_the_transaction_goes_on(self, probes):
        with write_tx(probes) as session:
            session.add(Named(name="a"))
            session.flush()
            with pytest.raises(sa.exc.IntegrityError), session.begin_nested():
                session.add(Named(name="a"))
                session.flush()
            session.add(Named(name="b"))
        with read_tx(probes) as session:
            assert set(session.scalars(sa.select(Named.name))) == {"a", "b"}

    def test_a_row_is_not_replaced_past_a_trigger_that_forbids_its_removal(self, probes):
        """SQLite's REPLACE removes without asking delete triggers, unless they are recursive."""
        row = stored(probes, text="kept")
        with write_tx(probes) as session:
            lite = session.get_bind().dialect.name == "sqlite"
            if lite:
                session.execute(
                    sa.text("CREATE TRIGGER keep BEFORE DELETE ON probe BEGIN SELECT RAISE(ABORT, 'kept'); END")
                )
            else:
                session.execute(
                    sa.text(
                        "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS "
                        "$$ BEGIN RAISE EXCEPTION 'kept'; END $$"
                    )
                )
                session.execute(
                    sa.text("CREATE TRIGGER keep BEFORE DELETE ON probe FOR EACH ROW EXECUTE FUNCTION keep()")
                )
        replacing = f"INSERT OR REPLACE INTO probe (id, text) VALUES ({row.id}, 'new')"
        with pytest.raises(sa.exc.DBAPIError):
            refused(probes, replacing if lite else "DELETE FROM probe")
        with read_tx(probes) as session:
            assert session.scalars(sa.select(Probe.text)).all() == ["kept"]

    def test_rows_changed_are_counted_alike(self, probes):
        stored(probes, number=1)
        stored(probes, number=1)
        with write_tx(probes) as session:
            changed = session.execute(sa.update(Probe).where(Probe.number == 1).values(number=1))
            assert changed.rowcount == 2

    def test_objects_stay_readable_after_commit(self, probes):
        with write_tx(probes) as session:
            row = Probe(text="x")
            session.add(row)
        assert row.text == "x"


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        (SAFE_WAL, True),
    ],
)
def test_write_ahead_logs_are_used_only_where_they_are_safe(version, safe):
    assert wal_is_safe(version) is safe


def test_the_interpreters_sqlite_is_taken_where_it_is_safe(monkeypatch):
    monkeypatch.setattr(sqlite3, "sqlite_version_info", SAFE_WAL)
    assert db._best_sqlite() is sqlite3
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 40, 1))
    assert db._best_sqlite().__name__ == ("pysqlite3.dbapi2" if find_spec("pysqlite3") else "sqlite3")


@pytest.mark.skipif(
    find_spec("pysqlite3") is None and not wal_is_safe(sqlite3.sqlite_version_info),
    reason="no pysqlite3 for this machine, and its Python's SQLite is old: data are kept without a write-ahead log",
)
def test_the_shipped_sqlite_is_safe_and_in_use(tmp_path):
    assert sqlite_version() >= SAFE_WAL
    engine = make_engine(f"sqlite:///{tmp_path / 'x.db'}")
    with engine.connect() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "foreign_keys", "recursive_triggers", "synchronous")
        }
    engine.dispose()
    assert pragmas == {"journal_mode": "wal", "foreign_keys": 1, "recursive_triggers": 1, "synchronous": 2}


def test_a_writer_takes_its_lock_before_its_first_statement(tmp_path):
    make = make_sessions(make_engine(f"sqlite:///{tmp_path / 'x.db'}"))
    with make() as session:
        begin_write(session)
        assert session.connection().get_execution_options()["write"] is True


#: The twenty-five probes of the platform study, each with the test that holds both databases to one answer;
#: text in a number is the one that still differs.
PROBES = {
    "moment in another zone": TestMoments.test_another_zone_comes_back_as_the_same_instant_in_utc,
    "moment without zone": TestMoments.test_a_moment_without_zone_is_refused,
    "microseconds": TestMoments.test_microseconds_survive,
    "moments compared": TestMoments.test_moments_compare_across_zones,
    "large amount": TestExactNumbers.test_amounts_come_back_to_the_last_place,
    "too many places": TestExactNumbers.test_too_many_places_are_refused_not_rounded,
    "amounts sorted": TestExactNumbers.test_amounts_sort_and_compare_as_numbers,
    "over-long text, NUL, half a pair": TestText.test_what_cannot_be_stored_is_refused_without_repeating_it,
    "normal form": TestText.test_composed_and_decomposed_letters_are_stored_alike,
    "empty text": TestText.test_an_empty_text_is_not_null,
    "LIKE and case": TestText.test_like_minds_case,
    "lower and accents": TestText.test_lower_knows_accents,
    "names sorted": TestNumbersAndKeys.test_names_sort_alike_by_their_folded_form_and_a_key,
    "bad enum value": TestConstraints.test_an_unknown_enum_value_is_refused_by_the_database,
    "third boolean": TestConstraints.test_a_boolean_takes_no_third_value,
    "orphan": TestConstraints.test_an_orphan_is_refused,
    "key of a removed row": TestConstraints.test_a_deleted_rows_key_is_never_given_again,
    "nulls sorted": TestConstraints.test_nulls_sort_where_we_say,
    "text in a number": TestNumbersAndKeys.test_text_in_a_number_is_kept_out_by_types_where_sqlite_takes_it,
    "JSON edited in place": TestJson.test_an_edit_in_place_is_noticed,
    "JSON null": TestJson.test_none_is_null_and_not_the_word,
    "savepoint": TestTransactions.test_a_savepoint_takes_back_its_part_only,
    "schema change taken back": TestTransactions.test_a_schema_change_is_taken_back_too,
    "rows counted": TestTransactions.test_rows_changed_are_counted_alike,
    "REPLACE past a trigger": TestTransactions.test_a_row_is_not_replaced_past_a_trigger_that_forbids_its_removal,
}


def test_there_are_twenty_five_probes_and_each_runs_on_both_databases():
    assert len(set(PROBES.values())) == 25
    for probe in PROBES.values():
        assert "probes" in inspect.signature(probe).parameters, probe


def test_postgresql_waits_hours_for_work_on_a_snapshot_and_a_minute_for_anything_else(sessions):
    def patience(session):
        return session.scalar(sa.select(sa.func.current_setting("idle_in_transaction_session_timeout")))

    if sessions.kw["bind"].dialect.name != "postgresql":
        pytest.skip("SQLite ends no transaction by itself")
    with snapshot_tx(sessions) as session:
        assert patience(session) == "6h"
    with read_tx(sessions) as session:
        assert patience(session) == "1min"
