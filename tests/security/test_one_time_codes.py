"""One-time codes: right for a step either side, once, also when sent many times at one moment."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pyotp
import pytest

from mobility.db import write_tx
from mobility.models.accounts.users import User
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.security import one_time_codes
from mobility.security.actors import actor_of
from mobility.security.keyring import keyring_of
from mobility.security.one_time_codes import matching_step, new_secret, use_code
from mobility.security.sealing import seal_totp
from mobility.services import accounts


@pytest.fixture
def secret():
    return new_secret()


@pytest.fixture
def user(session, make, secret):
    made = make.user(make.organisation(OrganisationKind.DESTINATION_MINISTRY, "US"), Role.REVIEWER)
    seal_totp(keyring_of(session), made, secret)
    session.flush()
    return made


def code(secret, at):
    return pyotp.TOTP(secret).at(at)


@pytest.mark.parametrize(("seconds", "right"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_clock_may_be_one_step_off(secret, at, seconds, right):
    assert (matching_step(secret, code(secret, at + timedelta(seconds=seconds)), at=at) is not None) is right


def test_a_code_works_once_and_an_older_one_not_after_a_newer(session, user, secret, at):
    newer, older = code(secret, at), code(secret, at - timedelta(seconds=30))
    assert use_code(session, user, newer, at=at)
    assert not use_code(session, user, newer, at=at)
    assert not use_code(session, user, older, at=at)
    later = at + timedelta(seconds=30)
    assert use_code(session, user, code(secret, later), at=later)


def test_without_an_authenticator_no_code_is_right(session, make, at):
    bare = make.user(make.organisation(OrganisationKind.OPERATOR, "US"), Role.OPERATOR)
    assert not use_code(session, bare, "000000", at=at)


@pytest.mark.parametrize("odd", ["", " ", "0" * 500, "\x00", "١٢٣٤٥٦", "-1", "é" * 6])
def test_odd_codes_are_wrong_and_do_no_harm(session, user, odd, at):
    assert not use_code(session, user, odd, at=at)


def test_sixteen_uses_at_one_moment_have_one_success(session, sessions, user, secret, at):
    right, user_id = code(secret, at), user.id
    session.commit()

    def one(_):
        with write_tx(sessions) as own:
            return use_code(own, own.get_one(User, user_id), right, at=at)

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(one, range(16))) == 1


def test_the_code_that_enrolled_does_not_sign_in_as_well(session, user, at):
    fresh = new_secret()
    assert accounts.enrol_factor(session, actor_of(user), fresh, code(fresh, at), at=at)
    session.refresh(user)
    assert not one_time_codes.use_code(session, user, code(fresh, at), at=at)


def test_the_secret_is_sealed_for_its_own_user(session, make, user, secret):
    other = make.user(user.organisation, Role.REVIEWER)
    other.totp_secret = user.totp_secret
    assert secret.encode() not in user.totp_secret
    with pytest.raises(Exception, match="does not open"):
        use_code(session, other, "000000", at=user.created_at)
