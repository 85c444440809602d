"""Pages of agreements: the register, taking one on record, who bears which cost."""

import pytest
import sqlalchemy as sa

from mobility.models.schemes.agreements import Agreement


@pytest.fixture
def honduras(session, make, officer):
    made = make.scheme_officer("HN", origin=True)
    session.commit()
    return made


def form(honduras, **changes):
    given = {
        "title": "Seasonal work 2026",
        "origin": honduras.organisation_ref,
        "valid_from": ["1", "1", "2026"],
        "sectors": ["agriculture", "construction"],
        "cost_recruitment": "employer",
        "cost_visa": "employer",
        "cost_passport": "worker",
        "names_health_workers": "y",
        "idempotency_key": "k1",
    }
    return {**given, **changes}


def stored(sessions):
    with sessions() as session:
        return session.scalars(sa.select(Agreement)).all()


def test_an_agreement_is_taken_on_record_and_shown_with_who_bears_which_cost(officer, honduras, browser_for, sessions):
    browser = browser_for(officer)

    sent = browser.post("/agreements/new", form(honduras))
    page = browser.get(sent.location)

    assert sent.status == 302
    assert page.heading == "Seasonal work 2026"
    assert "Agriculture, Construction" in page.text
    (agreement,) = stored(sessions)
    assert agreement.costs == {"recruitment": "employer", "visa": "employer", "passport": "worker"}
    assert (agreement.valid_to, agreement.names_health_workers) == (None, True)


def test_the_same_form_sent_twice_takes_one_on_record(officer, honduras, browser_for, sessions):
    browser = browser_for(officer)
    first, second = (browser.post("/agreements/new", form(honduras)) for _ in range(2))
    assert first.location == second.location
    assert len(stored(sessions)) == 1


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"cost_visa": "worker"}, "Visa: This cost must not fall on the worker, not even in part: Visa."),
        ({"cost_recruitment": "shared"}, "Recruitment: This cost must not fall on the worker, not even in part"),
        ({"valid_to": ["31", "12", "2025"]}, "In force to: The last day lies before the first one."),
        ({"origin": "O-0000-0000-0"}, "Ministry of the country of origin: Not a valid choice"),
        ({"title": ""}, "Title: Enter the title"),
    ],
)
def test_what_does_not_fit_is_said_at_its_field_and_nothing_is_stored(
    officer, honduras, browser_for, sessions, changes, error
):
    answer = browser_for(officer).post("/agreements/new", form(honduras, **changes))
    assert answer.status == 422
    assert answer.errors[0].startswith(error)
    assert stored(sessions) == []


def test_the_register_shows_each_party_its_own(session, make, officer, honduras, browser_for, sessions):
    browser_for(officer).post("/agreements/new", form(honduras))
    (agreement,) = stored(sessions)
    assert "Seasonal work 2026" in browser_for(honduras).get("/agreements/").text
    assert browser_for(honduras).get(f"/agreements/{agreement.ref}").status == 200
    assert browser_for(honduras).get("/agreements/new").status == 404


def test_the_schemes_that_stand_on_it_are_listed(session, make, browser_for):
    officer, guatemala = make.scheme_officer("US"), make.scheme_officer("GT", origin=True)
    scheme = make.scheme(officer, guatemala)
    session.commit()
    page = browser_for(guatemala).get(f"/agreements/{scheme.agreements[0].agreement.ref}")
    assert f"/schemes/{scheme.ref}" in page.text
