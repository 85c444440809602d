from hypothesis import given
from hypothesis import strategies as st

from mobility.rules.basics.skills import STRENGTH, Evidence, SkillLevel, meets

LEVELS = st.sampled_from(SkillLevel)


def test_evidence_is_ranked_from_word_to_paper():
    assert sorted(Evidence, key=STRENGTH.__getitem__) == ["claimed", "attested", "tested", "credential"]
    assert sorted(STRENGTH.values()) == [0, 1, 2, 3]


def test_levels_run_from_basic_to_expert():
    assert [(level.name, int(level)) for level in SkillLevel] == [
        ("BASIC", 1),
        ("INDEPENDENT", 2),
        ("ADVANCED", 3),
        ("EXPERT", 4),
    ]


@given(LEVELS, LEVELS)
def test_a_level_meets_itself_and_those_below(level, asked):
    assert meets(level, asked) is (int(level) >= int(asked))


@given(LEVELS)
def test_a_skill_not_held_meets_nothing(asked):
    assert not meets(None, asked)
