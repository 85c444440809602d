"""One request, however often it is sent, has one effect and one answer."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from mobility.db import write_tx
from mobility.errors import ConflictError
from mobility.models.accounts.organisations import Organisation
from mobility.models.platform.jobs import IdempotencyKey
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.services.platform import idempotency


@pytest.fixture
def people(session, make):
    made = [
        make.actor(OrganisationKind.DESTINATION_MINISTRY, country, Role.SHORTAGE_OFFICER) for country in ("US", "CA")
    ]
    session.commit()
    return made


@pytest.fixture
def actor(people):
    return people[0]


def create(sessions, actor, key, content, at, *, fail=False):
    with write_tx(sessions) as session:
        known = idempotency.begin(session, actor, key, content, at=at)
        if known is not None:
            return known
        made = Organisation(kind=OrganisationKind.EMPLOYER, name=f"made {key}", country="US")
        session.add(made)
        session.flush()
        if fail:
            raise RuntimeError
        idempotency.finish(session, actor, key, made.ref)
        return made.ref


def effects(sessions):
    with sessions() as session:
        return session.scalar(sa.select(sa.func.count()).where(Organisation.name.like("made %")))


def test_sixteen_threads_and_four_keys_make_four_things_with_one_answer_each(sessions, actor, at):
    gate = threading.Barrier(16)

    def one(number):
        gate.wait()
        return number % 4, create(sessions, actor, f"key{number % 4}", "same", at)

    with ThreadPoolExecutor(16) as pool:
        answers = set(pool.map(one, range(16)))
    assert len(answers) == 4
    assert effects(sessions) == 4


def test_the_key_with_other_content_is_a_conflict_and_has_no_effect(sessions, actor, at):
    create(sessions, actor, "key", "one", at)
    with pytest.raises(ConflictError, match="key_reused"):
        create(sessions, actor, "key", "two", at)
    assert effects(sessions) == 1


def test_a_request_that_fails_leaves_nothing_and_frees_its_key(sessions, actor, at):
    with pytest.raises(RuntimeError):
        create(sessions, actor, "key", "one", at, fail=True)
    assert effects(sessions) == 0
    with sessions() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(IdempotencyKey)) == 0
    assert create(sessions, actor, "key", "two", at).startswith("O-")


def test_two_people_may_have_the_same_key(sessions, people, at):
    actor, other = people
    assert create(sessions, actor, "key", "one", at) != create(sessions, other, "key", "two", at)


def test_a_claim_that_was_never_finished_is_a_conflict(sessions, actor, at):
    with write_tx(sessions) as session:
        idempotency.begin(session, actor, "key", "one", at=at)
    with pytest.raises(ConflictError):
        create(sessions, actor, "key", "one", at)


def test_only_a_hash_of_the_content_is_kept(sessions, actor, at):
    create(sessions, actor, "key", "Ana María", at)
    with sessions() as session:
        kept = session.scalars(sa.select(IdempotencyKey)).one()
    assert kept.fingerprint == idempotency.fingerprint("Ana María")
    assert "Ana" not in repr(vars(kept))
