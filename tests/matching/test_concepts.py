import pytest

from mobility.errors import InvalidError
from mobility.matching.concepts import ConceptIndex, Label

COOK, MASON, PICKER = "5120", "7112", "9211"
LABELS = [
    Label(COOK, "cook", "en", True),
    Label(COOK, "cocinero/cocinera", "es", True),
    Label(MASON, "bricklayer", "en", True),
    Label(MASON, "albañil", "es", True),
    Label(PICKER, "fruit picker", "en", True),
    Label(PICKER, "cosechador de fruta", "es", True),
]


@pytest.fixture(scope="module")
def index():
    return ConceptIndex.build(LABELS)


@pytest.mark.parametrize(
    ("text", "concept"), [("Cook", COOK), ("COCINERA", COOK), ("albanil", MASON), ("fruit pickers", PICKER)]
)
def test_a_title_finds_its_concept_whatever_its_case_accents_and_number(index, text, concept):
    best = index.search(text)[0]
    assert best.concept == concept
    assert 0 < best.score <= 1
    assert Label(concept, best.label, best.language, True) in LABELS


@pytest.mark.parametrize("text", ["", "   ", "!!!", "😀", "\x00\x1b", "<b></b>", "мир"])
def test_text_without_a_known_word_finds_nothing(index, text):
    assert index.search(text) == []


def test_an_index_without_labels_is_refused():
    with pytest.raises(InvalidError, match=r"concepts\.none"):
        ConceptIndex.build([Label(COOK, "!", "en", True)])


def test_a_stored_index_answers_as_the_built_one(index, tmp_path):
    index.save(tmp_path / "index")
    again = ConceptIndex.load(tmp_path / "index")
    for text in ("cook", "albañil", "fruit"):
        assert again.search(text) == index.search(text)
