"""Sealed fields: a key for each worker, bound to worker and column, unreadable once the key is dropped."""

import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from mobility.db import write_tx
from mobility.models.accounts.organisations import Organisation
from mobility.models.accounts.users import User
from mobility.models.workers.workers import Worker
from mobility.rules.basics.organisations import OrganisationKind, Role
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


class TestCanaries:
    """A person full of planted tokens goes through the whole product; none is left lying anywhere in the clear."""

    TOKENS = (
        "tokgivenq7",
        "tokfamilyz3",
        "toklatinw9",
        "77193341",
        "tokmailk2",
        "tokaddressp8",
        "tokprotectv4",
        "TOKNUMX5521",
        "toknotej6",
    )

    @pytest.fixture
    def walked(self, session, make, browser_for, caplog):
        caplog.set_level("DEBUG")
        registrar = make.actor(OrganisationKind.CONSULAR_POST, "GT", Role.REGISTRATION_OFFICER)
        post = session.get_one(Organisation, registrar.organisation_id)
        screener = make.actor(OrganisationKind.CONSULAR_POST, "GT", Role.SCREENING_OFFICER, of=post)
        make.asked_skill("S0001", of="9211")
        session.commit()
        first, second = browser_for(registrar), browser_for(screener)
        start = "/workers/new?occupation=9211&language=es"
        assert first.post(start, {**self.form(), "mrz": "nonsense tokgivenq7"}).status == 422
        registered = first.post(start, self.form())
        assert registered.status == 302
        assert first.post(start, {**self.form(), "idempotency_key": "again"}).status == 422
        first.post("/workers/search", {"text": "tokgivenq7 tokfamilyz3"})
        at = registered.location
        assert second.post(f"{at}/confirm-identity", {"version": "1", "vouched": "y"}).status == 302
        assert second.post(f"{at}/check", self.check()).status == 302
        assert "toknotej6" in second.get(at).text
        return caplog

    def form(self):
        return {
            "document_kind": "passport",
            "document_issuer": "GT",
            "document_number": "TOKNUMX5521",
            "document_expires_on": ["31", "5", "2034"],
            "given_names": "tokgivenq7",
            "family_names": "tokfamilyz3",
            "name_latin": "toklatinw9",
            "born_on": ["14", "3", "1994"],
            "sex": "female",
            "nationality": "GT",
            "phone": "+50277193341",
            "email": "tokmailk2@example.org",
            "address": "tokaddressp8",
            "vulnerability": "tokprotectv4",
            "residence_country": "GT",
            "months_away_max": "9",
            "consents": ["registration", "matching"],
            "idempotency_key": "k1",
        }

    def check(self):
        return {
            "kind": "medical",
            "result": "passed",
            "provider": "Clinic",
            "checked_on": ["4", "5", "2026"],
            "note": "toknotej6",
            "idempotency_key": "k2",
        }

    def test_no_token_lies_in_the_database(self, walked, sessions):
        stored = everything(sessions)
        assert b"worker.register" in stored
        assert [token for token in self.TOKENS if token.encode() in stored] == []

    def test_no_token_lies_in_a_log(self, walked):
        assert [token for token in self.TOKENS if token in walked.text] == []

    def test_the_scan_would_find_one(self, walked, sessions):
        with write_tx(sessions) as session:
            session.scalars(sa.select(Worker)).one().state_reason = "tokgivenq7"
        assert b"tokgivenq7" in everything(sessions)


def everything(sessions):
    """Return all that the database holds: of SQLite the bytes of its files, of PostgreSQL every row as text."""
    with sessions() as session:
        bind = session.get_bind()
        if bind.dialect.name == "sqlite":
            file = Path(bind.url.database)
            return b"".join(part.read_bytes() for part in sorted(file.parent.glob(f"{file.name}*")))
        tables = sa.inspect(bind).get_table_names()
        rows = [session.scalars(sa.text(f'SELECT t::text FROM "{table}" t')).all() for table in tables]
        hexed = "\n".join(row for table in rows for row in table)
        plain = b"".join(bytes.fromhex(found) for found in re.findall(r"\\x((?:[0-9a-f]{2})+)", hexed))
        return hexed.encode() + plain
