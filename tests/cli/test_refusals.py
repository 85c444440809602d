"""What the command line says of a refusal: a sentence in the terminal's language, and the code for whoever helps."""

import pytest

from mobility.cli.refusals import terminal_language, told
from mobility.errors import ConflictError, InvalidError, MobilityError, NotFoundError

SEARCH = (
    "concepts.none",
    "concepts.missing",
    "concepts.foreign",
    "concepts.altered",
    "confidence.malformed",
    "trees.malformed",
    "semantic.missing",
)


@pytest.mark.parametrize("code", SEARCH)
def test_each_refusal_of_the_search_is_a_sentence_of_its_own_in_every_language(code):
    said = {told(InvalidError(code), {"LANG": f"{language}.UTF-8"}) for language in ("en_US", "es_GT", "fr_HT")}
    assert len(said) == 3
    assert all(text.endswith(f". [{code}]") for text in said)


def test_figures_stand_in_the_sentence_and_after_it():
    error = InvalidError("taxonomy.other_version", field="version", used="v1.1.1", given="v1.2")
    assert told(error, {}) == (
        "Version v1.1.1 is in use. Change to v1.2 with `mobility taxonomy upgrade`. "
        "[taxonomy.other_version in version (used=v1.1.1, given=v1.2)]"
    )


def test_a_conflict_is_said_in_its_sentence_too():
    said = told(ConflictError("stale"), {"LANG": "es"})
    assert said.endswith(" [stale]")
    assert said != told(ConflictError("stale"), {})


@pytest.mark.parametrize("error", [NotFoundError("no such scheme"), MobilityError("cut off"), InvalidError("no.such")])
def test_what_no_sentence_is_written_for_speaks_for_itself(error):
    assert told(error, {"LANG": "fr_CA.UTF-8"}) == str(error)


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({}, "en"),
        ({"LANG": "es_MX.UTF-8"}, "es"),
        ({"LANG": "es_MX.UTF-8", "LC_ALL": "fr_CA"}, "fr"),
        ({"LANG": "es_MX.UTF-8", "LC_ALL": ""}, "es"),
        ({"LC_ALL": "C.UTF-8", "LANG": "es_MX"}, "en"),
        ({"LANG": "ht_HT"}, "en"),
        ({"LC_MESSAGES": "ES"}, "es"),
    ],
)
def test_the_terminal_says_which_language_it_speaks(environ, language):
    assert terminal_language(environ) == language
