"""Occupations and skills in people's own words, on every form that asks for them, without JavaScript."""

from datetime import date
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa

from mobility.models.concepts.occupations import Skill
from mobility.models.shortages.shortages import Shortage
from mobility.models.vacancies import Vacancy, VacancySkill
from mobility.models.workers.profiles import Employment, WorkerSkill
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.rules.cases.vacancies import VacancyState
from mobility.services.concepts.search import ConceptShelf
from tests.services.concepts.taxonomy_worlds import MIG, MORTAR, PICKER, WELDER, sample_in
from tests.views.shortages.test_routes import FORM as SHORTAGE
from tests.views.vacancies.test_routes import TERMS
from tests.views.workers.test_routes import FORM as WORKER
from tests.web import HTML


@pytest.fixture
def browser_for(session, browser_for, index_folder):
    """Commit what a test made before the first page is opened."""

    def open_for(who):
        if session.in_transaction():
            session.commit()
        return browser_for(who)

    return open_for


def chosen(name, words, key):
    return {name: words, f"{name}_key": key, f"{name}_for": words}


def value(answer, name):
    """Return what a named control of the page holds."""
    for control in answer.page.iter(f"{HTML}input"):
        if control.get("name") == name and control.get("type") not in {"radio", "checkbox"}:
            return control.get("value", "")
    return next("".join(box.itertext()) for box in answer.page.iter(f"{HTML}textarea") if box.get("name") == name)


def options(answer, name):
    return [each.get("value") for each in answer.page.iter(f"{HTML}input") if each.get("name") == name]


class TestShortage:
    @pytest.fixture
    def browser(self, session, make, browser_for, at, index_folder):
        sample_in(session, at, ConceptShelf(index_folder))
        return browser_for(make.actor(OrganisationKind.DESTINATION_MINISTRY, "US", Role.SHORTAGE_OFFICER))

    def test_words_are_answered_with_suggestions_and_nothing_typed_is_lost(self, browser, sessions):
        answer = browser.post("/shortages/new", {**SHORTAGE, "occupation": "cosechador de melon"})
        assert answer.status == 422
        assert answer.errors == ["Occupation: Choose one of the occupations that these words may mean"]
        assert value(answer, "occupation") == "cosechador de melon"
        assert value(answer, "evidence_source") == "Survey 2026"
        assert PICKER in options(answer, "occupation_key")
        assert "Which of these is it?" in answer.text
        with sessions() as session:
            assert session.scalars(sa.select(Shortage)).all() == []

    def test_the_search_step_keeps_everything_and_complains_of_nothing(self, browser):
        answer = browser.post(
            "/shortages/new", {**SHORTAGE, "occupation": "soldador", "headcount": "", "find": "occupation"}
        )
        assert (answer.status, answer.errors) == (200, [])
        assert WELDER in options(answer, "occupation_key")
        assert value(answer, "evidence_source") == "Survey 2026"

    def test_a_suggestion_says_its_group_the_name_that_matched_and_how_sure_it_is(self, browser):
        answer = browser.post("/shortages/new", {**SHORTAGE, "occupation": "soldador MIG"})
        assert "pipe welder" in answer.text
        assert "Welders and flamecutters (ISCO-08 7212)" in answer.text
        assert "also called: soldador MIG" in answer.text
        assert "Very likely" in answer.text

    def test_what_was_picked_is_stored_with_its_unit_group(self, browser, sessions):
        drafted = browser.post("/shortages/new", {**SHORTAGE, **chosen("occupation", "soldador MIG", WELDER)})
        assert drafted.status == 302
        assert "pipe welder" in browser.get(drafted.location).text
        with sessions() as session:
            stored = session.scalars(sa.select(Shortage).options(sa.orm.joinedload(Shortage.occupation))).one()
            assert (stored.occupation.code, stored.concept) == ("7212", WELDER)

    def test_a_choice_counts_only_for_the_words_it_was_made_for(self, browser):
        sent = {**SHORTAGE, **chosen("occupation", "soldador", WELDER), "occupation": "melonero"}
        answer = browser.post("/shortages/new", sent)
        assert answer.status == 422
        assert PICKER in options(answer, "occupation_key")

    def test_a_choice_stays_chosen_while_other_fields_are_mended(self, browser):
        sent = {**SHORTAGE, **chosen("occupation", "soldador MIG", WELDER), "headcount": ""}
        answer = browser.post("/shortages/new", sent)
        assert answer.errors == ["How many people are missing?: Enter how many people are missing"]
        assert value(answer, "occupation_key") == WELDER
        assert "Chosen: pipe welder" in answer.text

    @pytest.mark.parametrize("typed", ["9211", "isco-9211", "Crop farm labourers (9211)"])
    def test_the_code_of_a_unit_group_is_a_choice(self, browser, sessions, typed):
        assert browser.post("/shortages/new", {**SHORTAGE, "occupation": typed}).status == 302
        with sessions() as session:
            stored = session.scalars(sa.select(Shortage).options(sa.orm.joinedload(Shortage.occupation))).one()
            assert (stored.occupation.code, stored.concept) == ("9211", None)

    @pytest.mark.parametrize("key", ["esco-nothing", "isco-0000", "<b>", "x" * 5000, "isco-92"])
    def test_a_key_that_leads_nowhere_is_no_choice(self, browser, key):
        answer = browser.post("/shortages/new", {**SHORTAGE, **chosen("occupation", "melonero", key)})
        assert answer.status == 422

    @pytest.mark.parametrize("typed", ["😀", "<script>alert(1)</script>", "a" * 10_000, "1234567", "\u202eabc", "\x07"])
    def test_odd_words_are_told_and_never_an_error_page(self, browser, typed):
        answer = browser.post("/shortages/new", {**SHORTAGE, "occupation": typed})
        assert answer.status == 422
        assert len(answer.errors) == 1
        assert "<script>alert" not in answer.text


class TestRegistration:
    @pytest.fixture
    def browser(self, session, make, browser_for, at, index_folder):
        sample_in(session, at, ConceptShelf(index_folder))
        return browser_for(make.actor(OrganisationKind.CONSULAR_POST, "GT", Role.REGISTRATION_OFFICER))

    START = f"/workers/new?{urlencode({**chosen('occupation', 'soldador MIG', WELDER), 'language': 'es'})}"

    def plain(self):
        return {name: sent for name, sent in WORKER.items() if not name.startswith("skill_")}

    def test_the_first_step_keeps_the_words_and_offers_what_they_may_mean(self, browser):
        answer = browser.get("/workers/new?occupation=soldador+MIG&second_occupation=&language=fr")
        assert answer.status == 422
        assert value(answer, "occupation") == "soldador MIG"
        assert WELDER in options(answer, "occupation_key")

    def test_the_second_step_asks_for_the_skills_of_the_narrower_occupation(self, browser):
        page = browser.get(self.START)
        assert "Step 2 of 2" in page.text
        assert f'name="skill_{MIG}"' in page.text

    def test_a_text_is_searched_for_skills_which_the_officer_then_confirms(self, browser, sessions):
        sent = {**self.plain(), "experience": "Two years, mostly to mix mortar on site"}
        first = browser.post(self.START, {**sent, "find": "experience"})
        assert first.status == 200
        assert f'name="skill_{MORTAR}"' in first.text
        assert "mix mortar</q>" in first.text
        assert value(first, "given_names") == "Ana María"
        mark = value(first, "experience_for")
        done = browser.post(self.START, {**sent, "experience_for": mark, f"skill_{MORTAR}": "2"})
        assert done.status == 302
        with sessions() as session:
            held = session.execute(sa.select(Skill.code, WorkerSkill.level).join(WorkerSkill)).all()
            assert [tuple(row) for row in held] == [(MORTAR, 2)]

    def test_skills_that_were_not_looked_at_stop_the_registration_once(self, browser, sessions):
        sent = {**self.plain(), "experience": "mix mortar"}
        stopped = browser.post(self.START, sent)
        assert stopped.status == 422
        assert "The text mentions these skills" in stopped.text
        again = browser.post(self.START, {**sent, "experience_for": value(stopped, "experience_for")})
        assert again.status == 302
        with sessions() as session:
            assert session.scalars(sa.select(WorkerSkill)).all() == []

    def test_another_skill_is_searched_by_any_name_and_kept_with_its_level(self, browser, sessions):
        sent = {**self.plain(), "more_skills": "hacer mezcla"}
        found = browser.post(self.START, {**sent, "find": "more_skills"})
        assert found.status == 200
        assert "also called: hacer mezcla" in found.text
        later = {**self.plain(), f"skill_{MORTAR}": "3", "phone": "wrong"}
        kept = browser.post(self.START, later)
        assert kept.status == 422
        assert f'name="skill_{MORTAR}"' in kept.text
        assert browser.post(self.START, {**later, "phone": ""}).status == 302
        with sessions() as session:
            assert session.scalars(sa.select(Skill.code).join(WorkerSkill)).all() == [MORTAR]

    def test_what_the_words_may_mean_is_listed_at_the_box_without_saying_a_name_twice(self, browser):
        found = browser.post(self.START, {**self.plain(), "more_skills": "mix mortar", "find": "more_skills"})
        assert "These words may mean the following skills" in found.text
        assert "also called: mix mortar" not in found.text
        assert "No skill is like these words" not in found.text

    def test_words_whose_skill_is_answered_already_are_not_said_to_be_like_none(self, browser):
        only = {**self.plain(), "more_skills": "mix mortar"}
        offered = browser.post(self.START, {**only, "find": "more_skills"})
        names = [each.get("name") for each in offered.page.iter(f"{HTML}select")]
        answered = {name: "1" for name in names if name and name.startswith("skill_")}
        again = browser.post(self.START, {**only, **answered, "phone": "wrong"})
        assert again.status == 422
        assert "These words may mean" not in again.text
        assert "No skill is like these words" not in again.text

    def test_words_that_are_like_no_skill_are_said_to_be(self, browser):
        answer = browser.post(self.START, {**self.plain(), "more_skills": "qqqq zzzz", "find": "more_skills"})
        assert "No skill is like these words" in answer.text
        assert value(answer, "more_skills") == "qqqq zzzz"

    def test_a_job_of_the_work_history_keeps_its_narrower_occupation(self, browser, sessions):
        sent = {**self.plain(), **chosen("work-0-occupation", "soldador MIG", WELDER)}
        assert browser.post(self.START, sent).status == 302
        with sessions() as session:
            job = session.scalars(sa.select(Employment).options(sa.orm.joinedload(Employment.occupation))).one()
            assert (job.occupation.code, job.concept) == ("7212", WELDER)

    def test_a_job_in_words_is_answered_with_suggestions_at_its_row(self, browser):
        answer = browser.post(self.START, {**self.plain(), "work-0-occupation": "soldador"})
        assert answer.errors == ["Occupation: Choose one of the occupations that these words may mean"]
        assert WELDER in options(answer, "work-0-occupation_key")

    @pytest.mark.parametrize("text", ["a" * 2_001, "\x00", "😀" * 500, "<b>" * 300])
    def test_odd_texts_are_answered(self, browser, text):
        answer = browser.post(self.START, {**self.plain(), "experience": text, "find": "experience"})
        assert answer.status in {200, 422}

    def test_a_skill_that_does_not_exist_is_not_asked_for(self, browser):
        answer = browser.post(self.START, {**self.plain(), "skill_nothing": "3", "phone": "wrong"})
        assert "skill_nothing" not in answer.text


class TestVacancy:
    @pytest.fixture
    def world(self, session, make, at, index_folder):
        sample_in(session, at, ConceptShelf(index_folder))
        return make.vacancy_world(valid_to=date(2032, 12, 31))

    def address(self, world, words="melonero", key=PICKER):
        ties = {"scheme": world.scheme.ref, "shortage": world.shortage.ref, **chosen("occupation", words, key)}
        return f"/vacancies/new?{urlencode(ties)}"

    def terms(self, **changes):
        without = {"essential_skills", "optional_skills"}
        plain = {name: sent for name, sent in TERMS.items() if name not in without}
        return {**plain, "duties": "Nothing else.", **changes}

    def test_a_few_occupations_are_offered_before_anybody_types(self, world, browser_for):
        page = browser_for(world.boss).get("/vacancies/new")
        assert options(page, "occupation_key") == ["isco-9211"]

    def test_only_occupations_that_a_shortage_covers_are_suggested(self, world, browser_for):
        page = browser_for(world.boss).get(self.address(world, "soldador MIG", WELDER))
        assert page.status == 422
        assert WELDER not in options(page, "occupation_key")

    def test_the_narrower_occupation_is_kept_and_its_skills_are_offered(self, world, browser_for, sessions):
        browser = browser_for(world.boss)
        page = browser.get(self.address(world))
        assert "melon harvester" in page.text
        assert "pick melons by hand" in page.text
        drafted = browser.post(self.address(world), self.terms())
        assert "melon harvester" in browser.get(drafted.location).text
        with sessions() as session:
            assert session.scalars(sa.select(Vacancy.concept)).all() == [PICKER]

    def test_skills_in_the_duties_are_offered_with_the_words_that_say_so(self, world, browser_for, sessions):
        browser = browser_for(world.boss)
        sent = self.terms(duties="Must be able to mix mortar.")
        found = browser.post(self.address(world), {**sent, "find": "duties"})
        assert found.status == 200
        assert MORTAR in options(found, "essential_skills")
        assert "In the text: “mix mortar”" in found.text
        confirmed = {**sent, "duties_for": value(found, "duties_for"), "essential_skills": [MORTAR]}
        assert browser.post(self.address(world), confirmed).status == 302
        with sessions() as session:
            assert session.scalars(sa.select(Skill.code).join(VacancySkill)).all() == [MORTAR]

    def test_duties_whose_skills_were_not_looked_at_stop_once(self, world, browser_for):
        browser = browser_for(world.boss)
        sent = self.terms(duties="Must be able to mix mortar.")
        stopped = browser.post(self.address(world), sent)
        assert stopped.status == 422
        again = browser.post(self.address(world), {**sent, "duties_for": value(stopped, "duties_for")})
        assert again.status == 302

    def test_skills_that_are_ticked_already_are_not_suggested_again(self, world, browser_for):
        sent = self.terms(duties="Must be able to mix mortar.", essential_skills=[MORTAR])
        assert browser_for(world.boss).post(self.address(world), sent).status == 302

    def test_a_stored_skill_of_any_kind_is_still_ticked_when_the_terms_change(self, world, browser_for):
        browser = browser_for(world.boss)
        drafted = browser.post(self.address(world), self.terms(essential_skills=[MORTAR]))
        page = browser.get(f"{drafted.location}/edit")
        ticked = [
            each.get("value")
            for each in page.page.iter(f"{HTML}input")
            if each.get("name") == "essential_skills" and each.get("checked") is not None
        ]
        assert ticked == [MORTAR]

    def test_the_same_order_twice_is_pointed_out_before_it_is_submitted(self, world, make, browser_for):
        first = make.vacancy(world, VacancyState.SUBMITTED)
        second = make.vacancy(world, VacancyState.DRAFT)
        page = browser_for(world.boss).get(f"/vacancies/{second.ref}")
        assert "This may be the same order as another one" in page.text
        assert first.ref in page.text
        assert "same occupation" in page.text
