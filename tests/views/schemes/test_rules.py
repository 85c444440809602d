"""Pages of the next version of rules: begun, a rule added, changed, ended, examples kept, issued, compared, affected."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from mobility.clock import now
from mobility.models.schemes.schemes import RuleDraft, RuleSet, Scheme
from mobility.rules.basics.places import day_in
from mobility.rules.cases.schemes import SchemeState

SOON = (now() + timedelta(days=60)).date()
RULE = {
    "name": "age",
    "p_field": "worker.age",
    "p_min": "21",
    "p_max": "",
    "severity": "block",
    "source": "Decree 7",
    "waiver": "origin_ministry",
    "sentence_en": "At least 21 years old.",
    "sentence_es": "Al menos 21 años.",
    "sentence_fr": "Au moins 21 ans.",
}


def parts(day: date) -> list[str]:
    return [str(day.day), str(day.month), str(day.year)]


@pytest.fixture
def address(session, make, officer, honduras):
    made = make.scheme(officer, honduras)
    session.commit()
    return f"/schemes/{made.ref}"


@pytest.fixture
def browser(browser_for, officer, address):
    return browser_for(officer)


def versioned(sessions, **data):
    with sessions() as session:
        return {**data, "version": str(session.scalars(sa.select(Scheme.version)).one())}


@pytest.fixture
def begun(browser, sessions, address):
    answer = browser.post(f"{address}/rules/begin", versioned(sessions, first_day=parts(SOON)))
    assert answer.status == 302
    return f"{address}/rules"


def stored(sessions, model=RuleDraft):
    with sessions() as session:
        return session.scalars(sa.select(model).order_by(model.id)).all()


def age_rules(rules):
    return [rule for rule in rules if rule["id"] == "age"]


def test_a_next_version_begins_ahead_and_shows_every_rule_with_its_fields(browser, sessions, address, begun):
    page = browser.get(f"{begun}/draft")
    assert page.heading == "Next version of the rules"
    assert page.text.count('class="app-rule"') == len(stored(sessions)[0].rules)
    assert "Source: IRIS Standard" in page.text
    assert "La persona trabajadora tiene al menos 18" in page.text  # the other languages stand beside


def test_a_next_version_never_begins_today_or_before(browser, sessions, address):
    answer = browser.post(f"{address}/rules/begin", versioned(sessions, first_day=parts(day_in("US", now()))))
    assert answer.status == 422
    assert answer.errors[0].startswith("The new rules apply from: Choose a day after")
    assert stored(sessions) == []


def test_a_rule_is_changed_from_the_first_day_on(browser, sessions, begun):
    form = browser.get(f"{begun}/change?rule=age")
    assert 'value="18"' in form.text

    answer = browser.post(f"{begun}/change?rule=age", versioned(sessions, **RULE, valid_from=parts(SOON)))

    assert answer.status == 302
    old, new = age_rules(stored(sessions)[0].rules)
    assert (old["valid_to"], new["valid_from"]) == ((SOON - timedelta(days=1)).isoformat(), SOON.isoformat())
    assert (new["params"]["min"], new["waiver"], new["sentence"]["fr"]) == (21, "origin_ministry", "Au moins 21 ans.")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"p_field": "worker.marital_status"}, "Looks at: No rule may use worker.marital_status. Whether somebody is"),
        ({"p_field": "worker.agee"}, "Looks at: There is no fact worker.agee. Most like it: worker.age."),
        ({"p_min": "60", "p_max": "20"}, "At least: No case could ever meet this"),
        ({"p_min": "many"}, "At least: A whole number is expected here."),
        ({"p_min": ""}, "At least: Something that must be given is missing here."),
        ({"sentence_es": ""}, "The rule in Spanish: Say the rule in Spanish"),
        ({"source": ""}, "Source: Enter the law, agreement or decision"),
    ],
)
def test_a_rule_that_does_not_fit_is_said_at_its_field_and_changes_nothing(browser, sessions, begun, changes, error):
    before = stored(sessions)[0].rules
    answer = browser.post(
        f"{begun}/change?rule=age", versioned(sessions, **{**RULE, **changes}, valid_from=parts(SOON))
    )
    assert answer.status == 422
    assert answer.errors[0].startswith(error)
    assert stored(sessions)[0].rules == before


def test_the_form_says_what_no_rule_may_look_at(browser, begun):
    page = browser.get(f"{begun}/add?operator=range")
    assert "marital status" in page.text
    assert "Religion decides nobody’s chances." in page.text.replace("&#39;", "’")


def test_a_rule_of_one_field_is_added(browser, sessions, begun):
    chosen = browser.post(f"{begun}/add", {"operator": "is_true"})
    assert chosen.location.endswith("/rules/add?operator=is_true")
    rule = {**RULE, "name": "literate", "p_field": "worker.reads_and_writes"}
    assert browser.post(chosen.location, versioned(sessions, **rule, valid_from=parts(SOON))).status == 302
    added = stored(sessions)[0].rules[-1]
    assert (added["id"], added["params"]) == ("literate", {"field": "worker.reads_and_writes"})


def test_a_rule_of_several_parts_is_added_with_a_group_of_fields_for_each(browser, sessions, begun):
    chosen = browser.post(f"{begun}/add", {"operator": "any_of", "part_0": "history", "part_1": "one_of"})
    page = browser.get(chosen.location)
    assert "Part 1: Earlier seasons" in page.text
    rule = {
        **RULE,
        "name": "returning",
        "q0_min_seasons": "1",
        "q1_field": "worker.nationalities",
        "q1_values": "GT, HN",
    }
    assert browser.post(chosen.location, versioned(sessions, **rule, valid_from=parts(SOON))).status == 302
    assert stored(sessions)[0].rules[-1]["params"]["of"] == [
        {"operator": "history", "params": {"min_seasons": 1}},
        {"operator": "one_of", "params": {"field": "worker.nationalities", "values": ["GT", "HN"]}},
    ]
    again = browser.get(f"{begun}/change?rule=returning")
    assert "GT\nHN" in again.text


def test_a_rule_of_several_parts_needs_them(browser, begun):
    answer = browser.post(f"{begun}/add", {"operator": "when", "part_0": "history"})
    assert answer.errors == ["First part: Choose what its parts are"]


def test_an_error_in_a_part_is_said_at_that_part(browser, sessions, begun):
    address = f"{begun}/add?operator=any_of&part=is_true&part=one_of"
    rule = {**RULE, "name": "x", "q0_field": "worker.displaced", "q1_field": "worker.religion", "q1_values": "a"}
    answer = browser.post(address, versioned(sessions, **rule, valid_from=parts(SOON)))
    assert answer.errors[0].startswith("Looks at: No rule may use worker.religion.")
    assert "q1_field-error" in answer.text


def test_a_rule_ends_on_a_day(browser, sessions, begun):
    last = (SOON + timedelta(days=30)).isoformat()
    assert browser.post(f"{begun}/end", versioned(sessions, rule="document", last=last)).status == 302
    assert next(rule for rule in stored(sessions)[0].rules if rule["id"] == "document")["valid_to"] == last
    early = browser.post(f"{begun}/end", versioned(sessions, rule="age", last="2020-01-01"))
    assert early.status == 422
    assert "rules never change backwards" in early.errors[0]


def test_a_worked_example_shows_whether_it_holds_and_keeps_a_version_back(browser, sessions, begun):
    form = browser.get(f"{begun}/example")
    data = {"name": "A worker of 19", "on": parts(SOON), "v_age": "fail"}
    data |= dict.fromkeys(_field_of(form, "age on the first day of work"), "19")
    assert browser.post(f"{begun}/example", versioned(sessions, **data)).status == 302

    page = browser.get(f"{begun}/draft")
    assert "Does not hold" in page.text
    refused = browser.post(f"{begun}/issue", versioned(sessions))
    assert refused.status == 422
    assert "must answer “not met” and answers “met”" in refused.text

    browser.post(f"{begun}/change?rule=age", versioned(sessions, **RULE, valid_from=parts(SOON)))
    assert "Does not hold" not in browser.get(f"{begun}/draft").text
    assert browser.post(f"{begun}/issue", versioned(sessions)).status == 302


def _field_of(answer, text):
    """Return the names of the inputs whose label has this text."""
    labels = answer.page.iter("{http://www.w3.org/1999/xhtml}label")
    return [label.get("for") for label in labels if "".join(label.itertext()).strip() == text]


def test_examples_are_changed_and_taken_out(browser, sessions, begun):
    data = {"name": "A worker of unknown age", "on": parts(SOON), "v_age": "unknown"}
    browser.post(f"{begun}/example", versioned(sessions, **data))
    assert browser.post(f"{begun}/example", versioned(sessions, **data)).status == 422
    renamed = {**data, "name": "Age not known"}
    assert browser.post(f"{begun}/example?name=A+worker+of+unknown+age", versioned(sessions, **renamed)).status == 302
    assert [example["name"] for example in stored(sessions)[0].examples] == ["Age not known"]
    assert browser.post(f"{begun}/example/drop", versioned(sessions, name="Age not known")).status == 302
    assert stored(sessions)[0].examples == []


def test_an_example_says_what_is_wrong_at_its_field(browser, sessions, begun):
    form = browser.get(f"{begun}/example")
    (age,) = _field_of(form, "age on the first day of work")
    answer = browser.post(
        f"{begun}/example", versioned(sessions, name="x", on=parts(SOON), v_age="fail", **{age: "nineteen"})
    )
    assert answer.errors == ["age on the first day of work: A whole number is expected here."]
    nothing = browser.post(f"{begun}/example", versioned(sessions, name="x", on=parts(SOON)))
    assert nothing.errors == ["Say of at least one rule what it must answer."]


def test_an_issued_version_is_compared_with_the_signed_one_and_signed_again_by_both(
    browser, browser_for, honduras, sessions, address, begun
):
    browser.post(f"{begun}/change?rule=age", versioned(sessions, **RULE, valid_from=parts(SOON)))
    draft = browser.get(f"{begun}/compare")
    assert "Next version" in draft.text
    browser.post(f"{begun}/issue", versioned(sessions))

    page = browser.get(f"{begun}/compare?old=1&new=2")
    assert "<del>" in page.text
    assert "<ins>21</ins>" in page.text
    assert "<del>18</del>" in page.text
    assert "Rules that differ: 1 of" in page.text
    assert browser.get(f"{begun}/compare?old=1&new=9").status == 404

    other = browser_for(honduras)
    assert "New rules wait for your signature" in other.get("/notices/").text
    assert other.post(f"{address}/sign", versioned(sessions)).status == 302
    assert browser.post(f"{address}/sign", versioned(sessions)).status == 302
    first, second = stored(sessions, RuleSet)
    assert first.valid_to == SOON - timedelta(days=1)
    assert second.valid_to is None


def test_a_draft_is_put_away(browser, sessions, address, begun):
    assert browser.post(f"{begun}/discard", versioned(sessions)).location == address
    assert stored(sessions) == []


def test_an_origin_ministry_sees_no_draft_and_edits_nothing(browser_for, honduras, sessions, address, begun):
    other = browser_for(honduras)
    assert other.get(f"{begun}/draft").status == 403
    assert "Next version" not in other.get(f"{begun}/compare").text
    assert other.get(f"{begun}/compare?new=draft").status == 404


def test_signed_rules_cannot_be_edited_while_they_wait_for_signature(session, make, officer, honduras, browser_for):
    made = make.scheme(officer, honduras, state=SchemeState.SUBMITTED)
    session.commit()
    browser = browser_for(officer)
    page = browser.get(f"/schemes/{made.ref}/rules/draft")
    assert "Begin a next version" not in page.text
    answer = browser.post(f"/schemes/{made.ref}/rules/begin", {"first_day": parts(SOON), "version": str(made.version)})
    assert answer.status == 409


def test_an_older_page_is_told(browser, sessions, begun):
    stale = versioned(sessions)
    browser.post(f"{begun}/end", versioned(sessions, rule="document", last=SOON.isoformat()))
    assert browser.post(f"{begun}/issue", stale).status == 409
