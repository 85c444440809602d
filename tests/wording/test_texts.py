"""A text is said in a language that somebody named: no request, no environment, no fall-back to English."""

import pytest

from mobility.data.reference import LANGUAGES
from mobility.rules.cases.shortages import ShortageState
from mobility.wording import catalogues, common, label, sentence
from mobility.wording.texts import LOCALES, Text, translations


@pytest.mark.parametrize(("language", "expected"), [("en", "Declared"), ("es", "Declarada"), ("fr", "Déclarée")])
def test_a_label_is_said_in_the_language_that_is_asked_for(language, expected):
    assert label(ShortageState.DECLARED, language) == expected


def test_a_sentence_takes_its_parameters_as_the_language_writes_them():
    said = {language: sentence("password_too_short", {"least": 12}, language) for language in LANGUAGES}
    assert len(set(said.values())) == len(LANGUAGES)
    assert all("12" in text for text in said.values())


def test_a_language_that_the_product_does_not_speak_is_refused():
    with pytest.raises(ValueError, match="'de'"):
        label(ShortageState.DECLARED, "de")


def test_a_text_without_a_language_cannot_be_shown():
    with pytest.raises(TypeError, match="language"):
        f"{Text('Declared')}"


def test_a_missing_catalogue_is_said_and_not_replaced_by_english(tmp_path, monkeypatch):
    monkeypatch.setattr(catalogues, "FOLDER", tmp_path)
    translations.cache_clear()
    try:
        with pytest.raises(FileNotFoundError, match="es"):
            Text("Declared").spoken("es")
    finally:
        translations.cache_clear()


def test_every_language_writes_numbers_and_dates_in_a_regional_form():
    assert set(LOCALES) == set(LANGUAGES)


def test_every_language_has_a_name_in_every_language():
    assert tuple(common.LANGUAGES) == LANGUAGES
    assert {code: text.spoken("fr") for code, text in common.LANGUAGES.items()} == {
        "en": "Anglais",
        "es": "Espagnol",
        "fr": "Français",
    }
