import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.matching.concepts.words import (
    LONGEST,
    fold,
    phrases,
    stem,
    stems,
    surface_forms,
    tells_apart,
    tokens,
    trigrams,
)

GENDERS = [
    ("es", "cocinero", "cocinera"),
    ("es", "operador de grúa", "operadora de grúa"),
    ("es", "ingeniero técnico", "ingeniera técnica"),
    ("es", "trabajadores agrícolas", "trabajadoras agrícolas"),
    ("es", "actor", "actriz"),
    ("es", "jefe", "jefas"),
    ("es", "alcalde", "alcaldesa"),
    ("fr", "cuisinier", "cuisinière"),
    ("fr", "vendeur", "vendeuse"),
    ("fr", "directeur adjoint", "directrice adjointe"),
    ("fr", "technicien qualifié", "technicienne qualifiée"),
    ("fr", "hôte", "hôtesses"),
    ("fr", "ouvriers agricoles", "ouvrières agricoles"),
    ("fr", "sportif", "sportive"),
    ("en", "waiter", "waitress"),
    ("en", "businessman", "businesswoman"),
    ("en", "chairperson", "chairman"),
    ("en", "actor", "actress"),
    ("en", "steward", "stewardesses"),
]


@pytest.mark.parametrize(("language", "masculine", "feminine"), GENDERS)
def test_both_genders_of_a_title_are_the_same_words(language, masculine, feminine):
    assert tokens(masculine, language) == tokens(feminine, language) != []


@pytest.mark.parametrize(
    ("british", "american"),
    [
        ("labourer", "laborer"),
        ("jeweller", "jeweler"),
        ("theatre organiser", "theater organizer"),
        ("draughtsman", "draftsman"),
        ("programme counsellor", "program counselor"),
    ],
)
def test_british_and_american_spellings_are_the_same_words(british, american):
    assert tokens(british, "en") == tokens(american, "en")


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("cocinero/cocinera", ("cocinero", "cocinera")),
        ("técnico de vídeo / técnica de vídeo", ("técnico de vídeo", "técnica de vídeo")),
        ("operador(a) de grúa", ("operador de grúa",)),
        ("operador/a", ("operador",)),
        ("enfermero comparativo/comparativa jefe/jefa", ("enfermero comparativo jefe", "enfermero comparativa jefa")),
        ("sales/marketing", ("sales/marketing",)),
        ("albañil", ("albañil",)),
    ],
)
def test_a_title_for_two_genders_has_two_forms_and_others_one(text, forms):
    assert surface_forms(text) == forms


def test_what_a_title_excludes_is_not_part_of_it():
    assert tokens("Architects, except landscape and naval", "en") == ["architect"]
    assert tokens("COCINEROS, EN GENERAL", "es") == tokens("cocinera", "es")
    assert tokens("ouvriers, sauf agricoles", "fr") == tokens("ouvrière", "fr")


def test_a_title_of_only_small_words_keeps_them():
    assert tokens("the other", "en") != []


@pytest.mark.parametrize("language", ["en", "es", "fr", "ht", ""])
@given(text=st.text(max_size=200))
def test_any_text_gives_folded_words_of_bounded_length(language, text):
    words = tokens(text, language)
    assert all(word and fold(word) == word and len(word) <= 40 for word in words)
    assert bool(words) == bool(fold(text))
    assert all(stems(words, language))


@given(st.text(max_size=600))
def test_folding_twice_is_folding_once_and_case_and_accents_do_not_matter(text):
    once = fold(text)
    assert fold(once) == once
    assert len(once) <= 8 * LONGEST


@given(st.text(alphabet="abcdefgh ", min_size=1, max_size=30))
def test_case_is_no_difference(text):
    assert fold(text.upper()) == fold(text)


def test_markup_accents_and_signs_are_left_out():
    assert fold("<b>Albañil</b> œuvre, C++ &  C#") == "albanil oeuvre c++ & c#"
    assert fold("x" * (LONGEST + 50)) == "x" * LONGEST


def test_pieces_and_phrases_of_words():
    assert trigrams(["cook"]) == [" co", "coo", "ook", "ok "]
    assert phrases(["fruit", "picker"]) == ["fruit", "picker", "fruit picker"]
    assert trigrams([]) == phrases([]) == []


def test_a_language_without_a_stemmer_keeps_its_words():
    assert stem("kizin", "ht") == "kizin"


@pytest.mark.parametrize(
    ("word", "language", "tells"),
    [("de", "es", False), ("de", "en", True), ("de", None, False), ("grúa", None, True), ("!", "en", False)],
)
def test_small_words_of_a_language_tell_nothing_apart(word, language, tells):
    assert tells_apart(word, language) is tells
