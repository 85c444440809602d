"""Fields for numbers: what each language's page reads, refuses, repeats and shows."""

from decimal import Decimal

import pytest
from flask import Flask
from flask_babel import Babel, force_locale
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict

from mobility.forms.fields import decimal_field, number_field, offer, select_field


class Entry(FlaskForm):
    """An amount with its currency, and a number of people."""

    pay = decimal_field("Pay", least=0, most=100_000, places=2)
    currency = select_field("Currency")
    people = number_field("People", least=0, most=1_000_000)


@pytest.fixture
def page():
    app = Flask("forms")
    app.config.update(SECRET_KEY="x", WTF_CSRF_ENABLED=False)
    Babel(app)
    with app.test_request_context():
        yield


def typed(language, **values):
    with force_locale(language):
        form = Entry(MultiDict({"currency": "USD", **values}))
        offer(form.currency, [("USD", "US dollar"), ("CAD", "Canadian dollar")])
        form.validate()
        return form


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("en", "2,500.00 USD", "2500"),
        ("en", "1,200", "1200"),
        ("es", "1,200", "1200"),
        ("es", "2.500,00", "2500"),
        ("fr", "1\u202f450,50", "1450.5"),
        ("fr", "1 450,50", "1450.5"),
        ("fr", "1.200", "1200"),
        ("en", "$14.50", "14.5"),
        ("fr", ".5", ".5"),
        ("en", "4,50", "4.5"),
    ],
)
def test_pay_is_read_by_the_language_of_the_page(page, language, text, value):
    form = typed(language, pay=text)
    assert (form.errors, form.pay.data) == ({}, Decimal(value))


@pytest.mark.parametrize(("language", "text"), [("en", "1.200"), ("es", "1.200"), ("fr", "1,200")])
def test_pay_with_two_readings_is_refused_with_both_and_what_was_typed_stays(page, language, text):
    form = typed(language, pay=text)
    (message,) = form.pay.errors
    assert text in message
    assert "1200" in message
    assert ("1,2 " if language == "fr" else "1.2 ") in message.replace(":", " ")
    assert (form.pay.data, form.pay._value()) == (None, text)


def test_people_in_thousands_are_read_as_the_page_shows_them(page):
    assert typed("en", people="1,200").people.data == 1200
    assert typed("fr", people="1\u202f200").people.data == 1200
    assert typed("fr", people="12.000").people.data == 12_000


def test_twelve_point_nothing_people_are_asked_about(page):
    (message,) = typed("en", people="12.000").people.errors
    assert "12000" in message


@pytest.mark.parametrize(("text", "named"), [("1.5", "not a whole number"), ("many", "not a number")])
def test_a_message_repeats_what_was_typed(page, text, named):
    (message,) = typed("en", people=text).people.errors
    assert text in message
    assert named in message


def test_an_example_is_written_as_the_language_writes_it(page):
    assert "12,5" in typed("fr", pay="beaucoup").pay.errors[0]
    assert "12.5" in typed("es", pay="mucho").pay.errors[0]


def test_an_amount_in_another_currency_than_the_one_chosen_is_refused(page):
    (message,) = typed("en", pay="2,500.00 CAD").pay.errors
    assert ("CAD" in message, "USD" in message) == (True, True)
    assert typed("en", pay="$2,500").errors == {}


def test_a_stored_amount_is_shown_so_that_it_reads_back(page):
    for language in ("en", "es", "fr"):
        with force_locale(language):
            shown = Entry(formdata=None, data={"pay": Decimal("1450.5")}).pay._value()
        assert typed(language, pay=shown).pay.data == Decimal("1450.5")
