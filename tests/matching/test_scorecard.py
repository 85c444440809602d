import json
from copy import deepcopy
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mobility.errors import InvalidError
from mobility.matching.features import FEATURES
from mobility.matching.scorecard import FULL_SCORE, canonical_hash, expert_scorecard, scorecard_from, scorecard_of

DOCUMENT = json.loads(files("mobility.data").joinpath("scorecard.json").read_text(encoding="utf-8"))
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


def test_a_known_document_has_a_known_hash():
    # printf '{"a":"é","b":1}' | sha256sum
    assert canonical_hash({"b": 1, "a": "é"}) == "aa58fba8483623bed37c1b02edfccbdd9a53123837c20bfa4cb4049993a2872e"


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


def test_fitted_points_make_a_scorecard():
    points = [FULL_SCORE] + [0] * (len(FEATURES) - 1)
    card = scorecard_of("fit-1", points, "fitted")
    assert card.points.tolist() == points
