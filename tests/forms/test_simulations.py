"""The form of a simulation: what it shows of every example scheme reads back as no change, and what differs as one."""

from datetime import date

import pytest
from flask import Flask
from flask_babel import Babel
from werkzeug.datastructures import MultiDict

from mobility.forms.simulations import Choice, simulation_form
from mobility.rules.cases.schemes import ReviewOrder
from mobility.rules.cases.simulations import Changes, changed_rules, law_on
from mobility.rules.law.example_schemes import example_schemes

QUOTAS = [Choice("Q-1", "Everybody", 100), Choice("Q-2", "Guatemala", 40)]
ORIGINS = [Choice("GT", "Guatemala"), Choice("HN", "Honduras")]
JOBS = [Choice("9211", "Crop labourers"), Choice("6111", "Growers")]
ORDER = ReviewOrder.GOVERNMENTS_FIRST


@pytest.fixture
def page():
    app = Flask("forms")
    app.config.update(SECRET_KEY="x", WTF_CSRF_ENABLED=False)
    Babel(app)
    with app.test_request_context():
        yield


def sent_by(form, **other):
    """Return a form as it would come back from a page that shows this one, with other values for some fields."""
    data = {name: value for name, value in form.data.items() if value is not None and value is not False}
    return MultiDict({**{name: "y" if value is True else str(value) for name, value in data.items()}, **other})


def shown(rules, changes):
    form = simulation_form(rules, QUOTAS, ORIGINS, JOBS, formdata=None)
    form.start_from(changes, ORDER)
    return form


def back(rules, sent):
    return simulation_form(rules, QUOTAS, ORIGINS, JOBS, formdata=sent)


@pytest.mark.parametrize("example", example_schemes(), ids=lambda each: each.code)
def test_every_example_reads_back_as_no_change(page, example):
    rules = law_on(example.rules, max(date(2026, 5, 4), *(rule.valid_from for rule in example.rules)))
    assert back(rules, sent_by(shown(rules, Changes()))).read(ORDER) == Changes()


@pytest.mark.parametrize("example", example_schemes(), ids=lambda each: each.code)
def test_changes_read_back_as_they_were_shown(page, example):
    rules = law_on(example.rules, max(date(2026, 5, 4), *(rule.valid_from for rule in example.rules)))
    changes = Changes(
        base="2",
        left_out=frozenset({rules[0].id}),
        caps={"Q-2": 30},
        shares={"HN": 0},
        occupations=frozenset({"9211"}),
        review_order=ReviewOrder.EMPLOYER_FIRST,
    )
    assert back(rules, sent_by(shown(rules, changes))).read(ORDER) == changes


def test_a_changed_field_is_a_changed_rule_and_nothing_else(page):
    example = next(each for each in example_schemes() if each.code == "us_h2a_like")
    rules = law_on(example.rules, date(2026, 5, 4))
    place = next(number for number, rule in enumerate(rules) if rule.id == "age")
    found = back(rules, sent_by(shown(rules, Changes()), **{f"r{place}_p_min": "25"})).read(ORDER)
    assert found == Changes(params={"age": {**rules[place].params, "min": 25}})
    assert changed_rules(rules, found)[place].params["min"] == 25
    assert back(rules, sent_by(shown(rules, found))).read(ORDER) == found


def test_a_rule_that_is_left_out_need_not_fit(page):
    example = next(each for each in example_schemes() if each.code == "us_h2a_like")
    rules = law_on(example.rules, date(2026, 5, 4))
    place = next(number for number, rule in enumerate(rules) if rule.id == "age")
    odd = {f"r{place}_p_min": "many"}
    assert back(rules, sent_by(shown(rules, Changes()), **odd)).read(ORDER) is None
    found = back(rules, sent_by(shown(rules, Changes()), **odd, **{f"r{place}_out": "y"})).read(ORDER)
    assert found == Changes(left_out=frozenset({"age"}))


def test_a_cap_that_is_left_empty_stays_as_it_is(page):
    rules = law_on(example_schemes()[0].rules, date(2026, 5, 4))
    assert back(rules, sent_by(shown(rules, Changes()), cap_0="")).read(ORDER) == Changes()
