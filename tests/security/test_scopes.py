"""A row that is about to be changed: seen, held, permitted, and as the actor read it."""

import pytest

from mobility.errors import ConflictError, ForbiddenError, NotFoundError
from mobility.models.accounts.organisations import Organisation
from mobility.models.shortages.shortages import Shortage
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.rules.basics.permissions import Permission
from mobility.security.scopes import check_version, locked

DESTINATION = OrganisationKind.DESTINATION_MINISTRY


@pytest.fixture
def officer(make):
    return make.actor(DESTINATION, "US", Role.SHORTAGE_OFFICER)


def test_what_was_read_is_loaded_anew_and_may_be_changed(session, make, officer):
    made = make.shortage(officer)
    seen = made.version
    made.headcount = 3  # not stored: the row is read afresh
    with session.no_autoflush:
        found = locked(session, officer, Shortage, made.ref, Permission.SHORTAGE_EDIT, seen)
    assert (found.ref, found.headcount) == (made.ref, 100)


def test_what_changed_meanwhile_is_a_conflict_unless_no_page_showed_it(session, make, officer):
    made = make.shortage(officer)
    for other in (made.version - 1, made.version + 1):
        with pytest.raises(ConflictError, match="stale"):
            locked(session, officer, Shortage, made.ref, Permission.SHORTAGE_EDIT, other)
    assert locked(session, officer, Shortage, made.ref, Permission.SHORTAGE_EDIT, None) is made


def test_who_may_not_see_it_is_told_that_before_anything_else(session, make, officer):
    made = make.shortage(officer)
    stranger = make.actor(DESTINATION, "CA", Role.SHORTAGE_OFFICER)
    with pytest.raises(NotFoundError):
        locked(session, stranger, Shortage, made.ref, Permission.SHORTAGE_EDIT, 0)


def test_a_permission_is_asked_before_the_version(session, make, officer):
    made = make.shortage(officer)
    home = session.get_one(Organisation, officer.organisation_id)
    reviewer = make.actor(DESTINATION, "US", Role.REVIEWER, of=home)
    with pytest.raises(ForbiddenError):
        locked(session, reviewer, Shortage, made.ref, Permission.SHORTAGE_EDIT, made.version + 1)


def test_what_is_not_there_yet_stands_at_nought():
    check_version(None, 0)
    with pytest.raises(ConflictError, match="stale"):
        check_version(None, 1)
