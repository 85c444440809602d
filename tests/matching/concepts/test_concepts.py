import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.errors import InvalidError
from mobility.matching.concepts.concepts import ConceptIndex, Description, Label

COOK, CHEF, MASON, PICKER, NURSE, DRIVER, GROUP = "5120", "3434", "7112", "9211", "2221", "8332", "G9"
LABELS = [
    Label(COOK, "cook", "en", True),
    Label(COOK, "kitchen cook", "en", False),
    Label(COOK, "cocinero/cocinera", "es", True),
    Label(COOK, "cuisinier/cuisinière", "fr", True),
    Label(CHEF, "head chef", "en", True),
    Label(CHEF, "jefe de cocina/jefa de cocina", "es", True),
    Label(MASON, "bricklayer", "en", True),
    Label(MASON, "albañil", "es", True),
    Label(MASON, "maçon/maçonne", "fr", True),
    Label(PICKER, "fruit picker", "en", True),
    Label(PICKER, "cosechador de fruta/cosechadora de fruta", "es", True),
    Label(NURSE, "enfermero/enfermera", "es", True),
    Label(NURSE, "infirmier/infirmière", "fr", True),
    Label(DRIVER, "conductor de camión/conductora de camión", "es", True),
    Label(DRIVER, "lorry driver", "en", True),
    Label(GROUP, "fruit pickers", "en", True),
]
BROADER = {PICKER: GROUP}


@pytest.fixture(scope="module")
def index():
    return ConceptIndex.build(LABELS, BROADER)


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("Cook", COOK),
        ("COCINERA", COOK),
        ("cuisinières", COOK),
        ("albanil", MASON),
        ("fruit pickers", PICKER),
        ("cosechador de frutas 2024", PICKER),
        ("se busca CAMIONERO: conductor camión", DRIVER),
        ("briklayer", MASON),
        ("enfremera", NURSE),
    ],
)
def test_a_title_finds_its_concept_whatever_its_case_accents_number_gender_and_slips(index, text, concept):
    best = index.search(text)[0]
    assert best.concept == concept
    assert 0 < best.score < 1
    assert any(label.text == best.label and label.language == best.language for label in LABELS)


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("es", "cocinero", "cocinera"),
        ("es", "jefe de cocina", "jefa de cocina"),
        ("es", "enfermeros", "enfermeras"),
        ("es", "conductor de camiones", "conductoras de camiones"),
        ("fr", "cuisinier", "cuisinière"),
        ("fr", "infirmiers", "infirmières"),
        ("fr", "maçon", "maçonne"),
    ],
)
@given(more=st.text(alphabet=string.ascii_lowercase + " ", max_size=20))
def test_both_genders_get_the_same_answers_with_the_same_scores(index, language, one, other, more):
    assert index.search(f"{one} {more}", language) == index.search(f"{other} {more}", language)


def test_a_concept_that_others_are_narrower_than_comes_second(index):
    assert [match.concept for match in index.search("fruit picker", "en", 2)] == [PICKER, GROUP]


def test_the_hinted_language_goes_first():
    index = ConceptIndex.build([Label("a", "manager", "en", True), Label("b", "manager", "fr", True)])
    assert index.search("manager", "en")[0].concept == "a"
    assert index.search("manager", "fr")[0].concept == "b"
    assert {match.concept for match in index.search("manager", "fr")} == {"a", "b"}


def test_scores_fall_and_each_concept_stands_once(index):
    found = index.search("jefe cocinero de fruta", "es", 10)
    assert [match.score for match in found] == sorted((match.score for match in found), reverse=True)
    assert len({match.concept for match in found}) == len(found) > 2


@pytest.mark.parametrize("k", [0, -1, 1, 3])
def test_never_more_answers_than_asked_for(index, k):
    assert len(index.search("fruit cook picker", "en", k)) == max(k, 0)


@pytest.mark.parametrize("text", ["", "   ", "!!!", "😀", "\x00\x1b", "<b></b>", "мир", "12345", "\ud800", "\u200b"])
def test_text_without_a_known_word_finds_nothing(index, text):
    assert index.search(text) == []


@given(st.text(max_size=300), st.sampled_from(["en", "es", "fr", "ht", "", None]))
def test_any_text_in_any_language_gives_a_list_of_sound_matches(index, text, language):
    for match in index.search(text, language):
        assert 0 < match.score < 1
        assert match.concept in list(index.concepts)


@pytest.mark.parametrize(
    "text",
    [
        "cook " * 2000,
        "x" * 10_000,
        "<script>alert('cook')</script>",
        "cook' OR 1=1 --",
        "coo\x00k",
        "سائق cook водитель",
    ],
)
def test_long_mixed_and_hostile_text_is_read_as_words(index, text):
    assert all(0 < match.score < 1 for match in index.search(text))


def test_what_stands_beyond_the_limit_is_not_read(index):
    assert index.search("z" * 500 + " cook") == []


def test_the_index_does_not_depend_on_the_order_of_labels():
    one, other = ConceptIndex.build(LABELS, BROADER), ConceptIndex.build(reversed(LABELS), BROADER)
    for text in ("cook", "fruta", "jefa"):
        assert one.search(text) == other.search(text)


def test_a_description_finds_a_concept_by_words_that_no_label_has():
    labels = [
        Label(f"c{at}", name, "en", True) for at, name in enumerate(["diver", "baker", "diver helper", "baker aid"])
    ]
    told = [
        Description("c0", "Works under the sea from a boat, in the sea.", "en"),
        Description("c1", "Bakes bread in an oven.", "en"),
        Description("c2", "Helps at sea, on the boat.", "en"),
        Description("c3", "Helps at the oven with bread.", "en"),
        Description("unknown", "Is nowhere.", "en"),
    ]
    with_words = ConceptIndex.build(labels, descriptions=told)
    assert with_words.search("baker of sea")[0].concept == "c1"
    plain = {match.concept: match.score for match in ConceptIndex.build(labels).search("diver boat")}
    told_more = {match.concept: match.score for match in with_words.search("diver boat")}
    assert told_more["c0"] != plain["c0"]


@pytest.mark.parametrize("labels", [[], [Label(COOK, "!", "en", True)], [Label(COOK, "", "es", True)]])
def test_an_index_without_labels_is_refused(labels):
    with pytest.raises(InvalidError, match=r"concepts\.none"):
        ConceptIndex.build(labels)


def test_a_stored_index_answers_as_the_built_one(index, tmp_path):
    index.save(tmp_path / "index")
    again = ConceptIndex.load(tmp_path / "index")
    for text in ("cook", "albañil", "fruit", "enfremera"):
        assert again.search(text) == index.search(text)
    assert again.languages == ("en", "es", "fr")


def test_an_altered_index_is_refused(index, tmp_path):
    index.save(tmp_path)
    path = tmp_path / "en.words.impact.npy"
    path.write_bytes(path.read_bytes()[:-1] + b"\x00")
    with pytest.raises(InvalidError, match=r"concepts\.altered"):
        ConceptIndex.load(tmp_path)


def test_many_texts_are_answered_one_by_one(index):
    texts = ["cook", "", "albañil"]
    assert index.search_many(texts, "en", 2) == [index.search(text, "en", 2) for text in texts]
