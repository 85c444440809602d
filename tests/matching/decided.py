"""Lists of decisions for tests of learning: values of the product's features, a hidden worth, places, labels; seeded."""

from typing import NamedTuple

import numpy as np

from mobility.matching.scoring.features import FEATURES
from mobility.matching.scoring.scorecard import expert_scorecard

PRIOR = expert_scorecard().points


class DecidedLists(NamedTuple):
    values: np.ndarray
    favourable: np.ndarray
    lists: np.ndarray
    position: np.ndarray


def decided(seed, lists, *, worth=None, places=0.0, size=12, slope=12.0):
    """Return ``lists`` lists of ``size``; ``worth`` maps values to [0, 1], by default the experts' score.

    ``places`` is what the first place adds to the log-odds; lists stand in the experts' order.
    """
    rng = np.random.default_rng(seed)
    values = rng.integers(0, 1001, (lists, size, len(FEATURES)))
    order = np.argsort(-(values @ PRIOR), axis=1, kind="stable")
    values = np.take_along_axis(values, order[:, :, None], axis=1).reshape(lists * size, -1)
    place = np.tile(np.arange(size), lists)
    true = values @ PRIOR / 1e7 if worth is None else worth(values)
    mood = np.repeat(rng.normal(0, 1, lists), size)
    odds = slope * (true - 0.5) + places / (1 + place) + mood
    favourable = (rng.random(len(odds)) < 1 / (1 + np.exp(-odds))).astype(int)
    return DecidedLists(values, favourable, np.repeat(np.arange(lists), size), place)
