"""What each actor reads of a worker, field by field; planted tokens come out where the policy says and nowhere else."""

from dataclasses import asdict, fields
from datetime import date
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from mobility.models.accounts.organisations import Organisation
from mobility.models.proposals import MatchProposal
from mobility.models.vacancies import Vacancy
from mobility.models.workers.workers import Worker
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.rules.cases.consents import ConsentPurpose
from mobility.rules.cases.proposals import ProposalState
from mobility.rules.cases.workers import Sex, WorkerState
from mobility.security.projections import (
    ALL,
    FIELD_POLICY,
    LINE,
    PROFILE,
    SEALED,
    may_know_names,
    project_worker,
    readable,
)
from mobility.security.worker_views import WorkerView

POST, ORIGIN = OrganisationKind.CONSULAR_POST, OrganisationKind.ORIGIN_MINISTRY
DESTINATION = OrganisationKind.DESTINATION_MINISTRY

#: Written by hand, not taken from the table: who reads what.
CASE = {
    "state",
    "created_at",
    "confirmed_at",
    "skills",
    "languages",
    "licences",
    "employments",
    "checks",
    "reads_and_writes",
    "education_years",
    "earliest_start",
    "months_away_max",
}
WISHES = {"destinations", "sectors", "pay_floor_hourly", "pay_floor_currency", "documents"}
PLACE = {"origin_country", "post_name", "residence_country", "employment_countries"}
FILE = {"residence_region", "displaced_by", "state_reason", "review_on", "assisted", "consents", "check_people"}
PERSON = {"given_names", "family_names", "name_latin", "born_on", "nationalities", "document_issuers"}
CONTACT = {"phone", "email", "address"}
SECRET = {"sex", "dependants", "vulnerability", "document_numbers", "check_notes"}
EXPECTED = {
    "registrar": CASE | WISHES | PLACE | FILE | PERSON | CONTACT | SECRET,
    "screener": CASE | WISHES | PLACE | FILE | PERSON | CONTACT | SECRET,
    "other_post": set(),
    "case_officer": CASE | WISHES | PLACE | FILE | PERSON | CONTACT,
    "origin_reviewer": CASE | WISHES | PLACE | FILE,
    "reviewer_and_case_officer": CASE | WISHES | PLACE | FILE,
    "origin_administrator": CASE | WISHES | PLACE | FILE,
    "other_ministry": set(),
    "destination_reviewer": CASE | WISHES,
    "destination_scheme_officer": CASE | WISHES,
    "destination_administrator": CASE | WISHES,
    "auditor": CASE,
    "appeals_officer": CASE,
    "employer": set(),
    "operator": set(),
}
TOKENS = {
    "given_names": "tok-given-4f1c",
    "family_names": "tok-family-88d2",
    "name_latin": "tok-latin-19ab",
    "phone": "+502 7719 3341",
    "email": "tok-mail-5c0e@example.org",
    "address": "tok-address-e7f3",
    "vulnerability": "tok-protection-02d9",
}
NUMBER, NOTE, PROVIDER = "TOKNUM64A1", "tok-note-b3c7", "tok-provider-77aa"


@pytest.fixture
def cast(session, make):
    registrar = make.actor(POST, "GT", Role.REGISTRATION_OFFICER)
    post = session.get_one(Organisation, registrar.organisation_id)
    ministry = session.get_one(Organisation, registrar.ministry_id)
    return {
        "registrar": registrar,
        "screener": make.actor(POST, "GT", Role.SCREENING_OFFICER, of=post),
        "other_post": make.actor(POST, "GT", Role.REGISTRATION_OFFICER),
        "case_officer": make.actor(ORIGIN, "GT", Role.SCHEME_OFFICER, of=ministry),
        "origin_reviewer": make.actor(ORIGIN, "GT", Role.REVIEWER, of=ministry),
        "reviewer_and_case_officer": make.actor(ORIGIN, "GT", Role.REVIEWER, Role.SCHEME_OFFICER, of=ministry),
        "origin_administrator": make.actor(ORIGIN, "GT", Role.ADMINISTRATOR, of=ministry),
        "other_ministry": make.actor(ORIGIN, "HN", Role.SCHEME_OFFICER),
        "destination_reviewer": make.actor(DESTINATION, "US", Role.REVIEWER),
        "destination_scheme_officer": make.actor(DESTINATION, "US", Role.SCHEME_OFFICER),
        "destination_administrator": make.actor(DESTINATION, "US", Role.ADMINISTRATOR),
        "auditor": make.actor(OrganisationKind.OVERSIGHT_BODY, "US", Role.AUDITOR),
        "appeals_officer": make.actor(OrganisationKind.OVERSIGHT_BODY, "US", Role.APPEALS_OFFICER),
        "employer": make.actor(OrganisationKind.EMPLOYER, "US", Role.RECRUITER),
        "operator": make.actor(OrganisationKind.OPERATOR, "US", Role.OPERATOR),
    }


@pytest.fixture
def worker(session, make, cast):
    made = make.worker(cast["registrar"], number=NUMBER, note=NOTE, provider=PROVIDER, displaced_by="storm", **TOKENS)
    loaded = sa.select(Worker).where(Worker.id == made.id).options(*PROFILE)
    return session.scalars(loaded.execution_options(populate_existing=True)).one()


def proposal(worker, state=ProposalState.GENERATED, *, country="US", approved=False, worker_id=None):
    return MatchProposal(
        worker_id=worker_id or worker.id,
        vacancy=Vacancy(country=country),
        state=state,
        approved_by_id=1 if approved else None,
    )


def told(view):
    """Return everything that a view says, as one text."""
    return repr(asdict(view))


class TestTable:
    def test_every_field_of_a_view_has_its_policy(self):
        shown = {field.name for field in fields(WorkerView)} - {"ref", "hidden", "erased"}
        inside = {"employment_countries", "check_people", "check_notes", "document_numbers", "document_issuers"}
        assert set(FIELD_POLICY) == shown | inside == ALL

    def test_every_sealed_column_of_the_model_has_its_policy(self):
        sealed = {column.name for column in Worker.__table__.c if type(column.type).__name__ == "Sealed"}
        assert sealed == SEALED <= ALL

    def test_no_policy_is_empty(self):
        assert all(FIELD_POLICY.values())

    def test_a_list_shows_fields_of_the_table_alone(self):
        assert LINE <= ALL


class TestWho:
    @pytest.mark.parametrize("who", EXPECTED)
    def test_each_reads_what_is_theirs_before_any_decision(self, cast, worker, who):
        assert readable(cast[who], worker) == EXPECTED[who]
        assert readable(cast[who], worker, proposal(worker)) == EXPECTED[who]

    @pytest.mark.parametrize("who", EXPECTED)
    def test_planted_tokens_come_out_where_the_policy_says_and_nowhere_else(self, cast, worker, keyring, who):
        view = project_worker(cast[who], worker, keyring)
        out = {name for name, token in TOKENS.items() if token in told(view)}
        assert out == EXPECTED[who] & set(TOKENS)
        assert (NUMBER in told(view)) == ("document_numbers" in EXPECTED[who])
        assert (NOTE in told(view)) == ("check_notes" in EXPECTED[who])
        assert (PROVIDER in told(view)) == ("check_people" in EXPECTED[who])

    @pytest.mark.parametrize("who", EXPECTED)
    def test_what_is_hidden_is_empty_and_named(self, cast, worker, keyring, who):
        view = project_worker(cast[who], worker, keyring)
        assert view.hidden == ALL - EXPECTED[who]
        for name in view.hidden & {field.name for field in fields(WorkerView)}:
            assert not getattr(view, name), name

    @pytest.mark.parametrize("who", ["origin_reviewer", "destination_reviewer", "auditor"])
    def test_whoever_judges_is_blind_to_who_the_person_is(self, cast, worker, keyring, who):
        view = project_worker(cast[who], worker, keyring, proposal=proposal(worker, ProposalState.ENDORSED))
        assert (view.name, view.sex, view.born_on, view.nationalities, view.phone) == (None,) * 5
        assert str(worker.born_on) not in told(view)
        assert "GT" not in told(view) or who == "origin_reviewer"
        assert [past.abroad for past in view.employments] == [False]
        assert [skill.code for skill in view.skills] == ["S0001"]


class TestApproval:
    @pytest.mark.parametrize("state", list(ProposalState))
    @pytest.mark.parametrize("who", ["destination_reviewer", "destination_scheme_officer"])
    def test_the_destination_learns_the_person_once_it_has_approved(self, cast, worker, who, state):
        known = state.value in {"approved", "accepted", "selected", "placed"}
        read = readable(cast[who], worker, proposal(worker, state, approved=True))
        assert read == (CASE | WISHES | PLACE | PERSON if known else CASE | WISHES)

    def test_selection_before_approval_tells_nothing(self, cast, worker):
        chosen = proposal(worker, ProposalState.SELECTED)
        assert readable(cast["destination_reviewer"], worker, chosen) == CASE | WISHES

    def test_an_administrator_never_learns_the_person(self, cast, worker):
        approved = proposal(worker, ProposalState.APPROVED, approved=True)
        assert readable(cast["destination_administrator"], worker, approved) == CASE | WISHES

    def test_contact_and_papers_stay_at_home_even_then(self, cast, worker, keyring):
        approved = proposal(worker, ProposalState.PLACED, approved=True)
        view = project_worker(cast["destination_reviewer"], worker, keyring, proposal=approved)
        assert view.name == f"{TOKENS['given_names']} {TOKENS['family_names']}"
        assert view.documents[0].issuer == "GT"
        for secret in (TOKENS["phone"], TOKENS["email"], TOKENS["address"], TOKENS["vulnerability"], NUMBER, NOTE):
            assert secret not in told(view)

    @pytest.mark.parametrize(
        "other", [{"country": "CA"}, {"worker_id": 999_999}], ids=["another country", "another worker"]
    )
    def test_a_proposal_of_somebody_else_opens_nothing(self, cast, worker, other):
        approved = proposal(worker, ProposalState.APPROVED, approved=True, **other)
        assert readable(cast["destination_reviewer"], worker, approved) == set()

    def test_a_withdrawn_consent_closes_the_file_again_at_once(self, cast, worker, at):
        approved = proposal(worker, ProposalState.APPROVED, approved=True)
        for consent in worker.consents:
            if consent.purpose is ConsentPurpose.SHARE_WITH_DESTINATION:
                consent.withdrawn_at = at
        assert readable(cast["destination_reviewer"], worker, approved) == CASE | WISHES

    def test_the_origin_s_reviewer_stays_blind(self, cast, worker):
        approved = proposal(worker, ProposalState.APPROVED, approved=True)
        assert readable(cast["origin_reviewer"], worker, approved) == EXPECTED["origin_reviewer"]


class TestViews:
    def test_the_post_reads_the_whole_file(self, cast, worker, keyring):
        view = project_worker(cast["registrar"], worker, keyring)
        assert (view.sex, view.born_on, view.nationalities) == (Sex.FEMALE, date(1994, 3, 14), ["GT"])
        assert view.languages == {"es": 6, "en": 3}
        assert view.documents[0].number == NUMBER
        assert {check.note for check in view.checks} == {NOTE, None}
        assert {consent.purpose for consent in view.consents} == set(ConsentPurpose)

    def test_only_what_is_wanted_is_looked_at(self, session, cast, worker, keyring):
        ref = worker.ref
        session.expunge_all()
        bare = session.scalars(sa.select(Worker).where(Worker.ref == ref)).one()
        view = project_worker(cast["registrar"], bare, keyring, only=LINE)
        assert (view.name, view.state, view.hidden) == (
            f"{TOKENS['given_names']} {TOKENS['family_names']}",
            WorkerState.READY,
            frozenset(),
        )
        assert view.phone is None

    def test_an_erased_person_is_nobody_to_everybody(self, cast, worker, keyring):
        worker.sealing_key = None
        view = project_worker(cast["registrar"], worker, keyring)
        assert view.erased
        assert (view.name, view.phone, view.documents[0].number) == (None, None, None)
        assert view.skills

    def test_a_view_never_prints_what_it_holds(self, cast, worker, keyring):
        view = project_worker(cast["registrar"], worker, keyring)
        for shown in (repr(view), repr(view.documents), repr(view.checks), repr(worker)):
            assert not [token for token in (*TOKENS.values(), NUMBER, NOTE) if token in shown]

    def test_a_view_cannot_be_changed(self, cast, worker, keyring):
        view = project_worker(cast["auditor"], worker, keyring)
        with pytest.raises(AttributeError):
            view.given_names = "x"

    @pytest.mark.parametrize("who", EXPECTED)
    def test_names_are_looked_up_by_those_alone_who_read_them_unasked(self, cast, worker, who):
        somewhere = EXPECTED[who] or ({"given_names"} if who in {"other_post", "other_ministry"} else set())
        assert may_know_names(cast[who]) == ("given_names" in somewhere)


class TestPages:
    """Tokens of one worker on the pages of everybody who may open anything."""

    @pytest.fixture
    def opened(self, session, cast, worker, browser_for):
        people = SimpleNamespace(cast=cast, ref=worker.ref)
        session.commit()
        return lambda who: _pages(browser_for(people.cast[who]), people.ref)

    @pytest.mark.parametrize("who", EXPECTED)
    def test_no_page_shows_more_than_the_policy(self, opened, who):
        texts = opened(who)
        shown = {name for name, token in TOKENS.items() for text in texts if token in text}
        assert shown <= EXPECTED[who] & set(TOKENS)
        for secret, name in ((NUMBER, "document_numbers"), (NOTE, "check_notes"), (PROVIDER, "check_people")):
            assert name in EXPECTED[who] or not [text for text in texts if secret in text]

    def test_the_post_s_page_does_show_them(self, opened):
        whole = "".join(opened("registrar"))
        assert not [token for token in (*TOKENS.values(), NUMBER, NOTE, PROVIDER) if token not in whole]


def _pages(browser, ref):
    """Open every page that could show the worker; returns the texts, addresses and headers included."""
    addresses = ["/", "/workers/", "/workers/?state=ready", f"/workers/{ref}", f"/workers/{ref}/check"]
    addresses += [f"/workers/{ref}/consents/", "/proposals/", "/match_runs/", "/audit/", "/no-such-page"]
    answers = [browser.client.get(address) for address in addresses]
    answers.append(browser.client.post("/workers/search", data={"text": ref}))
    answers.append(browser.client.post("/workers/search", data={"text": "tok-given-4f1c tok family 88d2x"}))
    answers.append(browser.client.post(f"/workers/{ref}/confirm-identity", data={"version": "1"}))
    searched = [answer.get_data(as_text=True) for answer in answers]
    searched[-2] = searched[-2].replace("tok-given-4f1c tok family 88d2x", "")
    return [text + str(answer.headers) for text, answer in zip(searched, answers, strict=True)]
