"""Kinds of links, links of links, and scores in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.formats.crosswalk import LinkKind
from mobility.formats.taxonomy_records import RecordKind
from mobility.rules.basics.taxonomies import (
    CHOSEN_ALONE,
    CLEAR_MARGIN,
    ConceptKind,
    ConfidenceKind,
    MatchKind,
    composed,
    confidence,
    is_clear,
)

KINDS = st.sampled_from(MatchKind)
SCORES = st.floats(0, 1)


def test_readers_and_rules_use_the_same_values():
    assert {kind.value for kind in LinkKind} == {kind.value for kind in MatchKind}
    assert {kind.value for kind in RecordKind} == {kind.value for kind in ConceptKind}


@given(KINDS)
def test_an_exact_link_changes_nothing_on_either_side(kind):
    assert composed(MatchKind.EXACT, kind) is composed(kind, MatchKind.EXACT) is kind


@given(KINDS, KINDS, KINDS)
def test_the_way_that_links_are_put_together_does_not_matter(first, second, third):
    assert composed(composed(first, second), third) is composed(first, composed(second, third))


@given(KINDS, KINDS)
def test_a_link_by_way_of_another_is_exact_only_if_both_are(first, second):
    assert (composed(first, second) is MatchKind.EXACT) == (first is second is MatchKind.EXACT)


@pytest.mark.parametrize(
    ("first", "second", "kind"),
    [
        (MatchKind.BROAD, MatchKind.BROAD, MatchKind.BROAD),
        (MatchKind.NARROW, MatchKind.NARROW, MatchKind.NARROW),
        (MatchKind.BROAD, MatchKind.NARROW, MatchKind.CLOSE),
        (MatchKind.CLOSE, MatchKind.BROAD, MatchKind.CLOSE),
    ],
)
def test_broad_stays_broad_and_narrow_narrow_and_anything_mixed_is_close(first, second, kind):
    assert composed(first, second) is kind


@pytest.mark.parametrize(
    ("score", "word"),
    [
        (1.0, ConfidenceKind.VERY_LIKELY),
        (0.8, ConfidenceKind.VERY_LIKELY),
        (0.79, ConfidenceKind.LIKELY),
        (0.5, ConfidenceKind.LIKELY),
        (0.49, ConfidenceKind.POSSIBLE),
        (0.0, ConfidenceKind.POSSIBLE),
    ],
)
def test_a_score_is_said_in_a_word(score, word):
    assert confidence(score) is word


@given(SCORES, SCORES)
def test_a_better_score_is_never_said_to_be_less_likely(one, other):
    order = [ConfidenceKind.POSSIBLE, ConfidenceKind.LIKELY, ConfidenceKind.VERY_LIKELY]
    low, high = sorted((one, other))
    assert order.index(confidence(low)) <= order.index(confidence(high))


@given(st.lists(SCORES, max_size=4))
def test_only_a_sure_match_that_stands_alone_is_clear(scores):
    falling = sorted(scores, reverse=True)
    second = falling[1] if len(falling) > 1 else 0.0
    expected = bool(falling) and falling[0] >= CHOSEN_ALONE and falling[0] - second >= CLEAR_MARGIN
    assert is_clear(falling) is expected


def test_nothing_found_is_not_clear():
    assert is_clear([]) is False
    assert is_clear([1.0]) is True
    assert is_clear([1.0, 1.0]) is False
