from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.matching.concepts.concepts import ConceptIndex, Label
from mobility.matching.concepts.mentions import LOOSE, MOST_LOOKED_UP, find_skills

SKILLS = ConceptIndex.build(
    [
        Label("s1", "MIG welding", "en", True),
        Label("s1", "soldadura MIG", "es", True),
        Label("s2", "harvest fruit by hand", "en", True),
        Label("s2", "cosechar fruta a mano", "es", True),
        Label("s3", "drive a tractor", "en", True),
        Label("s3", "conducir tractores", "es", True),
        Label("s4", "welding", "en", True),
        Label("s5", "show efficiency", "en", True),
        Label("s5", "efficiency", "en", False),
        Label("s6", "C++", "en", True),
    ]
)
ONE_SKILL = ConceptIndex.build([Label("s2", "harvest fruit by hand", "en", True)])


def found(text, language=None):
    mentions = find_skills(SKILLS, text, language)
    assert all(text[mention.start : mention.end] == mention.words for mention in mentions)
    assert [mention.start for mention in mentions] == sorted(mention.start for mention in mentions)
    return [(mention.concept, mention.words) for mention in mentions]


@pytest.mark.parametrize(
    ("text", "language", "mentions"),
    [
        (
            "I did MIG welding for 3 years, then harvest fruit by hand.",
            "en",
            [("s1", "MIG welding"), ("s2", "harvest fruit by hand")],
        ),
        (
            "Soldadura mig 3 años; conduzco y conducir tractor",
            "es",
            [("s1", "Soldadura mig"), ("s3", "conducir tractor")],
        ),
        ("harvested fruits mostly by hand", "en", [("s2", "harvested fruits mostly by hand")]),
        ("soldadura MIG", None, [("s1", "soldadura MIG")]),
        ("welding of gates", "en", [("s4", "welding")]),
        ("knows C++ well", "en", [("s6", "C++")]),
    ],
)
def test_a_sentence_names_its_skills_with_the_words_that_say_so(text, language, mentions):
    assert found(text, language) == mentions


@pytest.mark.parametrize(
    "text",
    [
        "I live in a small village near the sea.",
        "efficiency counts here",
        "by hand I wrote a letter about an orchard and its fruit, and much later about how people harvest",
        "",
        "😀 <b>12345</b>",
    ],
)
def test_words_that_only_resemble_a_skill_or_stand_far_apart_are_no_mention(text):
    assert found(text, "en") == []


def test_a_skill_that_is_named_twice_is_mentioned_once_and_the_longer_name_wins():
    assert found("MIG welding, welding, MIG welding", "en") == [("s1", "MIG welding"), ("s4", "welding")]


@given(st.text(max_size=400), st.sampled_from(["en", "es", "ht", None]))
def test_any_text_gives_mentions_that_do_not_overlap(text, language):
    mentions = find_skills(SKILLS, text, language)
    assert all(one.end <= other.start for one, other in pairwise(mentions))
    assert len({mention.concept for mention in mentions}) == len(mentions)


def test_a_very_long_text_is_read_up_to_its_limit():
    assert found("word " * 2000 + "MIG welding", "en") == []
    assert found("MIG welding " + "word " * 5000, "en") == [("s1", "MIG welding")]


@given(st.lists(st.sampled_from(["harvest", "fruit", "hand", "orchard", "road"]), max_size=12))
def test_words_of_a_label_name_it_wherever_all_of_them_stand_nearly_together(words):
    wanted = {"harvest", "fruit", "hand"}
    widest = len(wanted) + LOOSE
    together = any(wanted <= set(words[at : at + widest]) for at in range(len(words)))
    assert bool(find_skills(ONE_SKILL, " ".join(words), "en")) == together


@pytest.fixture(scope="module")
def many_skills():
    syllables = ("ba", "ce", "di", "fo", "gu", "la", "me", "ni", "po", "ru", "ta", "ve", "zi", "so", "ku", "jo")
    names = [f"{one}{two}rk {two}{one}lt" for one in syllables for two in syllables if one != two]
    return names, ConceptIndex.build([Label(f"s{at}", name, "en", True) for at, name in enumerate(names)])


@pytest.mark.parametrize("more", [0, 1, 40])
def test_a_text_of_nothing_but_labels_is_looked_up_to_a_limit(many_skills, more):
    names, index = many_skills
    mentions = find_skills(index, ", ".join(names[: MOST_LOOKED_UP + more]), "en")
    assert len(mentions) == MOST_LOOKED_UP
    assert {mention.words for mention in mentions} <= set(names)


def test_the_same_words_again_do_not_count_against_the_limit(many_skills):
    names, index = many_skills
    text = ", ".join([names[0]] * (2 * MOST_LOOKED_UP) + names[1:3])
    assert [mention.words for mention in find_skills(index, text, "en")] == names[:3]
