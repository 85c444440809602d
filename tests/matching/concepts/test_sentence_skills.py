import numpy as np
import pytest

from mobility.matching.concepts.boosted import trees_from
from mobility.matching.concepts.concepts import ConceptIndex, Description, Label
from mobility.matching.concepts.postings import build_postings
from mobility.matching.concepts.sentence_skills import EVIDENCE, coverage, rank_skills, sentence_evidence

LABELS = [
    Label("pigs", "handle pigs", "en", True),
    Label("pigs", "manage pigs on the farm", "en", False),
    Label("bread", "bake bread", "en", True),
    Label("truck", "drive trucks", "en", True),
    Label("team", "work in teams", "en", True),
    Label("team", "trabajar en equipo", "es", True),
]
TOLD = [
    Description("pigs", "Care for swine and other farm animals.", "en"),
    Description("bread", "Bake bread and cakes in an oven.", "en"),
    Description("truck", "Drive trucks on the road.", "en"),
    Description("team", "Work with others in a team.", "en"),
]
SKILLS = ConceptIndex.build(LABELS, descriptions=TOLD, uses={"team": 900, "bread": 2, "nowhere": 7})
SEGMENT = SKILLS.segments[0]
#: Adds one where the text covers a label by more than half.
COVERED = trees_from(
    {
        "features": list(EVIDENCE),
        "base": 0.0,
        "depth": 1,
        "root": [0],
        "nodes": {
            "column": [EVIDENCE.index("cover"), 0, 0],
            "below": [1, 1, 2],
            "above": [2, 1, 2],
            "split": [0.5, 0, 0],
            "leaf": [0, 0, 1.0],
        },
    }
)


def test_coverage_is_the_share_of_a_rows_information_that_is_there():
    rows = build_postings([["bake", "bread"], ["bread"], ["drive"]])
    whole = coverage(rows, ["bread", "bake", "now"])
    assert whole[0] == pytest.approx(1, abs=0.02)
    assert whole[1] == 1
    assert whole[2] == 0
    assert 0 < coverage(rows, ["bread"])[0] < 0.6


def test_evidence_of_a_covered_label_is_whole_and_names_the_label():
    found = sentence_evidence(SEGMENT, "You manage pigs on our farm and bake.")
    concepts = [SKILLS.concepts[SEGMENT.concept[at]] for at in found.local]
    at = concepts.index("pigs")
    assert found.values.shape == (len(concepts), len(EVIDENCE))
    assert found.values[at, EVIDENCE.index("cover")] == pytest.approx(1, abs=0.02)
    assert SEGMENT.labels[found.label[at]] == "manage pigs on the farm"
    assert np.isfinite(found.values).all()


def test_how_common_a_skill_is_stands_in_the_evidence():
    found = sentence_evidence(SEGMENT, "bake bread in teams")
    uses = dict(
        zip(
            (SKILLS.concepts[SEGMENT.concept[at]] for at in found.local),
            found.values[:, EVIDENCE.index("uses")].tolist(),
            strict=True,
        )
    )
    assert uses["team"] == pytest.approx(np.log(901))
    assert uses["bread"] == pytest.approx(np.log(3))


def test_a_skill_is_found_by_words_of_its_description_alone():
    ranked = rank_skills(SKILLS, "Looking after swine", "en", 4)
    assert "pigs" in {match.concept for match in ranked}


def test_given_trees_decide_the_order():
    ranked = rank_skills(SKILLS, "bake bread for the team", "en", 4, trees=COVERED)
    assert ranked[0].score == pytest.approx(1 / (1 + np.exp(-1)))
    assert ranked[0].concept in {"bread", "team"}
    assert ranked[0].label in {"bake bread", "work in teams"}
    assert [match.score for match in ranked] == sorted((match.score for match in ranked), reverse=True)


@pytest.mark.parametrize("text", ["", "zzz", "😀", "\x00"])
def test_a_text_without_a_known_word_ranks_nothing(text):
    assert rank_skills(SKILLS, text, "en") == []


def test_a_language_without_labels_ranks_nothing():
    assert rank_skills(SKILLS, "bake bread", "fr") == []


@pytest.mark.parametrize("k", [0, 1, 2])
def test_never_more_skills_than_asked_for(k):
    assert len(rank_skills(SKILLS, "bake bread, drive trucks, handle pigs", "en", k)) == k
