"""Pages of schemes: drafting from an example, signing by two ministries, running, and later versions."""

import json
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from mobility.clock import now
from mobility.models.schemes.quotas import Quota, QuotaPlaces
from mobility.models.schemes.schemes import Scheme
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.rules.cases.agreements import CostBearer, CostKind
from mobility.rules.cases.schemes import SchemeState
from mobility.rules.law.rulesets import write_rules
from mobility.rules.quotas.counters import QuotaDimension
from mobility.services.match_runs import match_runs
from mobility.services.schemes import entries
from tests.factories.schemes import example

S = SchemeState
PARTS = (
    (QuotaDimension.REGION, "US-FL"),
    (QuotaDimension.RETURNING, "yes"),
    (QuotaDimension.SEX_FLOOR, "female"),
)


@pytest.fixture
def pact(session, make, officer, honduras):
    costs = {CostKind.VISA: CostBearer.EMPLOYER, CostKind.PASSPORT: CostBearer.WORKER}
    made = make.agreement(officer, honduras, title="Seasonal work 2025", costs=costs)
    session.commit()
    return made


def form(pact, **changes):
    given = {
        "title_en": "Harvest 2026",
        "title_es": "Cosecha 2026",
        "title_fr": "Récolte 2026",
        "kind": "seasonal",
        "review_order": "governments_first",
        "max_stay_months": "10",
        "rules_from": ["1", "1", "2026"],
        "agreements-0-agreement": pact.ref,
        "agreements-0-takes_part": "y",
        "agreements-0-cap": "40",
        "period_from": ["1", "1", "2026"],
        "period_to": ["31", "12", "2026"],
        "cap": "100",
        "kept_for_women": "",
        "idempotency_key": "k1",
    }
    return {**given, **changes}


NEW = "/schemes/new?example=us_h2a_like"


def only(sessions):
    with sessions() as session:
        return session.scalars(sa.select(Scheme)).one()


def versioned(sessions):
    return {"version": str(only(sessions).version)}


# --- drafting


def test_a_draft_starts_from_one_of_the_six_examples(officer, pact, browser_for):
    page = browser_for(officer).get("/schemes/new")
    assert page.status == 200
    assert page.text.count("/schemes/new?example=") == 6


def test_the_form_is_filled_with_the_example(officer, pact, browser_for):
    page = browser_for(officer).get(NEW)
    assert 'value="Seasonal farm work in the United States (H-2A-like)"' in page.text
    assert 'value="5000"' in page.text
    assert "Honduras: Seasonal work 2025" in page.text
    assert "Example parameters; check before use." in page.text


def test_an_officer_drafts_with_quotas_for_the_whole_and_for_an_origin(officer, pact, browser_for, sessions):
    browser = browser_for(officer)

    drafted = browser.post(NEW, form(pact, kept_for_women="30"))
    page = browser.get(drafted.location)

    assert drafted.status == 302
    assert page.heading == "Harvest 2026"
    with sessions() as session:
        quotas = session.execute(sa.select(Quota.dimension, Quota.value, Quota.cap).order_by(Quota.id)).all()
    assert quotas == [
        (QuotaDimension.TOTAL, "", 100),
        (QuotaDimension.ORIGIN, "HN", 40),
        (QuotaDimension.SEX_FLOOR, "female", 70),
    ]


def test_the_same_form_sent_twice_creates_once(officer, pact, browser_for, sessions):
    browser = browser_for(officer)
    first, second = browser.post(NEW, form(pact)), browser.post(NEW, form(pact))
    assert first.location == second.location
    assert only(sessions).title_en == "Harvest 2026"


def test_another_form_under_the_same_key_is_a_conflict(officer, pact, browser_for):
    browser = browser_for(officer)
    browser.post(NEW, form(pact))
    assert browser.post(NEW, form(pact, cap="101")).status == 409


def test_an_empty_form_says_what_is_missing_at_every_field(officer, pact, browser_for):
    answer = browser_for(officer).post(NEW, {})
    assert answer.status == 422
    assert len(answer.errors) == 10
    assert "Places in all: Enter the number of places" in answer.errors


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"agreements-0-takes_part": "", "agreements-0-cap": ""}, "Agreements: Choose at least one agreement."),
        ({"agreements-0-takes_part": ""}, "Agreements: Tick the agreement of each country that gets places."),
        (
            {"agreements-0-agreement": "A-0000-0000-0"},
            "Agreements: One of these agreements is not yours. Choose from the list.",
        ),
        ({"agreements-0-cap": "many"}, "Places for Honduras at most: many is not a number, such as 12"),
        ({"max_stay_months": "500"}, "Longest stay in months: Enter a whole number from 1 to 120"),
        ({"period_to": ["31", "12", "2025"]}, "Places count to: The last day lies before the first one."),
        ({"kept_for_women": "101"}, "Places in all: 101 places cannot be kept out of 100."),
        ({"kind": "touristic"}, "Kind: Not a valid choice."),
    ],
)
def test_what_does_not_fit_is_said_at_its_field(officer, pact, browser_for, sessions, changes, error):
    answer = browser_for(officer).post(NEW, form(pact, **changes))
    assert answer.status == 422
    assert answer.errors == [error]
    with sessions() as session:
        assert session.scalars(sa.select(Scheme)).all() == []


def test_an_unknown_example_leads_back_to_the_choice(officer, pact, browser_for):
    assert "/schemes/new?example=us_h2a_like" in browser_for(officer).get("/schemes/new?example=none").text


def test_a_ministry_without_agreements_is_told_so(make, session, browser_for):
    officer = make.scheme_officer("CA")
    session.commit()
    assert "no agreement in force" in browser_for(officer).get(NEW).text


@pytest.mark.parametrize(
    ("kind", "role"),
    [
        (OrganisationKind.DESTINATION_MINISTRY, Role.REVIEWER),
        (OrganisationKind.ORIGIN_MINISTRY, Role.SCHEME_OFFICER),
        (OrganisationKind.EMPLOYER, Role.RECRUITER),
    ],
)
def test_nobody_else_may_open_the_form(session, make, browser_for, kind, role):
    actor = make.actor(kind, "US", role)
    session.commit()
    browser = browser_for(actor)
    assert browser.get("/schemes/new").status == 404
    assert "Draft a scheme" not in browser.get("/schemes/").text


# --- the walk


def test_two_ministries_take_a_scheme_from_draft_to_active_and_back(officer, honduras, pact, browser_for, sessions):
    ours, theirs = browser_for(officer), browser_for(honduras)
    location = ours.post(NEW, form(pact)).location

    assert "Submit for signature" in ours.get(location).text
    assert theirs.get(location).status == 404
    assert ours.post(f"{location}/submit", versioned(sessions)).status == 302
    assert "Sign for my ministry" in theirs.get(location).text
    assert ours.post(f"{location}/sign", versioned(sessions)).status == 302
    after = ours.get(location)
    assert "Sign for my ministry" not in after.text
    assert f"Version 1 of the rules waits for: {honduras.organisation_name}." in after.text
    assert theirs.post(f"{location}/sign", versioned(sessions)).status == 302
    assert (
        f"All have signed. The scheme waits until {officer.organisation_name} starts it." in theirs.get(location).text
    )
    assert ours.post(f"{location}/activate", versioned(sessions)).status == 302
    assert "In force" in theirs.get(location).text
    assert (
        ours.post(
            f"{location}/suspend", {**versioned(sessions), "cause": "rights_at_risk", "reason": "Wages unpaid"}
        ).status
        == 302
    )
    assert "Wages unpaid" in theirs.get(location).text
    assert ours.post(f"{location}/resume", versioned(sessions)).status == 302
    assert only(sessions).state is S.ACTIVE


def test_signing_twice_is_told(session, make, officer, honduras, browser_for, sessions):
    scheme = make.scheme(officer, honduras, state=S.APPROVED_BY_DESTINATION)
    session.commit()
    answer = browser_for(officer).post(f"/schemes/{scheme.ref}/sign", versioned(sessions))
    assert answer.status == 409
    assert "Your ministry has signed this version already." in answer.text


def test_steps_of_somebody_else_are_refused(session, make, officer, honduras, browser_for, sessions):
    scheme = make.scheme(officer, honduras, state=S.APPROVED)
    session.commit()
    theirs = browser_for(honduras)
    page = theirs.get(f"/schemes/{scheme.ref}")
    assert "Start the scheme" not in page.text
    assert theirs.post(f"/schemes/{scheme.ref}/activate", versioned(sessions)).status == 403
    assert (
        theirs.post(
            f"/schemes/{scheme.ref}/suspend", {"cause": "under_review", "reason": "x", **versioned(sessions)}
        ).status
        == 403
    )


def test_a_stale_version_answers_409_and_changes_nothing(session, make, officer, honduras, browser_for, sessions):
    scheme = make.scheme(officer, honduras, state=S.DRAFT)
    session.commit()
    browser = browser_for(officer)
    assert browser.post(f"/schemes/{scheme.ref}/submit", {"version": "9"}).status == 409
    assert browser.post(f"/schemes/{scheme.ref}/submit").status == 422
    assert only(sessions).state is S.DRAFT


def test_suspending_needs_a_reason(session, make, officer, honduras, browser_for, sessions):
    scheme = make.scheme(officer, honduras)
    session.commit()
    answer = browser_for(officer).post(f"/schemes/{scheme.ref}/suspend", versioned(sessions))
    assert (answer.status, answer.errors) == (422, ["Cause: Choose the cause", "Why is it suspended?: Say why"])


def test_a_scheme_is_closed_with_a_reason(session, make, officer, honduras, browser_for, sessions):
    scheme = make.scheme(officer, honduras)
    session.commit()
    path, browser = f"/schemes/{scheme.ref}", browser_for(officer)

    without = browser.post(f"{path}/close", versioned(sessions))
    assert (without.status, without.errors) == (422, ["Cause: Choose the cause", "Why is it closed?: Say why"])
    why = {"close-cause": "notice_given", "close-reason": "The agreement ended"}
    assert browser.post(f"{path}/close", {**versioned(sessions), **why}).status == 302

    page = browser.get(path).text
    assert "Why it is closed" in page
    assert "The agreement ended" in page
    assert "Close this scheme for good" not in page
    assert only(sessions).state is S.CLOSED


def test_closing_says_first_whom_it_touches_and_revokes_what_stands_under_it(session, make, browser_for, sessions):
    corridor = make.corridor(workers=1, vacancies=1)
    make.proposals(make.match(corridor))
    session.commit()
    sent = {**versioned(sessions), "close-cause": "need_met", "close-reason": "Over"}
    browser, path = browser_for(corridor.destination), f"/schemes/{corridor.scheme.ref}/close"
    asked = browser.post_unchecked(path, sent)
    assert "People who are proposed: 1. Approved: 0." in asked.text
    assert "Certified vacancies that are revoked: 1." in asked.text
    assert only(sessions).state is S.ACTIVE
    assert browser.post(path, sent).status == 302
    assert only(sessions).state is S.CLOSED


def test_a_scheme_with_a_match_run_under_way_is_not_closed(session, make, browser_for, sessions):
    corridor = make.corridor(workers=1, vacancies=1)
    match_runs.start(session, corridor.destination, corridor.scheme.ref, at=now())
    session.commit()
    sent = {**versioned(sessions), "close-cause": "need_met", "close-reason": "Over"}
    page = browser_for(corridor.destination).post(f"/schemes/{corridor.scheme.ref}/close", sent)
    assert page.status == 422
    assert page.errors == ["Why is it closed?: Match runs that are under way: 1. Wait for them, or cancel them."]
    assert only(sessions).state is S.ACTIVE


def test_a_refused_step_says_what_is_missing(session, make, officer, honduras, browser_for, sessions):
    scheme = make.scheme(officer, honduras, state=S.DRAFT, quotas=())
    session.commit()
    answer = browser_for(officer).post(f"/schemes/{scheme.ref}/submit", versioned(sessions))
    assert answer.status == 422
    assert "A scheme needs at least one quota." in answer.text


# --- reading


def test_the_page_tells_rules_and_quotas(session, make, officer, honduras, browser_for):
    scheme = make.scheme(officer, honduras)
    session.commit()
    page = browser_for(honduras).get(f"/schemes/{scheme.ref}").text
    for text in (
        "The worker is at least 18 years old on the first day of work.",
        "At least: 18",
        "Must be met",
        "Source: 20 CFR 655.135(f): full time is at least 35 hours a week",
        "May be waived by: Ministry of the destination country",
        "Nobody may waive it.",
        "example parameters",
        "1 January 2026 to 31 December 2026",
        scheme.rule_sets[0].digest[:8],
    ):
        assert text in page


def test_costs_are_shown_by_country(officer, pact, browser_for):
    browser = browser_for(officer)
    page = browser.get(browser.post(NEW, form(pact)).location).text
    assert "Who bears which cost" in page
    assert "the employer" in page
    assert "the worker" in page


@pytest.mark.parametrize(
    ("language", "rule"),
    [
        ("es", "La persona trabajadora tiene al menos 18 años el primer día de trabajo."),
        ("fr", "La personne a au moins 18 ans le premier jour de travail."),
    ],
)
def test_rules_are_read_in_the_pages_language(session, make, officer, honduras, browser_for, language, rule):
    scheme = make.scheme(officer, honduras)
    session.commit()
    browser = browser_for(officer)
    browser.post("/language", {"code": language})
    assert rule in browser.get(f"/schemes/{scheme.ref}").text


@pytest.mark.parametrize(
    "code", ["ca_sawp_like", "es_gecco_like", "skilled_corridor", "disaster_response", "us_h2b_like"]
)
def test_every_example_has_a_page(session, make, browser_for, code):
    found = example(code)
    officer = make.scheme_officer(found.destination)
    origins = [make.scheme_officer(country, origin=True) for country in found.origins[:2]]
    ours = [*entries.quotas_of_example(found)[:1], make.quota_terms(9, QuotaDimension.SECTOR, "agriculture,care")]
    parts = [make.quota_terms(9, *part) for part in PARTS]
    scheme = make.scheme(officer, *origins, state=S.SUBMITTED, code=code, quotas=[*ours, *parts])
    session.commit()
    page = browser_for(officer).get(f"/schemes/{scheme.ref}")
    assert page.status == 200
    assert "Returning workers: Yes" in page.text
    assert "Region of work: Florida" in page.text


def test_the_list_filters_by_state_and_ignores_nonsense(session, make, officer, honduras, browser_for):
    scheme = make.scheme(officer, honduras, state=S.DRAFT)
    session.commit()
    browser = browser_for(officer)
    assert scheme.title_en in browser.get("/schemes/?state=draft").text
    assert scheme.title_en not in browser.get("/schemes/?state=active").text
    assert browser.get("/schemes/?state=x&page=abc").status == 200


def test_oversight_reads_and_strangers_do_not(session, make, officer, honduras, browser_for):
    scheme = make.scheme(officer, honduras, state=S.DRAFT)
    auditor = make.actor(OrganisationKind.OVERSIGHT_BODY, "US", Role.AUDITOR)
    stranger = make.scheme_officer("CA")
    session.commit()
    assert browser_for(auditor).get(f"/schemes/{scheme.ref}").status == 200
    assert browser_for(stranger).get(f"/schemes/{scheme.ref}").status == 404


def test_visitors_are_sent_to_sign_in(officer, visitor):
    assert visitor.get("/schemes/").status == 302


# --- later versions


def version_form(sessions, days=30, limit=20, **changes):
    day = now().date() + timedelta(days=days)
    rules = write_rules(example().rules)
    for rule in rules:
        if rule["id"] == "age":
            rule["params"]["min"] = limit
    given = {"valid_from": [str(day.day), str(day.month), str(day.year)], "rules": json.dumps(rules)}
    return {**versioned(sessions), **given, **changes}


def test_a_later_version_waits_for_both_and_shows_both(session, make, officer, honduras, browser_for, sessions):
    scheme = make.scheme(officer, honduras)
    session.commit()
    ours, theirs, address = browser_for(officer), browser_for(honduras), f"/schemes/{scheme.ref}"

    assert "worker.age" in ours.get(f"{address}/rules/new").text
    assert ours.post(f"{address}/rules/new", version_form(sessions)).status == 302
    page = theirs.get(address)
    assert "Rules, version 2" in page.text
    assert "Sign for my ministry" in page.text
    assert theirs.post(f"{address}/sign", versioned(sessions)).status == 302
    assert ours.post(f"{address}/sign", versioned(sessions)).status == 302
    assert "waits for:" not in ours.get(address).text


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"rules": "[\n{"}, "Rules: This is not JSON. Look at line 2."),
        ({"rules": "[" * 100_000}, "Rules: This is not JSON. Look at line 1."),
        ({"rules": "{}"}, "Rules: A list is expected here."),
        (
            {"rules": '[{"id": "age", "operator": "rnge", "params": {}, "source": "x", "valid_from": "2026-01-01"}]'},
            "Rules: rules[0].operator: There is no operator rnge. Most like it: range.",
        ),
        ({"rules": ""}, "Rules: Enter the rules"),
        ({"valid_from": ["1", "1", "2026"]}, None),
    ],
)
def test_a_version_that_does_not_fit_is_told_where(
    session, make, officer, honduras, browser_for, sessions, changes, error
):
    scheme = make.scheme(officer, honduras)
    session.commit()
    answer = browser_for(officer).post(f"/schemes/{scheme.ref}/rules/new", version_form(sessions, **changes))
    assert answer.status == 422
    assert len(answer.errors) == 1
    assert error is None or answer.errors == [error]


def test_only_the_destination_enters_a_version_and_only_of_a_running_scheme(
    session, make, officer, honduras, browser_for
):
    scheme = make.scheme(officer, honduras)
    draft = make.scheme(officer, make.scheme_officer("GT", origin=True), state=S.DRAFT)
    session.commit()
    assert browser_for(honduras).get(f"/schemes/{scheme.ref}/rules/new").status == 403
    assert browser_for(officer).get(f"/schemes/{draft.ref}/rules/new").status == 404


# --- halves, a set-aside, further quotas

H2B = {
    "cap": "30",
    "second_from": ["1", "7", "2026"],
    "second": "20",
    "carry_on": ["1", "7", "2026"],
    "supplement": "10",
    "set_aside": "4",
    "set_aside_for": "hn, gt",
    "agreements-0-cap": "",
}


def test_a_draft_has_halves_a_set_aside_and_further_quotas(pact, officer, browser_for, sessions):
    further = {
        "further-0-cap": "7",
        "further-0-origin": "HN",
        "further-0-sector": "agriculture",
        "further-0-region": "US-FL",
    }
    answer = browser_for(officer).post(NEW, form(pact, **H2B, **further, kept_for_women="12"))
    assert answer.status == 302
    with sessions() as session:
        (row,) = session.scalars(sa.select(QuotaPlaces)).all()
        quotas = {(q.dimension, q.value, q.conditions, q.period_from): q.cap for q in session.scalars(sa.select(Quota))}
    assert (row.regular, row.second, row.supplement, row.set_aside, row.set_aside_for) == (30, 20, 10, 4, "GT,HN")
    january, july = date(2026, 1, 1), date(2026, 7, 1)
    assert quotas[QuotaDimension.ORIGIN, "HN", "sector=agriculture;region=US-FL", january] == 7
    assert quotas[QuotaDimension.TOTAL, "", "", january] in {40, 60}
    assert quotas[QuotaDimension.TOTAL, "", "origin!=GT,HN", july] == 26
    assert quotas[QuotaDimension.SEX_FLOOR, "female", "", january] == 48
    assert len(quotas) == 10  # three of the first half have the first day of the year's


def test_the_form_of_an_example_with_places_is_filled_with_them(pact, officer, browser_for):
    page = browser_for(officer).get("/schemes/new?example=us_h2b_like")
    for told in ('value="33000"', 'value="64716"', 'value="18490"', 'value="GT, HN, HT, SV"'):
        assert told in page.text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"second_from": ["1", "1", "2027"]}, "The second half must begin inside the year"),
        ({"carry_on": ["1", "6", "2026"]}, "Places can go over from"),
        ({"set_aside": "11"}, "11 places cannot be set aside out of 10 for returning workers."),
        ({"set_aside_for": ""}, "A set-aside needs both a number of places and its countries."),
        ({"set_aside_for": "HN, XX"}, "There is no such code: XX. Nothing was changed."),
        ({"set_aside_for": "GT"}, "No agreement of this scheme is with this country"),
        ({"further-0-cap": "5"}, "A further quota needs both a number of places and somebody whom it counts."),
        ({"further-0-sector": "agriculture"}, "A further quota needs both"),
        ({"further-1-cap": "5", "further-1-region": "US-ZZ"}, "There is no such code: US-ZZ."),
        ({"further-1-cap": "5", "further-1-employer": "E-7K3M-9QXA-4"}, "There is no such code: E-7K3M-9QXA-4."),
        (
            {"further-0-cap": "5", "further-0-returning": "yes", "further-1-cap": "6", "further-1-returning": "yes"},
            "There are two quotas for the same thing and period.",
        ),
        (
            {"further-0-cap": "5", "further-0-returning": "no"},
            "There are two quotas for the same thing and period.",
        ),
    ],
)
def test_what_contradicts_itself_is_refused_and_nothing_is_stored(pact, officer, browser_for, sessions, changes, said):
    page = browser_for(officer).post(NEW, form(pact, **{**H2B, **changes}))
    assert page.status == 422
    assert said in page.text
    with sessions() as session:
        assert session.scalars(sa.select(Scheme)).all() == []
