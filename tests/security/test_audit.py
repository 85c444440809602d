"""The audit chain: what is appended, and that every change by hand is found."""

import pytest
import sqlalchemy as sa

from mobility.models.platform.audit import AuditEvent
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.security import audit
from mobility.security.audit_verification import checkpoint, verify


@pytest.fixture
def recorded(session, make, at):
    actor = make.actor(OrganisationKind.DESTINATION_MINISTRY, "US", Role.ADMINISTRATOR)
    from mobility.models.accounts.organisations import Organisation
    from mobility.models.accounts.users import User

    audit.record_many(session, actor, "organisation.create", Organisation, [actor.organisation_id], at=at)
    audit.record_many(session, actor, "user.create", User, [actor.user_id], at=at)
    return actor


def faults(session, file=None):
    return {fault.code for fault in verify(session, file).faults}


def test_an_untouched_log_verifies(session, recorded, tmp_path, at):
    checkpoint(session, tmp_path / "c.jsonl", at=at)

    report = verify(session, tmp_path / "c.jsonl")

    assert (report.events, report.objects, report.checkpoints, report.faults) == (
        2,
        3,
        1,
        (),
    )  # the migrations' scorecard is an object too, without an event


@pytest.mark.parametrize("statement", ["UPDATE audit_event SET action = 'x'", "DELETE FROM audit_event"])
def test_the_database_refuses_to_change_an_event(session, recorded, statement):
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), session.begin_nested():
        session.execute(sa.text(statement))
    assert len(session.scalars(sa.select(AuditEvent)).all()) == 2


def test_a_row_changed_by_hand_is_found(session, recorded):
    session.execute(sa.text("UPDATE organisation SET name = 'Someone else'"))
    assert faults(session) == {"row_changed"}


def test_a_part_added_by_hand_is_found(session, recorded):
    session.execute(sa.text("INSERT INTO user_role (user_id, role) SELECT id, 'scheme_officer' FROM \"user\""))
    assert faults(session) == {"row_changed"}
