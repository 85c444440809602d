from collections import Counter

import sqlalchemy as sa

from mobility.models.accounts.users import User
from mobility.models.workers.papers import Check, Consent, IdentityDocument
from mobility.models.workers.profiles import WorkerLanguage, WorkerSkill
from mobility.models.workers.workers import Worker
from mobility.rules.cases.workers import Sex, WorkerState
from mobility.security.keyring import open_with, seal_with
from tests.demo import worlds


def everybody(session):
    return list(session.scalars(sa.select(Worker).order_by(Worker.id)))


def test_women_and_men_of_all_five_origins_and_displaced_people(look):
    people = everybody(look)
    assert len(people) == worlds.WORKERS
    women = sum(worker.sex is Sex.FEMALE for worker in people) / len(people)
    assert 0.3 <= women <= 0.5
    assert {worker.origin_country for worker in people} == {"GT", "HN", "SV", "JM", "HT"}
    assert any(worker.displaced_by for worker in people)


def test_most_are_ready_and_some_are_not(look):
    states = Counter(worker.state for worker in everybody(look))
    assert states[WorkerState.READY] + states[WorkerState.PROPOSED] > worlds.WORKERS * 0.6
    assert {WorkerState.ACTION_NEEDED, WorkerState.SCREENING, WorkerState.REGISTERED} <= states.keys()


def test_some_papers_have_run_out(look):
    expired = sa.select(IdentityDocument.worker_id).where(IdentityDocument.expires_on < worlds.TODAY)
    people = list(look.scalars(sa.select(Worker).where(Worker.id.in_(expired))))
    assert people
    assert {worker.state for worker in people} == {WorkerState.ACTION_NEEDED}


def test_there_are_near_duplicates_born_on_the_same_day_with_almost_the_same_name(look):
    people = zip(everybody(look), worlds.opened(look), strict=True)
    seen, twins = {}, 0
    for worker, (given, family, _, _) in people:
        other = seen.setdefault((worker.born_on, worker.sex, worker.origin_country, given), family)
        twins += other != family
    assert twins >= 1


def test_the_telephone_numbers_are_of_no_country(look):
    phones = [phone for _, _, phone, _ in worlds.opened(look)]
    assert all(phone.startswith("+000 ") for phone in phones)


def test_everybody_has_a_document_a_language_skills_and_consents(look):
    for model in (IdentityDocument, WorkerLanguage, WorkerSkill, Consent):
        owners = set(look.scalars(sa.select(model.worker_id)))
        assert len(owners) == worlds.WORKERS, model


def test_who_registered_is_not_who_checked_and_both_serve_the_worker_s_country(look):
    officers = {user.id: user for user in look.scalars(sa.select(User).options(sa.orm.joinedload(User.organisation)))}
    for worker in everybody(look):
        assert officers[worker.registered_by_id].organisation.country == worker.origin_country
        assert worker.identity_checked_by_id != worker.registered_by_id


def test_no_check_lies_in_the_future(look):
    assert look.scalar(sa.select(sa.func.max(Check.checked_on))) <= worlds.TODAY


def test_ready_people_have_current_papers_and_checks(look):
    ready = sa.select(Worker.id).where(Worker.state == WorkerState.READY)
    until = (
        sa.select(sa.func.max(Check.valid_until))
        .where(Check.worker_id.in_(ready))
        .group_by(Check.worker_id, Check.kind)
    )
    assert min(look.scalars(until)) > worlds.TODAY


def test_a_sealed_field_opens_with_the_worker_s_key_alone(look, keyring):
    worker = everybody(look)[0]
    assert worker.given_names not in {None, b""}
    sealed = seal_with(keyring.index_key, 0, "x", b"text")
    assert open_with(keyring.index_key, "x", sealed) == b"text"
    assert worlds.opened(look)[0][0].encode() not in worker.given_names
