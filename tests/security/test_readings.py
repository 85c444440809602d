"""The record of who looked at whose file: appended alone, and every change by hand found."""

import pytest
import sqlalchemy as sa

from mobility.models.workers.readings import Reading
from mobility.models.workers.workers import Worker
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.security import readings
from mobility.security.audit_verification import verify
from mobility.security.readings import Shown

NAMES = frozenset({"given_names", "family_names"})


@pytest.fixture
def registrar(make):
    return make.actor(OrganisationKind.CONSULAR_POST, "GT", Role.REGISTRATION_OFFICER)


@pytest.fixture
def workers(make, registrar):
    return [make.worker(registrar) for _ in range(2)]


def look(session, actor, *shown, at):
    readings.record(session, actor, shown, page="workers.show", request_id="ab12", at=at)


def stored(session):
    return session.scalars(sa.select(Reading).order_by(Reading.id)).all()


def test_a_reading_tells_who_what_when_and_where(session, registrar, workers, at):
    look(session, registrar, Shown(workers[0].id, NAMES), at=at)
    (row,) = stored(session)
    assert (row.at, row.user_id, row.organisation_id) == (at, registrar.user_id, registrar.organisation_id)
    assert (row.worker_id, row.fields, row.page) == (workers[0].id, "family_names,given_names", "workers.show")
    assert row.request_id == "ab12"


def test_several_views_of_one_worker_on_one_page_are_one_reading_of_all_their_fields(session, registrar, workers, at):
    first, second = workers
    look(session, registrar, Shown(first.id, NAMES), Shown(second.id, frozenset()), Shown(first.id, {"phone"}), at=at)
    assert [(row.worker_id, row.fields) for row in stored(session)] == [
        (first.id, "family_names,given_names,phone"),
        (second.id, ""),
    ]


def test_nothing_shown_is_nothing_written(session, registrar, at):
    look(session, registrar, at=at)
    assert stored(session) == []


@pytest.mark.parametrize("statement", ["UPDATE reading SET fields = ''", "DELETE FROM reading"])
def test_the_database_refuses_to_change_or_remove_one(session, registrar, workers, at, statement):
    look(session, registrar, Shown(workers[0].id, NAMES), at=at)
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), session.begin_nested():
        session.execute(sa.text(statement))
    assert len(stored(session)) == 1


def test_one_that_was_looked_at_stays_with_its_file(session, registrar, workers, at):
    """Nobody is deleted from under a reading: erasing a person drops their key and leaves the row."""
    look(session, registrar, Shown(workers[0].id, NAMES), at=at)
    with pytest.raises(sa.exc.IntegrityError), session.begin_nested():
        session.execute(sa.text("DELETE FROM identity_document"))
        session.execute(sa.delete(Worker).where(Worker.id == workers[0].id))


def drop_triggers(session):
    on = " ON reading" if session.get_bind().dialect.name == "postgresql" else ""
    for verb in ("update", "delete"):
        session.execute(sa.text(f"DROP TRIGGER reading_no_{verb}{on}"))


def faults(session):
    return [
        (fault.code, fault.where) for fault in verify(session, None).faults if "reading" in fault.code + fault.where
    ]


def test_an_untouched_record_verifies(session, registrar, workers, at):
    look(session, registrar, *(Shown(worker.id, NAMES) for worker in workers), at=at)
    assert faults(session) == []


@pytest.mark.parametrize(
    "change",
    [
        "fields = ''",
        "page = 'workers.index'",
        "request_id = ''",
        "worker_id = (SELECT max(id) FROM worker)",
        'user_id = (SELECT max(id) FROM "user")',
        "organisation_id = (SELECT max(id) FROM organisation)",
        "at = '2026-05-04 15:30:00.000001'",
        "mac = '0'",
    ],
)
def test_any_column_changed_by_hand_is_found_and_so_are_dropped_triggers(session, make, registrar, workers, at, change):
    look(session, registrar, Shown(workers[0].id, NAMES), at=at)
    make.actor(OrganisationKind.OVERSIGHT_BODY, "US", Role.AUDITOR)
    (row,) = stored(session)
    drop_triggers(session)
    session.execute(sa.text(f"UPDATE reading SET {change}"))
    assert faults(session) == [
        ("trigger_missing", "reading_no_update"),
        ("trigger_missing", "reading_no_delete"),
        ("reading_changed", str(row.id)),
    ]
