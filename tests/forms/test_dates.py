"""A date in three boxes: what is read in every language, and which box is marked with which words."""

from datetime import date

import pytest
from flask import Flask
from flask_babel import Babel, force_locale
from flask_wtf import FlaskForm
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from mobility.forms.fields import date_field


class Entry(FlaskForm):
    """A birth date that must be there."""

    born_on = date_field("Birth date", required="Enter the birth date")


@pytest.fixture(scope="module")
def page():
    app = Flask("forms")
    app.config.update(SECRET_KEY="x", WTF_CSRF_ENABLED=False)
    Babel(app)
    with app.test_request_context():
        yield


def typed(*boxes, language="en"):
    with force_locale(language):
        form = Entry(MultiDict([("born_on", box) for box in boxes]))
        form.validate()
        return form.born_on


@pytest.mark.parametrize(
    "boxes",
    [
        ("14", "3", "1994"),
        (" 14 ", "\u00a003", "1994 "),
        ("14", "Mar", "1994"),
        ("14", "marzo", "1994"),
        ("14", "MARS", "1994"),
        ("14", "mar.", "1994"),
        ("14th", "March", "1994"),
        ("1994-03-14",),
        ("1994/3/14",),
        ("14.3.1994",),
        ("14-03-1994",),
        ("14 de marzo de 1994",),
        ("14 mars 1994",),
    ],
)
def test_a_date_is_read_in_the_words_of_every_language(page, boxes):
    assert typed(*boxes).data == date(1994, 3, 14)


@pytest.mark.parametrize("boxes", [("1", "avril", "2026"), ("1er", "avr.", "2026"), ("1", "Abr", "2026")])
def test_short_months_are_read(page, boxes):
    assert typed(*boxes).data == date(2026, 4, 1)


@pytest.mark.parametrize("month", ["set", "Sept", "sep.", "septiembre", "septembre", "setiembre"])
def test_september_has_many_names(page, month):
    assert typed("2", month, "2026").data == date(2026, 9, 2)


@pytest.mark.parametrize(
    ("boxes", "words", "wrong"),
    [
        (("30", "2", "2026"), "February 2026 has 28 days", ("day",)),
        (("1", "13", "2026"), "There is no month 13", ("month",)),
        (("", "3", "2026"), "The date needs a day", ("day",)),
        (("3", "", ""), "The date needs a month and a year", ("month", "year")),
        (("0", "3", "2026"), "There is no day 0", ("day",)),
        (("3", "Foo", "2026"), "There is no month Foo", ("month",)),
        (("3", "3", "94"), "94 is no year: write it with four digits", ("year",)),
        (("3", "3", "1066"), "Enter a year from 1900 to 2199", ("year",)),
        (("yesterday",), "Enter a day, a month and a year", ("day", "month", "year")),
    ],
)
def test_a_message_names_the_part_that_is_wrong_and_its_box_is_marked(page, boxes, words, wrong):
    field = typed(*boxes)
    assert (field.data, list(field.errors), field.wrong) == (None, [words], wrong)
    assert field.raw_data == list(boxes)


def test_an_empty_date_that_must_be_there_has_its_own_words(page):
    assert list(typed("", "", "").errors) == ["Enter the birth date"]


def test_the_month_is_named_in_the_language_of_the_page(page):
    assert "febrero 2026" in typed("30", "2", "2026", language="es").errors[0]


@given(st.lists(st.text(max_size=12), max_size=4))
def test_no_text_breaks_the_field(page, boxes):
    field = typed(*boxes)
    assert (field.data is None) == bool(field.errors)
