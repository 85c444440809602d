"""Sealed fields: a key for each worker, bound to worker and column, unreadable once the key is dropped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.models.users import User
from mobility.models.workers import Worker
from mobility.security.keyring import Keyring, KeyringError
from mobility.security.sealing import WorkerKey, open_totp, seal_totp

RING = Keyring.generate()
KEY = WorkerKey.create("W-7K3M-9QXA-4")
TEXT = st.text(min_size=1, max_size=80).filter(lambda text: not any("\ud800" <= char <= "\udfff" for char in text))


@given(TEXT)
def test_what_a_worker_s_key_seals_it_opens(text):
    assert KEY.open("worker.phone", KEY.seal("worker.phone", text)) == text


@pytest.mark.parametrize("empty", [None, ""])
def test_nothing_stays_nothing(empty):
    assert KEY.seal("worker.phone", empty) is None
    assert KEY.open("worker.phone", None) is None


def test_a_value_moved_to_another_column_does_not_open():
    with pytest.raises(KeyringError):
        KEY.open("worker.email", KEY.seal("worker.phone", "555"))


def test_a_value_moved_to_another_worker_does_not_open_even_under_the_same_key():
    other = WorkerKey("W-0000-0000-0", KEY.secret)
    with pytest.raises(KeyringError):
        other.open("worker.phone", KEY.seal("worker.phone", "555"))


def test_every_worker_has_another_key():
    assert WorkerKey.create("W-1").secret != WorkerKey.create("W-1").secret


def test_a_wrapped_key_comes_back_with_its_worker():
    worker = Worker(ref=KEY.ref, sealing_key=KEY.wrapped(RING))
    assert WorkerKey.of(RING, worker) == KEY


def test_a_key_moved_to_another_worker_does_not_unwrap():
    with pytest.raises(KeyringError):
        WorkerKey.of(RING, Worker(ref="W-0000-0000-0", sealing_key=KEY.wrapped(RING)))


def test_another_installation_does_not_unwrap():
    with pytest.raises(KeyringError):
        WorkerKey.of(Keyring.generate(), Worker(ref=KEY.ref, sealing_key=KEY.wrapped(RING)))


def test_without_its_key_an_erased_person_stays_unreadable():
    assert WorkerKey.of(RING, Worker(ref=KEY.ref, sealing_key=None)) is None


def test_a_key_is_never_printed():
    assert KEY.secret.hex() not in repr(KEY)
    assert repr(KEY.secret) not in repr(KEY)


def test_a_one_time_code_secret_is_bound_to_its_user():
    user, other = User(ref="U-1", totp_secret=None), User(ref="U-2")
    assert open_totp(RING, user) is None
    seal_totp(RING, user, "BASE32SECRET")
    other.totp_secret = user.totp_secret
    assert open_totp(RING, user) == "BASE32SECRET"
    assert b"BASE32" not in user.totp_secret
    with pytest.raises(KeyringError):
        open_totp(RING, other)


def test_a_sealed_column_refuses_to_be_compared():
    with pytest.raises(TypeError, match="blind index"):
        Worker.phone == b"x"  # noqa: B015
    assert "IS NULL" in str(Worker.phone.is_(None))
