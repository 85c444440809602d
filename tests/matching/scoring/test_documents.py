"""Whatever is no scorecard is refused by a code that names the place, and every code has a sentence with a remedy."""

from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.errors import InvalidError
from mobility.matching.scoring.documents import CODES, FULL_SCORE, checked, parsed, sealed
from mobility.matching.scoring.features import FEATURES
from mobility.wording import SENTENCES

PLAIN = {
    "id": "plain",
    "features": [{"name": name, "weight": 0, "reason": "because"} for name in FEATURES],
}
PLAIN["features"][0]["weight"] = FULL_SCORE
PAIR = {
    "first": "experience",
    "second": "recency",
    "first_from": [300, 600],
    "second_from": [500],
    "points": [[0, 0], [0, 0], [0, 0]],
    "reason": "together",
}
RICH = deepcopy(PLAIN) | {
    "format": 2,
    "pairs": [PAIR],
    "calibration": {"score": [0, 10000], "chance": [0, 10000], "reason": "held out"},
}


def refusal(document):
    with pytest.raises(InvalidError) as caught:
        checked(document)
    assert caught.value.code in CODES
    return caught.value.code, caught.value.field


def changed(path, value, document=RICH):
    """Return a copy with another value at a path of keys."""
    copy = deepcopy(document)
    place = copy
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return copy


def feature(**form):
    """Return a document whose second feature has this form instead of its weight."""
    return changed(("features", 1), {"name": list(FEATURES)[1], "reason": "because", **form})


def test_both_formats_are_read():
    assert checked(PLAIN).features[0].full == FULL_SCORE
    assert checked(PLAIN).pairs == ()
    assert checked(RICH).pairs[0].first_from == (300, 600)
    assert checked(feature(line=[[0, 0], [1000, 0]])).features[1].knots == ((0, 0), (1000, 0))
    assert checked(feature(steps=[])).features[1].full == 0


def test_steps_become_knots():
    document = changed(("features", 0, "weight"), 9000, feature(steps=[[1, 10], [2, 30], [1000, 1000]]))
    assert checked(document).features[1].knots == ((0, 0), (1, 10), (2, 30), (999, 30), (1000, 1000))


@pytest.mark.parametrize(
    ("document", "code", "field"),
    [
        ([], "malformed", "document"),
        ({}, "malformed", "document"),
        (changed(("id",), ""), "malformed", "id"),
        (changed(("id",), "x" * 81), "malformed", "id"),
        (changed(("source",), 3), "malformed", "source"),
        (changed(("surprise",), 1), "malformed", "document"),
        (changed(("features",), {"a": 1}), "malformed", "features"),
        (changed(("features", 2), "text"), "malformed", "features[2]"),
        (changed(("features", 2, "reason"), None), "malformed", "features[2]"),
        (changed(("features", 2, "line"), [[0, 0], [1000, 0]]), "malformed", "features[2]"),
        (changed(("pairs",), None, PLAIN), "malformed", "document"),
        (feature(line="text"), "malformed", "features[1].line"),
        (feature(line=[[0, 0, 0], [1000, 0]]), "malformed", "features[1].line"),
        (feature(line=[[0, 0], [1000, 0.0]]), "malformed", "features[1].line"),
        (feature(steps=[[1, float("nan")]]), "malformed", "features[1].steps"),
        (feature(steps=[[True, 0]]), "malformed", "features[1].steps"),
        (changed(("format",), 3), "version", "format"),
        (changed(("format",), "2"), "version", "format"),
        (changed(("format",), True), "version", "format"),
        (changed(("format",), 0), "version", "format"),
        (changed(("features", 2, "name"), "sex"), "features", "features"),
        (changed(("features", 2, "weight"), -1), "negative", "features[2].weight"),
        (changed(("features", 2, "weight"), 20000), "range", "features[2].weight"),
        (feature(line=[[0, 0], [1000, -5]]), "range", "features[1].line"),
        (feature(steps=[[1, 10001]]), "range", "features[1].steps"),
        (feature(line=[]), "order", "features[1].line"),
        (feature(line=[[0, 1], [1000, 1]]), "order", "features[1].line"),
        (feature(line=[[0, 0], [999, 1]]), "order", "features[1].line"),
        (feature(line=[[0, 0], [500, 9], [1000, 8]]), "order", "features[1].line"),
        (feature(line=[[0, 0], [500, 1], [500, 2], [1000, 8]]), "order", "features[1].line"),
        (feature(steps=[[0, 1]]), "order", "features[1].steps"),
        (feature(steps=[[5, 1], [5, 2]]), "order", "features[1].steps"),
        (feature(steps=[[5, 2], [6, 1]]), "order", "features[1].steps"),
        (feature(steps=[[1001, 1]]), "order", "features[1].steps"),
        (changed(("pairs", 0), []), "malformed", "pairs[0]"),
        (changed(("pairs", 0, "reason"), 1), "malformed", "pairs[0]"),
        (changed(("pairs", 0, "first"), "sex"), "pair", "pairs[0]"),
        (changed(("pairs", 0, "first"), "recency"), "pair", "pairs[0]"),
        (changed(("pairs",), [PAIR, PAIR | {"first": "recency", "second": "experience"}]), "pair", "pairs"),
        (changed(("pairs", 0, "first_from"), 7), "malformed", "first_from"),
        (changed(("pairs", 0, "first_from"), [300, 300]), "order", "pairs[0].first_from"),
        (changed(("pairs", 0, "first_from"), [0, 300]), "order", "pairs[0].first_from"),
        (changed(("pairs", 0, "first_from"), list(range(1, 257))), "order", "pairs[0].first_from"),
        (changed(("pairs", 0, "second_from"), [1001]), "range", "pairs[0].second_from"),
        (changed(("pairs", 0, "points"), [[0, 0]]), "malformed", "pairs[0].points"),
        (changed(("pairs", 0, "points", 1), [0]), "malformed", "pairs[0].points"),
        (changed(("pairs", 0, "points", 1), [0, 0.5]), "malformed", "pairs[0].points"),
        (changed(("pairs", 0, "points"), [[0, 0], [0, 9], [0, 8]]), "order", "pairs[0].points"),
        (changed(("pairs", 0, "points"), [[0, 0], [9, 8], [9, 9]]), "order", "pairs[0].points"),
        (changed(("pairs", 0, "points"), [[1, 1], [1, 1], [1, 1]]), "order", "pairs[0].points"),
        (changed(("pairs", 0, "points"), [[0, 0], [0, 0], [0, 5]]), "sum", "features"),
        (changed(("features", 0, "weight"), 9999), "sum", "features"),
        (changed(("calibration",), []), "malformed", "calibration"),
        (changed(("calibration", "reason"), 1), "malformed", "calibration.reason"),
        (changed(("calibration", "chance"), [0, 1.0]), "malformed", "calibration.chance"),
        (changed(("calibration", "chance"), [0, 10001]), "range", "calibration.chance"),
        (changed(("calibration", "chance"), [5, 4]), "calibration", "calibration"),
        (changed(("calibration", "score"), [5, 5]), "calibration", "calibration"),
        (changed(("calibration", "score"), [5]), "calibration", "calibration"),
        (RICH | {"calibration": {"score": [], "chance": [], "reason": ""}}, "calibration", "calibration"),
    ],
)
def test_what_is_no_scorecard_is_refused_with_its_place(document, code, field):
    assert refusal(document) == (f"scorecard.{code}", field)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-20000, 20000) | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
PATHS = [
    ("id",),
    ("format",),
    ("features",),
    ("features", 0),
    ("features", 0, "name"),
    ("features", 0, "weight"),
    ("pairs",),
    ("pairs", 0),
    *(("pairs", 0, key) for key in PAIR),
    ("pairs", 0, "points", 1),
    ("calibration",),
    *(("calibration", key) for key in ("score", "chance", "reason")),
]


@given(st.sampled_from(PATHS), JSON)
def test_whatever_stands_in_a_document_it_is_read_or_refused_by_a_code(path, value):
    try:
        checked(changed(path, value))
    except InvalidError as refused:
        assert refused.code in CODES  # noqa: PT017


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"scorecard":{}}', '{"scorecard":{},"sha256":5}', "[" * 100_000]
)
def test_a_file_that_holds_no_scorecard_is_refused(text):
    with pytest.raises(InvalidError) as caught:
        parsed(text)
    assert caught.value.code == "scorecard.malformed"


def test_what_was_sealed_is_parsed():
    assert parsed(sealed(RICH, "abc")) == (RICH, "abc")


def test_every_refusal_has_a_sentence():
    assert set(CODES) - set(SENTENCES) == set()
