"""Pages of vacancies: posting in two steps without JavaScript, findings before certifying, steps and history."""

from datetime import date
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa

from mobility.models.vacancies import Vacancy
from mobility.rules.basics.causes import Cause, Why
from mobility.rules.cases.vacancies import Deficiency, VacancyState
from mobility.services.vacancies import vacancies
from mobility.services.vacancies.terms import SkillNeed

S = VacancyState
TERMS = {
    "title": "Strawberry picker",
    "duties": "Pick and pack.",
    "region": "US-FL",
    "worksite": "Plant City",
    "positions": "10",
    "starts_on": ["1", "7", "2031"],
    "ends_on": ["30", "11", "2031"],
    "hours_week": "40",
    "pay": "16.50",
    "pay_period": "hour",
    "currency": "USD",
    "overtime_pay": "24.75",
    "guarantee": "75",
    "housing_free": "y",
    "transport_paid": "y",
    "insurance": "y",
    "experience_months": "3",
    "essential_skills": ["S0001"],
    "essential_level": "2",
    "optional_skills": ["S0001", "S0002"],
    "optional_level": "1",
    "language_en": "2",
    "recruiter": "",
    "no_fees": "y",
    "idempotency_key": "k1",
}


@pytest.fixture
def browser_for(session, browser_for):
    """Commit what a test made before the first page is opened."""

    def open_for(who):
        if session.in_transaction():
            session.commit()
        return browser_for(who)

    return open_for


@pytest.fixture
def world(session, make):
    made = make.vacancy_world(valid_to=date(2032, 12, 31))
    make.asked_skill("S0001", of="9211")
    make.asked_skill("S0002", of="9211", essential=False)
    return made


def step_2(world, **changes):
    ties = {"scheme": world.scheme.ref, "shortage": world.shortage.ref, "occupation": "9211"}
    return f"/vacancies/new?{urlencode({**ties, **changes})}"


def stored(sessions, ref):
    with sessions() as session:
        return session.scalars(sa.select(Vacancy).where(Vacancy.ref == ref)).one()


class TestPosting:
    def test_the_first_step_offers_schemes_shortages_and_their_occupations(self, world, browser_for):
        page = browser_for(world.boss).get("/vacancies/new")
        assert page.heading == "Post a vacancy"
        assert world.scheme.ref in page.text
        assert world.shortage.ref in page.text
        assert 'value="isco-9211"' in page.text
        assert 'value="isco-9212"' not in page.text

    def test_the_first_step_says_what_was_not_chosen(self, world, browser_for):
        answer = browser_for(world.boss).get("/vacancies/new?scheme=&shortage=&occupation=")
        assert answer.status == 422
        assert answer.errors == [
            "Scheme: Choose a scheme",
            "Declared shortage: Choose a shortage",
            "Occupation: Choose an occupation",
        ]

    def test_a_tie_that_is_not_offered_is_refused(self, world, browser_for):
        assert browser_for(world.boss).get(step_2(world, shortage="H-0000-0000-0")).status == 422

    def test_the_second_step_lists_the_skills_of_the_occupation_as_boxes(self, world, browser_for):
        page = browser_for(world.boss).get(step_2(world))
        assert page.heading == "Terms of the work"
        assert page.text.count('type="checkbox"') >= 4
        assert "Skill S0001" in page.text

    def test_a_draft_is_stored_once_with_all_that_was_entered(self, world, browser_for, sessions):
        browser = browser_for(world.boss)

        first, second = browser.post(step_2(world), TERMS), browser.post(step_2(world), TERMS)

        assert (first.status, first.location) == (302, second.location)
        vacancy = stored(sessions, first.location.rpartition("/")[2])
        assert (vacancy.state, vacancy.positions, vacancy.region) == (S.DRAFT, 10, "US-FL")
        page = browser.get(first.location)
        for text in ("16.50", "24.75", "75 percent", "Works alone", "Basic", "English", "3 months", "Plant City"):
            assert text in page.text, text
        with sessions() as session:
            assert len(session.scalars(sa.select(Vacancy)).all()) == 1

    def test_an_empty_form_says_what_is_missing(self, world, browser_for):
        answer = browser_for(world.boss).post(step_2(world), {})
        assert answer.status == 422
        assert any("Confirm that no worker pays a fee" in error for error in answer.errors)
        assert len(answer.errors) >= 9

    @pytest.mark.parametrize(
        ("changes", "error"),
        [
            ({"ends_on": ["1", "7", "2031"]}, "Last day of work: The work ends (July 1, 2031)"),
            ({"positions": "0"}, "Positions: Enter a whole number from 1 to 10000"),
            ({"hours_week": "38.75"}, "Hours a week: Enter at most 1 decimal places"),
            ({"pay": "0"}, "Gross pay: The pay must be more than zero."),
            ({"essential_skills": ["S9999"]}, "Skills that are essential: "),
        ],
    )
    def test_what_does_not_fit_is_said_at_its_field(self, world, browser_for, changes, error):
        answer = browser_for(world.boss).post(step_2(world), {**TERMS, **changes})
        assert answer.status == 422
        assert any(each.startswith(error.partition("(")[0]) for each in answer.errors), answer.errors

    def test_nobody_but_an_employer_posts(self, world, browser_for):
        for who in (world.officer, world.post):
            assert browser_for(who).get("/vacancies/new").status == 404


class TestTerms:
    def test_a_draft_shows_what_was_entered_and_takes_changes(self, session, make, world, browser_for, sessions):
        vacancy = make.vacancy(world, S.DRAFT, skills=[SkillNeed("S0001")])
        browser = browser_for(world.boss)

        page = browser.get(f"/vacancies/{vacancy.ref}/edit")
        assert page.heading == "Change the terms"
        assert 'value="Strawberry picker"' in page.text
        answer = browser.post(
            f"/vacancies/{vacancy.ref}/edit", {**TERMS, "title": "Blueberry picker", "version": str(vacancy.version)}
        )

        assert answer.status == 302
        assert stored(sessions, vacancy.ref).title == "Blueberry picker"

    def test_changes_that_do_not_fit_change_nothing(self, session, make, world, browser_for, sessions):
        vacancy = make.vacancy(world, S.DRAFT)
        browser, path = browser_for(world.boss), f"/vacancies/{vacancy.ref}/edit"
        assert browser.post(path, {**TERMS, "pay": "0", "version": "1"}).status == 422
        assert browser.post(path, {"version": "1"}).status == 422
        assert browser.post(path, {**TERMS, "version": "9"}).status == 409
        assert stored(sessions, vacancy.ref).title == "Strawberry picker"

    def test_terms_of_a_submitted_vacancy_are_closed(self, session, make, world, browser_for):
        vacancy = make.vacancy(world, S.SUBMITTED)
        assert browser_for(world.boss).get(f"/vacancies/{vacancy.ref}/edit").status == 409
        assert browser_for(world.officer).get(f"/vacancies/{vacancy.ref}/edit").status == 403


class TestCertification:
    def test_the_safeguard_list_shows_with_its_source_and_stops_what_no_agreement_names(
        self, session, make, browser_for
    ):
        corridor = make.corridor(workers=0, vacancies=1, country="HT")
        vacancy = corridor.vacancies[0]
        vacancy.state, vacancy.occupation_id = S.SUBMITTED, make.occupation("2221").id
        session.flush()
        page = browser_for(corridor.destination).get(f"/vacancies/{vacancy.ref}/certify")
        assert "Haiti: no agreement names this occupation, and the country needs its health workers." in page.text
        assert "WHO Global Code of Practice" in page.text
        assert "It cannot be certified" in page.text

    def test_every_finding_shows_with_its_source_before_the_officer_certifies(
        self, session, make, world, browser_for, sessions
    ):
        vacancy = make.vacancy(world, S.SUBMITTED)
        browser, path = browser_for(world.officer), f"/vacancies/{vacancy.ref}/certify"

        page = browser.get(path)
        assert page.heading == "Certify this vacancy"
        assert "20 CFR 655.122(d)" in page.text
        assert "Not known yet" in page.text
        assert "It cannot be certified" in page.text

        figures = {"positions": "10", "floor_aewr": "15.20", "version": str(vacancy.version)}
        checked = browser.post(path, {**figures, "step": "check"})
        assert "Nothing stands against certifying it." in checked.text
        assert stored(sessions, vacancy.ref).state is S.SUBMITTED

        assert browser.post(path, {**figures, "step": "certify"}).status == 302
        assert stored(sessions, vacancy.ref).state is S.CERTIFIED
        shown = browser.get(f"/vacancies/{vacancy.ref}")
        assert "15.20" in shown.text

    def test_a_finding_against_it_refuses_and_says_so(self, session, make, world, browser_for, sessions):
        vacancy = make.vacancy(world, S.SUBMITTED, housing_free=False)
        form = {"positions": "10", "floor_aewr": "15", "version": str(vacancy.version), "step": "certify"}
        answer = browser_for(world.officer).post(f"/vacancies/{vacancy.ref}/certify", form)
        assert answer.status == 422
        assert answer.errors == ["A rule of the scheme is not met: housing (20 CFR 655.122(d))."]
        assert stored(sessions, vacancy.ref).state is S.SUBMITTED

    def test_more_positions_than_the_shortage_has_left_is_said_at_the_field(self, session, make, world, browser_for):
        make.vacancy(world, S.CERTIFIED, positions=95)
        vacancy = make.vacancy(world, S.SUBMITTED)
        form = {"positions": "10", "floor_aewr": "15", "version": str(vacancy.version), "step": "certify"}
        answer = browser_for(world.officer).post(f"/vacancies/{vacancy.ref}/certify", form)
        assert answer.errors == ["Positions to certify: The shortage has only 5 people left, and 10 are asked for."]

    def test_nonsense_is_refused_at_its_field(self, session, make, world, browser_for):
        vacancy = make.vacancy(world, S.SUBMITTED)
        answer = browser_for(world.officer).post(
            f"/vacancies/{vacancy.ref}/certify", {"positions": "many", "floor_aewr": "-1", "version": "2"}
        )
        assert answer.status == 422
        assert len(answer.errors) == 2

    def test_the_page_is_for_those_who_certify_and_while_there_is_something_to_certify(
        self, session, make, world, browser_for
    ):
        submitted = make.vacancy(world, S.SUBMITTED)
        done = make.vacancy(world, S.CERTIFIED)
        assert browser_for(world.boss).get(f"/vacancies/{submitted.ref}/certify").status == 403
        assert browser_for(world.origin).get(f"/vacancies/{submitted.ref}/certify").status == 404
        assert browser_for(world.officer).get(f"/vacancies/{done.ref}/certify").status == 409


def test_the_whole_way_through_the_pages(session, make, world, browser_for, sessions):
    vacancy = make.vacancy(world, S.DRAFT)
    base, boss, officer = f"/vacancies/{vacancy.ref}", browser_for(world.boss), browser_for(world.officer)
    post = browser_for(world.post)

    def version():
        return str(stored(sessions, vacancy.ref).version)

    assert "Submit to the ministry" in boss.get(base).text
    assert boss.post(f"{base}/submit", {"version": version()}).status == 302
    assert "The destination ministry certifies it" in boss.get(base).text
    certify = {"positions": "6", "floor_aewr": "15", "step": "certify", "version": version()}
    assert officer.post(f"{base}/certify", certify).status == 302
    assert "Attest that this offer is real" in post.get(base).text
    assert post.post(f"{base}/attest", {"version": version()}).status == 302
    assert "Open it for matching" in officer.get(base).text
    assert officer.post(f"{base}/open", {"version": version()}).status == 302

    page = boss.get(base)
    assert stored(sessions, vacancy.ref).state is S.OPEN
    for told in ("Drafted", "Submitted", "Partly certified", "Attested by the consular post", "Opened for matching"):
        assert told in page.text
    assert "Nobody is proposed at the moment" in boss.get(f"{base}/withdraw").text
    assert boss.post(f"{base}/withdraw", {"version": version(), "cause": "no_longer_needed"}).status == 302
    assert stored(sessions, vacancy.ref).state is S.WITHDRAWN


@pytest.mark.parametrize(
    ("address", "start", "end"),
    [("send-back", S.SUBMITTED, S.DEFICIENT), ("refuse", S.SUBMITTED, S.REFUSED), ("revoke", S.OPEN, S.REVOKED)],
)
def test_a_step_against_it_needs_reasons_which_the_employer_reads(
    session, make, world, browser_for, sessions, address, start, end
):
    vacancy = make.vacancy(world, start)
    path, version = f"/vacancies/{vacancy.ref}/{address}", str(vacancy.version)
    officer = browser_for(world.officer)

    refused = officer.post(path, {"version": version})
    assert (refused.status, refused.errors) == (422, ["Reasons: Choose at least one reason"])
    reasons = {"deficiencies": [Deficiency.HOUSING_UNFIT, Deficiency.TERMS_BROKEN], "note": "See report 7"}
    assert officer.post(path, {"version": version, **reasons}).status == 302

    assert stored(sessions, vacancy.ref).state is end
    page = browser_for(world.boss).get(f"/vacancies/{vacancy.ref}")
    assert "The housing is unfit" in page.text
    assert "See report 7" in page.text


def test_a_guard_that_fails_at_a_button_shows_on_the_page(session, make, world, browser_for):
    vacancy = make.vacancy(world, S.ATTESTED)
    world.employer.state = "suspended"
    answer = browser_for(world.officer).post(f"/vacancies/{vacancy.ref}/open", {"version": str(vacancy.version)})
    assert (answer.status, answer.errors) == (422, ["The employer is not verified."])


def test_a_stale_step_answers_409(session, make, world, browser_for):
    vacancy = make.vacancy(world, S.DRAFT)
    assert browser_for(world.boss).post(f"/vacancies/{vacancy.ref}/submit", {"version": "9"}).status == 409


def test_a_finding_shows_to_the_employer_before_it_submits(session, make, world, browser_for):
    vacancy = make.vacancy(world, S.DRAFT, housing_free=False)
    page = browser_for(world.boss).get(f"/vacancies/{vacancy.ref}")
    assert "Findings on certifying it" in page.text
    assert "Not given: free housing." in page.text


def test_the_list_filters_by_state_and_scheme_and_keeps_its_filters(session, make, world, browser_for):
    for _ in range(26):
        make.vacancy(world, S.SUBMITTED)
    other = make.vacancy(world, S.DRAFT, title="Lemon picker")
    browser = browser_for(world.boss)

    page = browser.get(f"/vacancies/?scheme={world.scheme.ref}&state=submitted")
    assert "26 vacancies" in page.text
    assert "Lemon picker" not in page.text
    assert f"scheme={world.scheme.ref}" in page.text
    assert "page=2" in page.text
    assert other.ref in browser.get("/vacancies/?state=draft").text
    assert (
        "0 vacancies" in browser.get("/vacancies/?scheme=S-0000-0000-0&page=zz").text
        or browser.get("/vacancies/?scheme=S-0000-0000-0").status == 200
    )
    assert "Post a vacancy" in page.text


def test_each_side_sees_only_its_own(session, make, world, browser_for):
    draft, certified = make.vacancy(world, S.DRAFT), make.vacancy(world, S.CERTIFIED)
    stranger = make.employer_actor(make.employer())
    for who, sees in (
        (world.boss, (True, True)),
        (world.officer, (False, True)),
        (world.post, (False, True)),
        (stranger, (False, False)),
    ):
        statuses = [browser_for(who).get(f"/vacancies/{each.ref}").status for each in (draft, certified)]
        assert statuses == [200 if seen else 404 for seen in sees]


def test_a_withdrawn_vacancy_offers_nothing_more(session, make, world, browser_for, at):
    vacancy = make.vacancy(world, S.CERTIFIED)
    vacancies.withdraw(session, world.boss, vacancy.ref, Why(Cause.NO_LONGER_NEEDED), version=vacancy.version, at=at)
    for who in (world.boss, world.officer, world.post):
        page = browser_for(who).get(f"/vacancies/{vacancy.ref}")
        assert f'action="/vacancies/{vacancy.ref}' not in page.text
