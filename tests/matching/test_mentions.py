from mobility.matching.concepts import ConceptIndex, Label
from mobility.matching.mentions import find_skills

SKILLS = ConceptIndex.build(
    [
        Label("s1", "MIG welding", "en", True),
        Label("s2", "harvest fruit by hand", "en", True),
        Label("s3", "drive a tractor", "en", True),
    ]
)


def test_a_sentence_names_its_skills_with_the_words_that_triggered_them():
    text = "I did MIG welding for 3 years, then harvest fruit by hand."
    found = find_skills(SKILLS, text, "en")
    assert [(mention.concept, mention.words) for mention in found] == [
        ("s1", "MIG welding"),
        ("s2", "harvest fruit by hand"),
    ]
    assert all(text[mention.start : mention.end] == mention.words for mention in found)


def test_a_sentence_without_a_known_skill_has_none():
    assert find_skills(SKILLS, "I live in a small village near the sea.", "en") == []
