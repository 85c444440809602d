"""The keyring: what opens, what does not, what a file must be, and that no key is ever printed."""

import dataclasses
import json
import os
import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.security.keyring import (
    ENVELOPE,
    KEY_BYTES,
    NONCE_BYTES,
    Keyring,
    KeyringError,
    open_with,
    seal_with,
)

RING = Keyring.generate()


@given(st.binary(max_size=200), st.text(max_size=40))
def test_what_is_sealed_opens_for_the_same_context(plain, context):
    assert RING.open(context, RING.seal(context, plain)) == plain


@given(st.binary(max_size=50), st.integers(min_value=0), st.integers(0, 7))
def test_any_flipped_bit_is_noticed(plain, place, bit):
    envelope = bytearray(RING.seal("worker.phone:W-1", plain))
    envelope[place % len(envelope)] ^= 1 << bit
    with pytest.raises(KeyringError):
        RING.open("worker.phone:W-1", bytes(envelope))


@given(st.text(max_size=20), st.text(max_size=20))
def test_another_context_does_not_open(one, other):
    if one != other:
        with pytest.raises(KeyringError):
            RING.open(other, RING.seal(one, b"secret"))


@given(st.binary(max_size=NONCE_BYTES + 20))
def test_noise_never_opens_and_never_crashes(noise):
    with pytest.raises(KeyringError):
        RING.open("x", noise)
    with pytest.raises(KeyringError):
        open_with(RING.keys[1], "x", noise)


def test_an_envelope_tells_version_and_key_and_nothing_of_the_text():
    sealed = RING.seal("x", b"Ana")
    assert sealed[:2] == bytes([ENVELOPE, 1])
    assert len(sealed) == 2 + NONCE_BYTES + 3 + 16
    assert b"Ana" not in sealed


def test_the_same_text_never_seals_the_same_way_twice():
    assert len({RING.seal("x", b"Ana") for _ in range(500)}) == 500


def test_an_older_key_still_opens_and_the_current_one_seals():
    old = RING.seal("x", b"Ana")
    rotated = dataclasses.replace(RING, current=2, keys={**RING.keys, 2: os.urandom(KEY_BYTES)})
    assert rotated.open("x", old) == b"Ana"
    assert rotated.seal("x", b"Ana")[1] == 2
    with pytest.raises(KeyringError, match="does not hold"):
        RING.open("x", rotated.seal("x", b"Ana"))


def test_another_installation_cannot_open():
    with pytest.raises(KeyringError):
        Keyring.generate().open("x", RING.seal("x", b"Ana"))


def test_key_zero_of_a_worker_is_no_key_of_the_ring():
    with pytest.raises(KeyringError, match="does not hold"):
        RING.open("x", seal_with(RING.keys[1], 0, "x", b"Ana"))


class TestBlindIndexes:
    @pytest.mark.parametrize("other", ["ana maria nunez", "ANA  MARÍA NÚÑEZ", " Ana María Núñez "])
    def test_case_accents_and_blanks_do_not_matter(self, other):
        assert RING.blind("worker.name", "Ana María Núñez") == RING.blind("worker.name", other)

    @given(st.text(max_size=30))
    def test_contexts_are_kept_apart(self, text):
        assert RING.blind("worker.name", text) != RING.blind("worker.phone", text)

    def test_an_index_depends_on_the_installation_and_tells_nothing(self):
        ours, theirs = RING.blind("worker.name", "Ana"), Keyring.generate().blind("worker.name", "Ana")
        assert ours != theirs
        assert len(ours) == 32
        assert int(ours, 16) >= 0

    def test_the_index_key_is_no_sealing_key(self):
        assert RING.index_key not in RING.keys.values()
        assert RING.audit_key not in (RING.index_key, *RING.keys.values())


class TestFile:
    def test_a_saved_ring_is_the_same_ring_and_its_owner_s_alone(self, tmp_path):
        path = tmp_path / "new" / "keyring.json"
        RING.save(path)
        assert Keyring.load(path) == RING
        assert stat.S_IMODE(path.stat().st_mode) == 0o600

    def test_no_ring_is_ever_written_over(self, tmp_path):
        path = tmp_path / "keyring.json"
        RING.save(path)
        with pytest.raises(FileExistsError):
            Keyring.generate().save(path)
        assert Keyring.load(path) == RING

    @pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
    def test_a_file_that_others_can_read_is_refused(self, tmp_path, mode):
        path = tmp_path / "keyring.json"
        RING.save(path)
        path.chmod(mode)
        with pytest.raises(KeyringError, match="chmod 600"):
            Keyring.load(path)

    def test_a_missing_file_says_what_to_do(self, tmp_path):
        with pytest.raises(KeyringError, match="mobility keyring create"):
            Keyring.load(tmp_path / "none.json")

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda data: "",
            lambda data: "[]",
            lambda data: "{}",
            lambda data: json.dumps({**data, "current": 9}),
            lambda data: json.dumps({**data, "keys": {"1": "dG9vIHNob3J0"}}),
            lambda data: json.dumps({**data, "keys": {"one": data["keys"]["1"]}}),
            lambda data: json.dumps({**data, "index_key": "!"}),
            lambda data: json.dumps({name: value for name, value in data.items() if name != "audit_key"}),
        ],
    )
    def test_a_spoilt_file_is_refused_without_repeating_it(self, tmp_path, spoil):
        path = tmp_path / "keyring.json"
        RING.save(path)
        data = json.loads(path.read_text())
        path.write_text(spoil(data))
        with pytest.raises(KeyringError, match="is not a keyring") as refused:
            Keyring.load(path)
        assert data["index_key"] not in str(refused.value)


def test_no_key_is_ever_printed():
    shown = repr(RING) + str(RING)
    for key in (*RING.keys.values(), RING.index_key, RING.audit_key, RING.checkpoint_seed):
        assert repr(key)[2:-1] not in shown
        assert key.hex() not in shown
