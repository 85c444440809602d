"""The page on which a registration is changed afterwards."""

import pytest
import sqlalchemy as sa

from mobility.db import write_tx
from mobility.models.accounts.organisations import Organisation
from mobility.models.platform.audit import AuditEvent
from mobility.models.workers.papers import IdentityDocument
from mobility.models.workers.profiles import WorkerLanguage, WorkerSkill
from mobility.models.workers.workers import Worker
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.rules.basics.skills import Evidence
from mobility.rules.cases.workers import WorkerState
from tests.factories import Make
from tests.forms_on_pages import forms, held
from tests.views.workers.test_routes import FORM, START

POST = OrganisationKind.CONSULAR_POST


@pytest.fixture
def registrar(session, make):
    actor = make.actor(POST, "GT", Role.REGISTRATION_OFFICER)
    make.asked_skill("S0001", of="9211")
    make.asked_skill("S0002", of="9211", essential=False)
    session.commit()
    return actor


@pytest.fixture
def browser(registrar, browser_for):
    return browser_for(registrar)


@pytest.fixture
def address(browser):
    """Register a person on the page, and return the address on which that is changed."""
    return browser.post(START, {**FORM, "vulnerability": "Fled home"}).location + "/registration/"


def opened(browser, address):
    """Return the page's form as it would be sent untouched."""
    page = browser.get(address)
    assert page.status == 200
    (form,) = forms(page)
    return held(form)


def last_change(sessions):
    with sessions() as session:
        return session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id.desc())).first().body


def test_sent_back_untouched_it_changes_nothing(browser, address, sessions):
    """Everything on file comes up in the form as it was entered, so that nothing is lost by opening it."""
    sent = opened(browser, address)
    assert sent["given_names"] == ["Ana María"]
    assert sent["document_number"] == ["A12345678"]
    assert sent["vulnerability"] == ["Fled home"]
    assert browser.post(address, sent).status == 302
    assert '"changed":""' in last_change(sessions)
    with sessions() as session:
        assert session.scalars(sa.select(IdentityDocument.mrz_valid)).one() is True


def test_what_is_changed_is_stored(browser, address, sessions):
    sent = opened(browser, address) | {
        "phone": ["+502 4444 0000"],
        "skill_S0002": ["2"],
        "second_nationality": ["MX"],
    }
    answer = browser.post(address, sent)
    assert answer.status == 302
    page = browser.get(answer.location)
    assert "Guatemala, Mexico" in page.text
    assert "+502 4444 0000" in page.text
    assert '"changed":"nationalities,phone,skills"' in last_change(sessions)


def test_the_workers_page_leads_there(browser, address):
    assert address in browser.get(address.removesuffix("registration/").rstrip("/")).text


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("phone", "call me", "Telephone: Enter a telephone number with its country code"),
        ("family_names", "", "Family names: Enter the family names"),
        ("born_on", ["14", "3", "2020"], "Birth date: Nobody under 16 is registered."),
        ("residence_region", "MX-CHP", "Region where they live: This region lies in another country."),
        ("months_away_max", "0", None),
    ],
)
def test_an_error_hangs_on_its_field_and_nothing_is_lost(browser, address, name, value, error):
    sent = opened(browser, address) | {name: value, "address": ["Zona 1"], "mrz": [""]}
    page = browser.post(address, sent)
    assert page.status == 422
    assert len(page.errors) == 1
    assert error is None or page.errors == [error]
    assert "Zona 1" in page.text


def test_once_confirmed_the_form_does_not_ask_who_it_is_and_takes_no_answer(browser, address, sessions):
    sent = opened(browser, address)
    with write_tx(sessions) as session:
        session.execute(sa.update(Worker).values(state=WorkerState.SCREENING))
    shown = opened(browser, address)
    assert not {"given_names", "born_on", "sex", "document_number", "nationality"} & set(shown)
    assert browser.post(address, sent | {"family_names": ["Otra"]}).status == 302
    assert browser.get(address.removesuffix("registration/").rstrip("/")).heading == "Ana María López García"


def test_a_skill_that_was_tested_is_not_asked_again(browser, address, sessions):
    with write_tx(sessions) as session:
        session.execute(sa.update(WorkerSkill).values(evidence=Evidence.TESTED))
    shown = opened(browser, address)
    assert "skill_S0001" not in shown
    assert browser.post(address, {**shown, "skill_S0001": "1"}).status == 302
    with sessions() as session:
        assert session.scalars(sa.select(WorkerSkill.level)).all() == [3]


def test_a_language_that_the_form_does_not_ask_for_stays(browser, address, sessions):
    with write_tx(sessions) as session:
        worker = session.scalars(sa.select(Worker.id)).one()
        session.add(WorkerLanguage(worker_id=worker, language="ht", level=5))
    assert browser.post(address, opened(browser, address)).status == 302
    with sessions() as session:
        assert set(session.scalars(sa.select(WorkerLanguage.language))) == {"es", "en", "ht"}


def test_two_officers_at_once_do_not_overwrite_each_other(browser, address):
    first, second = opened(browser, address), opened(browser, address)
    assert browser.post(address, first | {"phone": ["+502 4444 0000"]}).status == 302
    assert browser.post(address, second | {"phone": ["+502 5555 9999"]}).status == 409


def test_others_reach_no_such_page(registrar, address, browser_for, sessions, at):
    with write_tx(sessions) as session:
        make = Make(session, at)
        post = session.get_one(Organisation, registrar.organisation_id)
        screener = make.actor(POST, "GT", Role.SCREENING_OFFICER, of=post)
        stranger = make.actor(POST, "GT", Role.REGISTRATION_OFFICER)
    for actor, status in ((screener, 403), (stranger, 404)):
        browser = browser_for(actor)
        assert browser.get(address).status == status
        assert browser.post(address, {"version": "1"}).status == status
