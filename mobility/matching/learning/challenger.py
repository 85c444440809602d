"""From a log of decisions to a calibrated scorecard that may be proposed, judged on later lists; promotes nothing."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mobility.matching.learning.calibration import Calibrated, calibrate, with_calibration
from mobility.matching.learning.quality import Promotion, ndcg, promotion
from mobility.matching.learning.ranker import ScorecardRanker
from mobility.matching.scoring.features import FEATURES
from mobility.matching.scoring.scorecard import Scorecard, expert_scorecard

Whole = NDArray[np.int64]

#: Pairs of features that a learned scorecard may count together, and why a worker can be told so.
DECLARED_PAIRS: Mapping[tuple[str, str], str] = {
    ("essential_skills", "skill_evidence"): "A needed skill that is also proven can be relied on from the first day.",
    ("essential_skills", "experience"): "A needed skill that was also used for long is had more surely.",
    ("experience", "recency"): "Long experience helps most while it is fresh.",
    ("experience", "language"): "Who knows the work and the language can be made responsible for others.",
    ("returned_on_time", "experience"): "Who came back to such work before needs the least introduction.",
}
#: Shares of the lists, in order of time, that are learned from and calibrated on; the rest judge.
LEARN, CALIBRATE = 0.6, 0.2


class DecisionLog(NamedTuple):
    """Decisions in order of time, as reviewers took them.

    Attributes
    ----------
    values : ndarray of int, shape (n_decisions, n_features)
        Feature values at the time, 0 to 1000.
    favourable : ndarray of bool, shape (n_decisions,)
    lists : ndarray of int64, shape (n_decisions,)
        Number of the list, never falling.
    position : ndarray of int64, shape (n_decisions,)
        Place as shown, from 0.
    """

    values: NDArray[np.integer[Any]]
    favourable: NDArray[np.bool_]
    lists: Whole
    position: Whole

    def take(self, rows: NDArray[Any]) -> "DecisionLog":
        """Return some of the decisions."""
        return DecisionLog(*(part[rows] for part in self))


class Challenge(NamedTuple):
    """A learned scorecard, its calibration, and whether it may be proposed."""

    card: Scorecard
    calibrated: Calibrated
    promotion: Promotion


def challenger_ranker(**parameters: Any) -> ScorecardRanker:
    """Return the ranker of the product, not fitted: drawn to the experts' scorecard, declared pairs only."""
    names = list(FEATURES)
    pairs = [(names.index(first), names.index(second)) for first, second in DECLARED_PAIRS]
    return ScorecardRanker(**{"prior": expert_scorecard(), "pairs": pairs, **parameters})


def challenge(
    log: DecisionLog,
    active: Scorecard,
    *,
    name: str,
    source: str,
    comparison: NDArray[Any] | None = None,
    seed: int = 0,
) -> Challenge:
    """Learn a scorecard and judge it beside the active one.

    Parameters
    ----------
    log : DecisionLog
    active : Scorecard
        The version in use.
    name, source : str
        Id of the new version, and the data cut that it rests on; both go into its document.
    comparison : ndarray of shape (n_reference, n_features), optional
        Feature values of eligible pairs, decided or not.
    seed : int
        Equal log and seed give an equal document.

    Returns
    -------
    Challenge
        ``card`` is learned from the first 60 % of the lists and calibrated on the next 20 %; both versions are judged
        by NDCG@10 on the last 20 %, on lists with both kinds of decision. Whether an officer approves is not asked.

    Raises
    ------
    ValueError
        If the lists are not in order, too few to calibrate or to judge on, or all decided alike.
    """
    if (np.diff(log.lists) < 0).any():
        raise ValueError("the lists of the log are not in order of time")
    seen = np.unique(log.lists, return_inverse=True)[1]
    share = seen / max(int(seen.max(initial=0)) + 1, 1)
    early, later, last = (
        log.take(rows)
        for rows in (share < LEARN, (share >= LEARN) & (share < LEARN + CALIBRATE), share >= LEARN + CALIBRATE)
    )
    ranker = challenger_ranker(random_state=seed)
    ranker.fit(early.values, early.favourable, lists=early.lists, position=early.position, comparison=comparison)
    card = ranker.scorecard(name, source)
    calibrated = calibrate(_score(card, later), later.favourable, later.lists)
    judged = [_quality(version, last) for version in (card, active)]
    return Challenge(with_calibration(card, calibrated.calibration), calibrated, promotion(*judged))


def _score(card: Scorecard, log: DecisionLog) -> Whole:
    return card.contributions(log.values).sum(axis=1, dtype=np.int64)


def _quality(card: Scorecard, log: DecisionLog) -> NDArray[np.float64]:
    """Return NDCG@10 of each list that has both kinds of decision."""
    score = _score(card, log)
    bounds = np.flatnonzero(np.diff(log.lists)) + 1
    lists = [rows for rows in np.split(np.arange(len(score)), bounds) if _mixed(log.favourable[rows])]
    return np.array([ndcg(score[rows], log.favourable[rows])[0] for rows in lists])


def _mixed(favourable: NDArray[np.bool_]) -> bool:
    return bool(favourable.any() and not favourable.all())
