"""Numbers as written: one reading, two readings, none; what the numbers around settle."""

from decimal import Decimal

import pytest
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from mobility.formats.numbers import Mark, settled, written
from mobility.wording.texts import LOCALES

AMOUNTS = st.decimals(min_value=0, max_value=10**9, places=2)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0,045", ".045"),
        ("4,50", "4.5"),
        ("2,500.00", "2500"),
        ("2.500,00", "2500"),
        ("1 450,50", "1450.5"),
        ("1\u202f450,50", "1450.5"),
        ("1'200.50", "1200.5"),
        ("$14.50", "14.5"),
        ("C$ 14.50", "14.5"),
        ("2,500.00 USD", "2500"),
        ("EUR 12", "12"),
        ("75 %", "75"),
        (".5", ".5"),
        ("16.", "16"),
        ("\u22123,5", "-3.5"),
        ("1,234,567", "1234567"),
        ("1.234.567,8", "1234567.8"),
        ("0.000", "0"),
    ],
)
def test_a_number_that_only_one_reading_fits_is_that_number(text, value):
    assert written(text).values == (Decimal(value),)


@pytest.mark.parametrize("text", ["1,250", "12.345", "1.200", "12.000", "-1,200"])
def test_three_digits_behind_one_sign_have_two_readings(text):
    assert len(written(text).values) == 2
    assert written(text).value() is None


def test_the_mark_of_the_place_settles_two_readings():
    assert written("1,250").value(Mark.COMMA) == Decimal("1.25")
    assert written("1,250").value(Mark.POINT) == 1250


@pytest.mark.parametrize(
    "text", ["", " ", "abc", "1e5", "12,34,567", "1,2,3", "\u0663", "1.2.3", ".", "1" * 41, "12 34", "--1", "Q"]
)
def test_what_nobody_writes_for_a_number_is_none(text):
    assert written(text).values == ()


def test_the_currency_is_kept_beside_the_number():
    assert (written("2,500.00 USD").unit, written("$14").unit, written("75%").unit) == ("USD", "$", "%")


@pytest.mark.parametrize(
    ("texts", "mark"),
    [
        (["0,045", "1,250", "12,345", "4,50"], Mark.COMMA),
        (["1.5", "1,250"], Mark.POINT),
        (["1,250", "12", "7"], None),
        (["1.5", "4,50", "1,250"], None),
        ([], None),
    ],
)
def test_the_numbers_of_a_file_settle_its_decimal_mark(texts, mark):
    assert settled(map(written, texts)) is mark


@given(AMOUNTS, st.sampled_from(sorted(LOCALES.values())))
def test_what_the_product_shows_is_among_its_readings(amount, locale):
    assert amount in written(str(format_decimal(amount, "#,##0.00", locale=locale))).values


@given(st.text())
def test_no_text_breaks_the_reader(text):
    assert len(written(text).values) <= 2
