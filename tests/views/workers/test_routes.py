"""Pages of workers: registering, searching, screening, consents; and what nobody else reads on them."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from mobility.clock import now
from mobility.db import write_tx
from mobility.models.accounts.organisations import Organisation
from mobility.models.workers.papers import Check, Consent
from mobility.models.workers.workers import Worker
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.rules.basics.places import day_in
from mobility.rules.cases.checks import CheckKind
from mobility.rules.cases.consents import ConsentPurpose
from mobility.rules.cases.workers import WorkerState
from tests.factories import Make
from tests.web import HTML

POST = OrganisationKind.CONSULAR_POST
MRZ = "P<GTMLOPEZ<GARCIA<<ANA<MARIA<<<<<<<<<<<<<<<<\nA123456784GTM9403143F3405318<<<<<<<<<<<<<<<8"
START = "/workers/new?occupation=9211&language=es"
FORM = {
    "document_kind": "passport",
    "document_issuer": "GT",
    "document_number": "A12345678",
    "document_expires_on": ["31", "5", "2034"],
    "mrz": MRZ,
    "given_names": "Ana María",
    "family_names": "López García",
    "born_on": ["14", "3", "1994"],
    "sex": "female",
    "nationality": "GT",
    "phone": "+502 5555 0100",
    "residence_country": "GT",
    "residence_region": "GT-01",
    "skill_S0001": "3",
    "language_es": "6",
    "language_en": "2",
    "licences": ["tractor"],
    "reads_and_writes": "y",
    "work-0-occupation": "Occupation 9211 (9211)",
    "work-0-country": "GT",
    "work-0-months": "18",
    "work-0-ended_on": ["31", "1", "2026"],
    "destinations": ["US", "CA"],
    "months_away_max": "9",
    "consents": ["registration", "matching"],
    "idempotency_key": "k1",
}


@pytest.fixture
def cast(session, make):
    """Everybody who opens pages here."""
    registrar = make.actor(POST, "GT", Role.REGISTRATION_OFFICER)
    post = session.get_one(Organisation, registrar.organisation_id)
    ministry = session.get_one(Organisation, registrar.ministry_id)
    make.asked_skill("S0001", of="9211")
    make.asked_skill("S0002", of="9211", essential=False)
    people = SimpleNamespace(
        registrar=registrar,
        screener=make.actor(POST, "GT", Role.SCREENING_OFFICER, of=post),
        both=make.actor(POST, "GT", Role.REGISTRATION_OFFICER, Role.SCREENING_OFFICER, of=post),
        stranger=make.actor(POST, "GT", Role.REGISTRATION_OFFICER),
        reviewer=make.actor(OrganisationKind.ORIGIN_MINISTRY, "GT", Role.REVIEWER, of=ministry),
    )
    session.commit()
    return people


@pytest.fixture
def registrar(cast):
    return cast.registrar


@pytest.fixture
def screener(cast):
    return cast.screener


@pytest.fixture
def filed(cast, sessions, at):
    """Return a function that puts a worker on file and returns their address."""

    def file(state=WorkerState.REGISTERED, by=None, **values):
        with write_tx(sessions) as session:
            return f"/workers/{Make(session, at).worker(by or cast.registrar, state, **values).ref}"

    return file


def labels(page):
    return ["".join(label.itertext()).strip() for label in page.page.iter(f"{HTML}label")]


class TestRegistration:
    def test_the_first_page_asks_for_the_work_and_the_second_for_its_skills(self, registrar, browser_for):
        browser = browser_for(registrar)
        first = browser.get("/workers/new")
        second = browser.get(START)
        assert "Step 1 of 2" in first.text
        assert {"Skill S0001", "Skill S0002"} <= set(labels(second))
        assert labels(second).index("Skill S0001") < labels(second).index("Skill S0002")

    def test_without_an_occupation_one_stays_on_the_first_page(self, registrar, browser_for):
        browser = browser_for(registrar)
        wrong = browser.get("/workers/new?occupation=&language=es")
        unknown = browser.get("/workers/new?occupation=0000&language=xx")
        assert wrong.status == unknown.status == 422
        assert wrong.errors == ["What work does the person do?: Choose an occupation"]
        assert browser.post("/workers/new", FORM).status == 422

    def test_the_consents_are_in_the_language_of_the_worker_not_of_the_page(self, registrar, browser_for):
        page = browser_for(registrar).get(START)
        part = page.text.index('<div lang="es">')
        assert page.text.index('name="consents"') > part

    def test_a_person_is_registered_and_the_next_step_is_somebody_elses(self, registrar, browser_for, sessions):
        browser = browser_for(registrar)

        answer = browser.post(START, FORM)
        page = browser.get(answer.location)

        assert answer.status == 302
        assert page.heading == "Ana María López García"
        assert "A screening officer of this post who did not register the person" in page.text
        assert "Read, and they add up" in page.text
        with sessions() as session:
            worker = session.scalars(sa.select(Worker)).one()
            assert (worker.state, worker.months_away_max, worker.destinations) == (
                WorkerState.REGISTERED,
                9,
                ["US", "CA"],
            )

    def test_the_same_form_sent_twice_registers_once(self, registrar, browser_for, sessions):
        browser = browser_for(registrar)
        first, second = browser.post(START, FORM), browser.post(START, FORM)
        assert first.location == second.location
        with sessions() as session:
            assert len(session.scalars(sa.select(Worker)).all()) == 1

    def test_an_empty_form_says_what_is_missing(self, registrar, browser_for):
        answer = browser_for(registrar).post(START, {})
        assert answer.status == 422
        assert "Given names: Enter the given names" in answer.errors
        assert "Birth date: Enter the birth date" in answer.errors
        assert "Number: Enter the number of the document" in answer.errors

    def test_a_wrong_zone_is_told_by_line_and_position_and_nothing_typed_is_lost(self, registrar, browser_for):
        answer = browser_for(registrar).post(START, {**FORM, "mrz": MRZ.replace("A123456784", "A123456785")})
        assert answer.status == 422
        assert len(answer.errors) == 1
        assert "Line 2, position 10" in answer.errors[0]
        for typed in ("López García", "A12345678", "+502 5555 0100", "A123456785GTM"):
            assert typed in answer.text

    @pytest.mark.parametrize(
        ("changes", "error"),
        [
            ({"phone": "call me"}, "Telephone: Enter a telephone number with its country code"),
            ({"email": "ana"}, "E-mail: Enter an e-mail address such as name@example.org"),
            ({"nationality": "HN"}, "Nationality: A consular post registers nationals of its own country only."),
            ({"residence_region": "MX-CHP"}, "Region where they live: This region lies in another country."),
            ({"born_on": ["1", "1", "2015"], "mrz": ""}, "Birth date: Nobody under 16 is registered."),
            ({"document_expires_on": ["1", "1", "2020"], "mrz": ""}, "Valid until: The identity document has run out."),
            ({"work-0-country": ""}, "Country: Choose a country"),
            ({"work-1-months": "5"}, "Occupation: Choose an occupation"),
            ({"work-0-ended_on": ["1", "1", "2099"]}, "Until: This day is still to come."),
            ({"work-0-occupation": "1111"}, "Occupation: No occupation is like these words."),
        ],
    )
    def test_each_field_says_what_is_wrong_with_it(self, registrar, browser_for, changes, error):
        answer = browser_for(registrar).post(START, {**FORM, **changes})
        assert answer.status == 422
        assert [each for each in answer.errors if each.startswith(error)], answer.errors

    def test_nobody_is_registered_who_does_not_agree(self, registrar, browser_for):
        answer = browser_for(registrar).post(START, {**FORM, "consents": ["registration"]})
        assert answer.status == 422
        assert "Nobody is registered without agreeing" in answer.errors[0]

    def test_a_known_document_names_the_other_file_of_the_same_post(self, registrar, browser_for):
        browser = browser_for(registrar)
        ref = browser.post(START, FORM).location.rpartition("/")[2]
        answer = browser.post(START, {**FORM, "mrz": "", "family_names": "Otra", "idempotency_key": "k2"})
        assert answer.errors == [f"Number: A worker is already registered with this document. {ref}"]

    def test_a_namesake_is_registered_once_the_officer_has_made_sure(self, registrar, browser_for):
        browser = browser_for(registrar)
        browser.post(START, FORM)
        again = {**FORM, "mrz": "", "document_number": "B1", "idempotency_key": "k2"}

        asked = browser.post(START, again)
        done = browser.post(START, {**again, "same_name_confirmed": "y", "idempotency_key": "k3"})

        assert asked.status == 422
        assert "same_name_confirmed" in asked.text
        assert done.status == 302

    @pytest.mark.parametrize("role", [Role.SCREENING_OFFICER])
    def test_a_screening_officer_is_not_offered_it(self, screener, browser_for, role):
        browser = browser_for(screener)
        assert "Register a person" not in browser.get("/workers/").text
        assert browser.get("/workers/new").status == 404


class TestLists:
    def test_a_post_reads_names_and_filters_by_state(self, registrar, filed, browser_for):
        filed(given_names="Berta", family_names="Xol")
        browser = browser_for(registrar)
        assert "Berta Xol" in browser.get("/workers/?state=registered").text
        assert "Berta Xol" not in browser.get("/workers/?state=ready").text
        assert browser.get("/workers/?state=nonsense&page=-1").status == 200

    def test_another_post_reads_nothing(self, cast, filed, browser_for):
        address = filed(given_names="Berta", family_names="Xol")
        browser = browser_for(cast.stranger)
        assert "No worker fits." in browser.get("/workers/").text
        assert browser.get(address).status == 404
        assert "Berta" not in browser.post("/workers/search", {"text": "Berta Xol"}).text.replace(
            'value="Berta Xol"', ""
        )

    def test_a_search_is_a_form_and_no_address(self, registrar, filed, browser_for):
        filed(given_names="Berta", family_names="Xol")
        browser = browser_for(registrar)
        assert "Berta Xol</a>" in browser.post("/workers/search", {"text": "berta xol"}).text
        assert browser.get("/workers/search?text=berta").status == 404
        assert browser.post("/workers/search", {"text": ""}).status == 422

    def test_a_reference_finds_too(self, registrar, filed, browser_for):
        address = filed(given_names="Berta", family_names="Xol")
        ref = address.rpartition("/")[2]
        assert address in browser_for(registrar).post("/workers/search", {"text": ref.lower()}).text

    def test_a_reviewer_sees_references_alone(self, cast, filed, browser_for):
        address = filed(given_names="Berta", family_names="Xol")
        browser = browser_for(cast.reviewer)

        listed, shown = browser.get("/workers/"), browser.get(address)

        assert address in listed.text
        assert shown.heading == address.rpartition("/")[2]
        assert "without name, contact, sex, age and nationality" in shown.text
        for page in (listed, shown, browser.post("/workers/search", {"text": "Berta Xol"})):
            assert "Berta</" not in page.text
            assert "Xol</" not in page.text


class TestScreening:
    def test_from_registration_to_ready(self, registrar, screener, browser_for, sessions):
        address = browser_for(registrar).post(START, FORM).location
        browser = browser_for(screener)
        today = day_in("GT", now())

        assert browser.post(f"{address}/confirm-identity", {"version": "1"}).status == 302
        for number, kind in enumerate(("police", "medical", "trade_test")):
            sent = {
                "kind": kind,
                "result": "passed",
                "provider": "National office",
                "checked_on": [str(today.day), str(today.month), str(today.year)],
                "note": "In good order",
                "skills": ["S0001"] if kind == "trade_test" else [],
                "idempotency_key": f"c{number}",
            }
            assert browser.post(f"{address}/check", sent).status == 302
        page = browser.get(address)
        assert "Make ready to be proposed" in page.text
        assert "Shown in a test" in page.text
        assert "In good order" in page.text
        assert browser.post(f"{address}/make-ready", {"version": "2"}).status == 302

        assert "The next match run can propose this person" in browser.get(address).text
        with sessions() as session:
            assert session.scalars(sa.select(Worker.state)).all() == [WorkerState.READY]

    def test_what_is_wanting_is_listed_by_name(self, screener, filed, sessions, browser_for):
        address = filed(WorkerState.SCREENING)
        with write_tx(sessions) as session:
            session.execute(sa.delete(Check).where(Check.kind != CheckKind.IDENTITY))
        browser = browser_for(screener)
        page = browser.get(address)
        assert "<strong>Police record:</strong> It is not on file yet." in page.text
        assert "Make ready to be proposed" not in page.text
        refused = browser.post(f"{address}/make-ready", {"version": "1"})
        assert refused.status == 422
        assert "Something is still wanting" in refused.text

    def test_a_paper_that_no_machine_read_must_be_vouched_for(self, screener, registrar, browser_for):
        address = browser_for(registrar).post(START, {**FORM, "mrz": ""}).location
        browser = browser_for(screener)
        refused = browser.post(f"{address}/confirm-identity", {"version": "1"})
        assert refused.status == 422
        assert "Compare the document and vouch for it." in refused.errors[0]
        assert browser.post(f"{address}/confirm-identity", {"version": "1", "vouched": "y"}).status == 302

    def test_whoever_registered_is_not_offered_the_confirmation(self, cast, filed, browser_for):
        address = filed(by=cast.both)
        browser = browser_for(cast.both)
        assert "Confirm the identity" not in browser.get(address).text
        assert browser.post(f"{address}/confirm-identity", {"version": "1", "vouched": "y"}).status == 403

    def test_a_stale_version_answers_409(self, screener, filed, browser_for):
        address = filed()
        sent = {"version": "9", "vouched": "y"}
        assert browser_for(screener).post(f"{address}/confirm-identity", sent).status == 409

    def test_a_check_sent_twice_is_recorded_once(self, screener, filed, browser_for, sessions):
        address = filed(WorkerState.SCREENING)
        sent = {
            "kind": "language",
            "result": "pending",
            "provider": "School",
            "checked_on": ["4", "5", "2026"],
            "idempotency_key": "c1",
        }
        browser = browser_for(screener)
        assert browser.post(f"{address}/check", sent).status == browser.post(f"{address}/check", sent).status == 302
        with sessions() as session:
            kinds = session.scalars(sa.select(Check.kind)).all()
            assert kinds.count(CheckKind.LANGUAGE) == 1

    def test_a_check_says_what_is_wrong_at_its_field(self, screener, filed, browser_for):
        browser, address = browser_for(screener), filed(WorkerState.SCREENING)
        assert len(browser.post(f"{address}/check", {}).errors) == 4
        late = {"kind": "police", "result": "passed", "provider": "Police", "checked_on": ["1", "1", "2099"]}
        answer = browser.post(f"{address}/check", late)
        assert (answer.status, answer.errors) == (422, ["Day of the check: This day is still to come."])
        identity = {**late, "kind": "identity"}
        assert browser.post(f"{address}/check", identity).status == 422

    def test_a_registration_officer_records_no_check(self, registrar, filed, browser_for):
        address = filed(WorkerState.SCREENING)
        browser = browser_for(registrar)
        assert "Record a check" not in browser.get(address).text
        assert browser.get(f"{address}/check").status == 403

    def test_a_check_that_ran_out_says_so(self, registrar, filed, sessions, browser_for):
        address = filed(WorkerState.ACTION_NEEDED)
        day = now().date() - timedelta(days=3)
        with write_tx(sessions) as session:
            for check in session.scalars(sa.select(Check).where(Check.kind == CheckKind.POLICE)):
                check.checked_on, check.valid_until = day, day
        page = browser_for(registrar).get(address)
        assert "Ran out on" in page.text
        assert "<strong>Police record:</strong> It ran out." in page.text
        assert "A screening officer of this post records the checks." in page.text


class TestRenewal:
    SENT = {
        "document_kind": "passport",
        "document_issuer": "GT",
        "document_number": "B87654321",
        "document_expires_on": ["31", "5", "2036"],
        "idempotency_key": "d1",
    }

    def test_a_renewed_passport_is_added_and_confirmed(self, cast, filed, browser_for):
        address = filed(WorkerState.READY)
        registrar, screener = browser_for(cast.registrar), browser_for(cast.screener)
        assert "Confirm the identity" not in screener.get(address).text

        assert registrar.get(f"{address}/document").status == 200
        sent, again = (registrar.post(f"{address}/document", self.SENT) for _ in range(2))

        assert (sent.status, again.status) == (302, 302)
        assert registrar.get(address).text.count("B87654321") == 1
        assert "Confirm the identity" in screener.get(address).text
        assert screener.post(f"{address}/confirm-identity", {"version": "1", "vouched": "y"}).status == 302

    def test_each_field_says_what_is_wrong_with_it(self, cast, filed, browser_for):
        address, number = filed(WorkerState.READY), "P-OTHER-1"
        filed(WorkerState.READY, number=number)
        browser = browser_for(cast.registrar)
        short = browser.post(f"{address}/document", {**self.SENT, "document_expires_on": ["1", "1", "2030"]})
        known = browser.post(f"{address}/document", {**self.SENT, "document_number": number, "idempotency_key": "d2"})
        assert len(browser.post(f"{address}/document", {}).errors) == 4
        assert short.errors == ["Valid until: A document that is on file is valid as long as this one or longer."]
        assert known.errors[0].startswith("Number: A worker is already registered with this document. W-")

    def test_a_screening_officer_adds_none(self, cast, filed, browser_for):
        assert browser_for(cast.screener).get(f"{filed(WorkerState.READY)}/document").status == 403


class TestLeaving:
    @pytest.mark.parametrize(("step", "state"), [("pause", "Paused by the worker"), ("withdraw", "Left the register")])
    def test_a_worker_leaves_with_a_reason_and_comes_back(self, registrar, filed, browser_for, step, state):
        address = filed(WorkerState.READY)
        browser = browser_for(registrar)

        without = browser.post(f"{address}/{step}", {"version": "1"})
        left = browser.post(f"{address}/{step}", {"version": "1", f"{step}-reason": "Harvest at home"})
        page = browser.get(address)
        back = browser.post(f"{address}/resume", {"version": "2"})

        assert (without.status, left.status, back.status) == (422, 302, 302)
        assert without.errors == ["Why?: Say why"]
        assert state in page.text
        assert "Why: Harvest at home" in page.text
        assert "Registered, identity to be confirmed" in browser.get(address).text


class TestConsents:
    def test_texts_are_read_out_in_the_language_asked_for(self, registrar, filed, browser_for):
        address = filed()
        browser = browser_for(registrar)
        assert 'lang="fr">' in browser.get(f"{address}/consents/?language=fr").text
        assert browser.get(f"{address}/consents/?language=xx").status == 200

    def test_withdrawing_bites_at_once_and_can_be_taken_back(self, registrar, filed, browser_for, sessions):
        address = filed(WorkerState.READY)
        browser = browser_for(registrar)
        sent = {"purpose": "matching", "answer": "withdraw", "language": "es"}

        assert browser.post(f"{address}/consents/", sent).status == 302
        page = browser.get(address)
        assert browser.post(f"{address}/consents/", {**sent, "answer": "give"}).status == 302

        assert "Something has to be renewed" in page.text
        assert "The worker does not agree any more." in page.text
        with sessions() as session:
            select = sa.select(Consent.withdrawn_at).where(Consent.purpose == ConsentPurpose.MATCHING)
            assert sorted(when is None for when in session.scalars(select)) == [False, True]

    @pytest.mark.parametrize("sent", [{}, {"purpose": "matching"}, {"purpose": "x", "answer": "give"}])
    def test_nonsense_is_a_bad_request(self, registrar, filed, browser_for, sent):
        assert browser_for(registrar).post(f"{filed()}/consents/", sent).status == 400

    def test_withdrawing_twice_is_a_conflict_that_says_so(self, registrar, filed, browser_for):
        address = filed()
        browser = browser_for(registrar)
        sent = {"purpose": "statistics", "answer": "withdraw"}
        browser.post(f"{address}/consents/", sent)
        again = browser.post(f"{address}/consents/", sent)
        assert again.status == 409
        assert "there is nothing to withdraw" in again.text

    def test_a_screening_officer_changes_none(self, screener, filed, browser_for):
        address = filed()
        browser = browser_for(screener)
        assert browser.get(f"{address}/consents/").status == 403
        assert browser.post(f"{address}/consents/", {"purpose": "matching", "answer": "withdraw"}).status == 403
