"""Changing a registration: what changes in a life at any time, who somebody is until a second officer confirmed it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa

from mobility.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from mobility.models.accounts.organisations import Organisation
from mobility.models.accounts.users import User
from mobility.models.platform.audit import AuditEvent
from mobility.queries.lists import worker_lists
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.rules.basics.skills import Evidence
from mobility.rules.cases.workers import Sex, WorkerState
from mobility.security import audit
from mobility.security.audit_verification import verify
from mobility.security.projections import project_worker
from mobility.services.workers import changes as registration_changes
from mobility.services.workers import workers
from mobility.services.workers.registration import Details, Identity, PastWork
from tests.services.workers.test_workers import MRZ, paper, terms

POST = OrganisationKind.CONSULAR_POST


@pytest.fixture
def registrar(make):
    make.occupation("9211")
    make.asked_skill("S0001", of="9211")
    make.asked_skill("S0002", of="9211", essential=False)
    return make.actor(POST, "GT", Role.REGISTRATION_OFFICER)


@pytest.fixture
def worker(session, registrar, at):
    return workers.register(session, registrar, terms(), at=at)


def details(**changes):
    """Return the details of ``terms()``, with changes."""
    given = {name: getattr(terms(), name) for name in Details.__dataclass_fields__}
    return Details(**{**given, "employments": (), **changes})


def identity(**changes):
    given = {name: getattr(terms(), name) for name in Identity.__dataclass_fields__}
    return Identity(**{**given, **changes})


def change(session, actor, worker, at, new=None, who=None):
    return registration_changes.change(session, actor, worker.ref, new or details(), who, version=worker.version, at=at)


def read(session, actor, worker, keyring):
    return project_worker(actor, workers.get(session, actor, worker.ref), keyring)


class TestDetails:
    @pytest.mark.parametrize(
        ("changes", "told"),
        [
            ({"phone": "+502 4444 0000"}, "phone"),
            ({"phone": None}, "phone"),
            ({"email": "ana@example.org"}, "email"),
            ({"address": "Zona 1"}, "address"),
            ({"vulnerability": "Fled home"}, "vulnerability"),
            ({"residence_region": "GT-02"}, "residence_region"),
            ({"residence_country": "MX", "residence_region": None}, "residence_country,residence_region"),
            ({"reads_and_writes": False, "assisted": True}, "assisted,reads_and_writes"),
            ({"education_years": 9}, "education_years"),
            ({"displaced_by": "Storm 7"}, "displaced_by"),
            ({"destinations": ["US"]}, "destinations"),
            ({"sectors": ["fishing"]}, "sectors"),
            ({"earliest_start": date(2026, 8, 1)}, "earliest_start"),
            ({"months_away_max": 6}, "months_away_max"),
            (
                {"pay_floor_hourly": Decimal("11.25"), "pay_floor_currency": "CAD"},
                "pay_floor_currency,pay_floor_hourly",
            ),
            ({"languages": {"es": 6, "en": 4}}, "languages"),
            ({"languages": {"fr": 1}}, "languages"),
            ({"licences": ["tractor", "car"]}, "licences"),
            ({"licences": []}, "licences"),
            ({"skills": {"S0001": 4}}, "skills"),
            ({"skills": {"S0002": 1}}, "skills"),
            ({"skills": {}}, "skills"),
            ({}, ""),
        ],
    )
    def test_each_is_stored_and_named_without_its_content(self, session, registrar, worker, keyring, at, changes, told):
        change(session, registrar, worker, at, details(**changes))

        view = read(session, registrar, worker, keyring)
        for name, value in changes.items():
            if name == "skills":
                assert {held.code: held.level for held in view.skills} == value
            elif name == "licences":
                assert sorted(view.licences) == sorted(value)
            else:
                assert getattr(view, name) == value
        event = session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id.desc())).first()
        assert event.action == "worker.edit"
        assert f'"facts":{{"changed":"{told}"}}' in event.body

    def test_a_new_telephone_is_the_one_that_is_found_again(self, session, registrar, worker, at):
        before = worker.phone_index
        change(session, registrar, worker, at, details(phone="+502 4444 0000"))
        assert worker.phone_index not in {None, before}
        change(session, registrar, worker, at, details(phone=None))
        assert worker.phone_index is None

    @pytest.mark.parametrize("evidence", [Evidence.ATTESTED, Evidence.TESTED, Evidence.CREDENTIAL])
    def test_a_skill_that_rests_on_more_than_a_claim_is_neither_lowered_nor_dropped(
        self, session, registrar, worker, at, evidence
    ):
        worker.skills[0].evidence = evidence
        audit.record(session, registrar, "worker.check", worker, at=at)

        change(session, registrar, worker, at, details(skills={"S0001": 1, "S0002": 2}))
        change(session, registrar, worker, at, details(skills={}))

        assert [(held.skill.code, held.level, held.evidence) for held in worker.skills] == [("S0001", 3, evidence)]

    def test_a_further_job_is_added_and_what_was_on_file_stays(self, session, registrar, worker, at):
        new = details(employments=[PastWork("9211", "MX", 5, date(2026, 4, 1), returned_on_time=True)])
        change(session, registrar, worker, at, new)
        assert sorted(past.months for past in worker.employments) == [5, 18]

    @pytest.mark.parametrize(
        ("changes", "code", "field"),
        [
            ({"residence_region": "MX-CHP"}, "worker.region_elsewhere", "residence_region"),
            ({"pay_floor_currency": None}, "worker.currency_missing", "pay_floor_currency"),
            ({"skills": {"S9999": 1}}, "unknown_skill", "skills"),
            ({"employments": [PastWork("9999", "GT", 1)]}, "unknown_occupation", "work_1_occupation"),
            (
                {"employments": [PastWork("9211", "GT", 1, date(2027, 1, 1))]},
                "worker.work_in_future",
                "work_1_ended_on",
            ),
        ],
    )
    def test_what_does_not_hold_is_refused_at_its_field(self, session, registrar, worker, at, changes, code, field):
        with pytest.raises(InvalidError) as refused:
            change(session, registrar, worker, at, details(**changes))
        assert (refused.value.code, refused.value.field) == (code, field)

    def test_it_is_the_registration_officers_of_the_same_post_to_do(self, session, make, registrar, worker, at):
        post = session.get_one(Organisation, registrar.organisation_id)
        with pytest.raises(ForbiddenError):
            change(session, make.actor(POST, "GT", Role.SCREENING_OFFICER, of=post), worker, at)
        with pytest.raises(NotFoundError):
            change(session, make.actor(POST, "GT", Role.REGISTRATION_OFFICER), worker, at)

    def test_an_older_version_is_a_conflict(self, session, registrar, worker, at):
        with pytest.raises(ConflictError, match="stale"):
            registration_changes.change(session, registrar, worker.ref, details(), version=worker.version + 1, at=at)

    def test_an_erased_person_has_nothing_to_change(self, session, registrar, worker, at):
        worker.sealing_key = None
        session.flush()
        with pytest.raises(InvalidError, match=r"worker\.erased"):
            change(session, registrar, worker, at)

    @pytest.mark.parametrize("state", [WorkerState.READY, WorkerState.PROPOSED, WorkerState.PAUSED, WorkerState.ABROAD])
    def test_it_moves_nobody_from_where_they_stand(self, session, make, registrar, at, state):
        someone = make.worker(registrar, state)
        change(session, registrar, someone, at, details(phone="+502 4444 0000"))
        assert someone.state is state


class TestIdentity:
    def test_a_slip_is_mended_before_anybody_confirmed_it_and_the_person_is_found_by_the_right_name(
        self, session, registrar, worker, keyring, at
    ):
        right = identity(family_names="López Gálvez", born_on=date(1994, 3, 15), sex=Sex.UNSPECIFIED)
        change(session, registrar, worker, at, who=right)

        view = read(session, registrar, worker, keyring)
        assert (view.family_names, view.born_on, view.sex) == ("López Gálvez", date(1994, 3, 15), Sex.UNSPECIFIED)
        assert worker_lists.found(session, registrar, "Ana María López Gálvez") == [worker]
        assert worker_lists.found(session, registrar, "Ana María López García") == []

    def test_the_number_is_mended_and_the_right_one_is_known_from_then_on(
        self, session, registrar, worker, keyring, at
    ):
        change(session, registrar, worker, at, who=identity(paper=paper(number="B12345678")))

        assert read(session, registrar, worker, keyring).documents[0].number == "B12345678"
        with pytest.raises(ConflictError, match="document_known"):
            workers.register(session, registrar, terms(family_names="X", paper=paper(number="B12345678")), at=at)
        assert workers.register(session, registrar, terms(family_names="Y"), at=at).ref

    def test_a_zone_that_is_typed_later_counts(self, session, registrar, worker, at):
        change(session, registrar, worker, at, who=identity(paper=paper(mrz=MRZ)))
        assert worker.documents[0].mrz_valid is True
        with pytest.raises(InvalidError, match="document_match"):
            change(session, registrar, worker, at, who=identity(paper=paper(mrz=MRZ), family_names="Pérez"))

    def test_a_zone_on_file_stays_and_is_held_against_the_correction(self, session, registrar, keyring, at):
        worker = workers.register(session, registrar, terms(paper=paper(mrz=MRZ)), at=at)
        change(session, registrar, worker, at, who=identity(sex=Sex.UNSPECIFIED))
        assert worker.documents[0].mrz_valid is True
        with pytest.raises(InvalidError, match=r"document_match\.birth_differs"):
            change(session, registrar, worker, at, who=identity(born_on=date(1994, 3, 15)))

    def test_nothing_corrected_is_nothing_told(self, session, registrar, worker, at):
        change(session, registrar, worker, at, who=identity())
        event = session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id.desc())).first()
        assert '"changed":""' in event.body

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"born_on": date(2015, 1, 1)}, "worker.too_young"),
            ({"nationalities": ["HN"]}, "worker.other_national"),
            ({"paper": paper(expires_on=date(2026, 5, 3))}, "identity_document.invalid"),
        ],
    )
    def test_it_is_held_to_what_holds_at_registration(self, session, registrar, worker, at, changes, code):
        with pytest.raises(InvalidError) as refused:
            change(session, registrar, worker, at, who=identity(**changes))
        assert refused.value.code == code

    def test_nobody_becomes_somebody_else_who_is_on_the_register(self, session, registrar, worker, at):
        other = terms(family_names="Otra", born_on=date(1990, 1, 1), paper=paper(number="C1"))
        taken = workers.register(session, registrar, other, at=at)
        with pytest.raises(ConflictError) as refused:
            change(session, registrar, worker, at, who=identity(paper=paper(number="C1")))
        assert refused.value.what == taken.ref
        as_other = identity(family_names="Otra", born_on=date(1990, 1, 1))
        with pytest.raises(InvalidError, match=r"worker\.same_name"):
            change(session, registrar, worker, at, who=as_other)
        change(session, registrar, worker, at, who=replace(as_other, same_name_confirmed=True))
        assert worker.born_on == date(1990, 1, 1)

    def test_once_confirmed_it_is_settled(self, session, make, registrar, worker, at):
        post = session.get_one(Organisation, registrar.organisation_id)
        screener = make.actor(POST, "GT", Role.SCREENING_OFFICER, of=post)
        workers.confirm_identity(session, screener, worker.ref, vouched=True, version=worker.version, at=at)
        with pytest.raises(ConflictError, match=r"worker\.identity_confirmed"):
            change(session, registrar, worker, at, who=identity(family_names="Otra"))


def test_the_log_stays_true(session, registrar, worker, at):
    audit.record_many(
        session,
        registrar,
        "organisation.create",
        Organisation,
        [registrar.organisation_id, registrar.ministry_id],
        at=at,
    )
    audit.record_many(session, registrar, "user.create", User, [registrar.user_id], at=at)
    new = details(skills={"S0002": 2}, languages={"fr": 2}, licences=["car"], employments=[PastWork("9211", "GT", 2)])
    change(session, registrar, worker, at, new, identity(given_names="Ana"))
    assert verify(session, None).faults == ()
