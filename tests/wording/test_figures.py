"""Figures inside sentences are written as the page's language writes them."""

import pytest

from mobility.wording import figures


def written(language: str, **params: str) -> str:
    """Return one parameter as one language writes it."""
    return next(iter(figures.worded(params, language).values()))


@pytest.mark.parametrize(
    ("language", "text"), [("en", "20.95"), ("es", "20.95"), ("fr", "20,95")], ids=["English", "Spanish", "French"]
)
def test_a_fraction_is_written_in_the_pages_language_without_empty_places(language, text):
    assert written(language, offered="20.9500") == text


def test_a_whole_amount_loses_its_empty_places():
    assert written("es", value="42.0") == "42"


@pytest.mark.parametrize("code", ["9211", "W-7K3M-9QXA-4", "1.2.3"])
def test_codes_stay_as_they_are(code):
    assert written("fr", value=code) == code
