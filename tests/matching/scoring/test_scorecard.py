from copy import deepcopy

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mobility.errors import InvalidError
from mobility.matching.scoring.documents import FULL_SCORE
from mobility.matching.scoring.features import FEATURES
from mobility.matching.scoring.scorecard import expert_scorecard, read_scorecard, scorecard_from, scorecard_of
from tests.matching.scorecards import DOCUMENT, rich_document

VALUES = arrays(np.int16, (4, len(FEATURES)), elements=st.integers(0, 1000))


def test_the_expert_scorecard_gives_each_feature_a_weight_and_a_reason():
    card = expert_scorecard()
    assert [weight.feature for weight in card.weights] == list(FEATURES)
    assert card.points.sum() == FULL_SCORE
    assert all(len(weight.reason) > 30 for weight in card.weights)


def test_essential_skills_weigh_more_than_any_other_feature():
    points = dict(zip(FEATURES, expert_scorecard().points.tolist(), strict=True))
    assert points["essential_skills"] > max(points[name] for name in FEATURES if name != "essential_skills")


@given(VALUES)
def test_contributions_are_whole_points_between_nothing_and_the_weight(values):
    card = expert_scorecard()
    points = card.contributions(values)
    assert points.dtype == np.int32
    assert (points >= 0).all()
    assert (points <= card.points).all()
    assert (points.sum(axis=1) <= FULL_SCORE).all()


def test_a_pair_that_meets_everything_scores_in_full():
    card = expert_scorecard()
    assert card.contributions(np.full((1, len(FEATURES)), 1000)).sum() == FULL_SCORE
    assert card.contributions(np.zeros((1, len(FEATURES)), np.int16)).sum() == 0


def test_the_hash_depends_on_content_and_not_on_layout():
    shuffled = {key: DOCUMENT[key] for key in reversed(DOCUMENT)}
    assert scorecard_from(shuffled).sha256 == expert_scorecard().sha256
    other = deepcopy(DOCUMENT)
    other["features"][0]["reason"] += "!"
    assert scorecard_from(other).sha256 != expert_scorecard().sha256


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda doc: doc.pop("features"), "scorecard.malformed"),
        (lambda doc: doc["features"][0].pop("reason"), "scorecard.malformed"),
        (lambda doc: doc["features"].pop(), "scorecard.features"),
        (lambda doc: doc["features"].append(dict(doc["features"][0])), "scorecard.features"),
        (lambda doc: doc["features"][0].update(name="sex"), "scorecard.features"),
        (lambda doc: doc["features"][0].update(weight=-1), "scorecard.negative"),
        (lambda doc: doc["features"][0].update(weight=3000.5), "scorecard.negative"),
        (lambda doc: doc["features"][0].update(weight=True), "scorecard.negative"),
        (lambda doc: doc["features"][0].update(weight=1), "scorecard.sum"),
    ],
)
def test_a_document_that_is_no_scorecard_is_refused(change, code):
    document = deepcopy(DOCUMENT)
    change(document)
    with pytest.raises(InvalidError) as caught:
        scorecard_from(document)
    assert caught.value.code == code


@given(st.integers(0, 1000), VALUES)
def test_contributions_of_every_form_sum_exactly_and_more_never_scores_less(seed, values):
    card = scorecard_from(rich_document(seed))
    points = card.contributions(values)
    assert points.shape == (len(values), len(FEATURES) + 1) == (len(values), len(card.lines))
    assert points.dtype == np.int32
    assert (points >= 0).all()
    assert (points <= card.full).all()
    more = np.minimum(values + np.random.default_rng(seed).integers(0, 400, values.shape), 1000)
    assert (card.contributions(more) >= points).all()
    assert card.contributions(np.full((1, len(FEATURES)), 1000)).sum() == FULL_SCORE
    assert card.contributions(np.zeros((1, len(FEATURES)), int)).sum() == 0


@given(st.integers(0, 1000), st.lists(st.integers(0, 1000), min_size=len(FEATURES), max_size=len(FEATURES)))
def test_a_table_says_what_the_document_says(seed, row):
    document = rich_document(seed)
    points = scorecard_from(document).contributions(np.array([row]))[0].tolist()
    for value, brought, feature in zip(row, points, document["features"], strict=False):
        if "weight" in feature:
            assert brought == feature["weight"] * value // 1000
        elif "steps" in feature:
            assert brought == max([reached for start, reached in feature["steps"] if start <= value], default=0)
        else:
            assert brought == int(np.floor(np.interp(value, *zip(*feature["line"], strict=True)) + 1e-9))
    pair = document["pairs"][0]
    long = sum(start <= row[3] for start in pair["first_from"])
    late = sum(start <= row[4] for start in pair["second_from"])
    assert points[-1] == pair["points"][long][late]


def test_tables_and_pairs_have_the_types_that_a_kernel_reads():
    card = scorecard_from(rich_document())
    assert card.tables.shape == (len(FEATURES), 1001)
    assert card.tables.dtype == np.int16
    assert card.tables.flags.c_contiguous
    assert not card.tables.flags.writeable
    assert (np.diff(card.tables, axis=1) >= 0).all()
    (pair,) = card.pairs
    assert (pair.first, pair.second, pair.name) == (3, 4, "experience*recency")
    assert pair.first_bin.dtype == pair.second_bin.dtype == np.uint8
    assert pair.first_bin.shape == pair.second_bin.shape == (1001,)
    assert pair.points.dtype == np.int16
    assert pair.points.shape == (pair.first_bin.max() + 1, pair.second_bin.max() + 1)


def test_the_expert_scorecard_keeps_its_points_to_the_last_unit():
    values = np.tile(np.arange(1001), (len(FEATURES), 1)).T
    card = expert_scorecard()
    assert np.array_equal(card.contributions(values), card.points * values // 1000)
    assert card.lines == tuple(FEATURES)
    assert card.calibration is None
    assert card.sha256 == "e03184fce35d8c09afd8fde83b6246b7450b53c3df2d177b6d26608a14aa517d"


@pytest.mark.parametrize("wrong", [-1, 1001])
def test_values_outside_the_tables_are_refused_rather_than_wrapped(wrong):
    values = np.zeros((2, len(FEATURES)), np.int16)
    values[1, 3] = wrong
    with pytest.raises(ValueError, match="run from 0 to 1000"):
        expert_scorecard().contributions(values)


def test_no_pairs_have_no_contributions():
    assert scorecard_from(rich_document()).contributions(np.empty((0, len(FEATURES)), np.int16)).shape == (0, 13)


def test_a_calibration_turns_points_into_chances_that_never_fall():
    chances = scorecard_from(rich_document()).calibration.probability(np.arange(10001))
    assert (np.diff(chances) >= 0).all()
    assert chances[[0, 5000, 7500, 10000]].tolist() == [0.01, 0.01, 0.455, 0.9]


def test_a_saved_scorecard_is_read_again_as_it_was():
    card = scorecard_from(rich_document(3))
    again = read_scorecard(card.text())
    assert again == card
    assert hash(again) == hash(card)
    assert again != expert_scorecard()
    assert again.text() == card.text()
    assert np.array_equal(again.tables, card.tables)
    assert np.array_equal(again.pairs[0].points, card.pairs[0].points)


def test_an_altered_file_is_refused():
    text = scorecard_from(rich_document()).text()
    for other in (text.replace("lately and long", "lately and lonh"), text.replace('"sha256":"', '"sha256":"0')):
        with pytest.raises(InvalidError) as caught:
            read_scorecard(other)
        assert caught.value.code == "scorecard.altered"


@given(st.integers(0, 5000))
def test_a_truncated_file_is_refused(length):
    text = scorecard_from(rich_document()).text().rstrip()
    with pytest.raises(InvalidError) as caught:
        read_scorecard(text[: min(length, len(text) - 1)])
    assert caught.value.code == "scorecard.malformed"


def test_fitted_points_make_a_scorecard():
    points = [FULL_SCORE] + [0] * (len(FEATURES) - 1)
    card = scorecard_of("fit-1", points, "fitted")
    assert card.points.tolist() == points
