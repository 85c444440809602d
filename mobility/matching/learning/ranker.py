"""A ranker learned from reviewers' decisions, drawn towards the experts' scorecard; an estimator, no promotion."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.sparse import csr_array
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_array, check_consistent_length, check_is_fitted, validate_data

from mobility.matching.learning.design import bins_of, knots_of, one_hot, ramps, rises, thresholds_of
from mobility.matching.learning.fitting import SCHEDULE, Decided, Learned, Wanted, learn
from mobility.matching.learning.prior import Prior, prior_of
from mobility.matching.learning.problem import Design, side_by_side
from mobility.matching.learning.rounding import Curve, Grid, line_document
from mobility.matching.scoring.scorecard import Scorecard, scorecard_from

_BINARY = 2
#: Share of a sample to compare with that counts as standing high.
_TOP = 0.075
#: Log-odds beyond which an intercept is not looked for.
_FAR = 50.0
_LARGEST_SEED = 2**31 - 1
Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


class ScorecardRanker(ClassifierMixin, BaseEstimator):
    """Monotone additive ranker: learns from pairs within lists and stays near a prior until decisions say otherwise.

    Parameters
    ----------
    prior : Scorecard, array_like of shape (n_features,) or None, default=None
        What the curves are drawn to: a scorecard without pair lines (then features are values from 0 to 1000), or
        points for a unit of each feature; None for nothing.
    increasing : array_like of bool, shape (n_features,) or None, default=None
        Features of which more is never worse; None for all of them.
    pairs : sequence of (int, int), default=()
        Pairs of features that may count together, beyond what each brings alone. Those are declared, because every
        pair that is used must make sense to the people who are ranked by it.
    most_pairs : int, default=4
        Pairs used at most.
    least_gain : float, default=5.0
        Gain in log-likelihood for which a pair is used.
    strength : float or None, default=None
        Ridge penalty on the distance to the prior, in decisions; None to choose from ``fitting.SCHEDULE`` by later
        lists.
    position_from : int, default=1500
        Decisions from which on the place in the list is taken into account, where it is given.
    max_iter : int, default=300
        Iterations of L-BFGS-B.
    random_state : int, RandomState or None, default=0
        Draws pairs of lists that have many; equal data and seed give an equal model.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Labels seen in fit, one or two; the last is the favourable one.
    knots_, thresholds_ : list of ndarray, length n_features
        Where curves may bend, and where the bins of a pair begin.
    curves_ : list of Curve, length n_features
        Log-odds at knots.
    grids_ : list of Grid
        Pairs of features that were used.
    position_ : ndarray of shape (n_places,) or None
        Log-odds by place, of those seen; learned so that the curves need not carry it, and never used to rank.
    strength_ : float
    scale_ : float
        By what the prior was multiplied.
    intercept_ : float
    n_iter_ : int
    n_features_in_ : int

    Notes
    -----
    The score is a sum of monotone curves, straight between knots, and of monotone step grids for pairs. ``learning``
    states what is minimised. Decisions of one list are compared with each other only, so a severe reviewer or an easy
    vacancy moves nothing.
    """

    def __init__(
        self,
        *,
        prior: Scorecard | ArrayLike | None = None,
        increasing: ArrayLike | None = None,
        pairs: Sequence[tuple[int, int]] = (),
        most_pairs: int = 4,
        least_gain: float = 5.0,
        strength: float | None = None,
        position_from: int = 1500,
        max_iter: int = 300,
        random_state: Any = 0,
    ) -> None:
        self.prior = prior
        self.increasing = increasing
        self.pairs = pairs
        self.most_pairs = most_pairs
        self.least_gain = least_gain
        self.strength = strength
        self.position_from = position_from
        self.max_iter = max_iter
        self.random_state = random_state

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        tags.classifier_tags.poor_score = True
        return tags

    def fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        *,
        lists: ArrayLike | None = None,
        position: ArrayLike | None = None,
        comparison: ArrayLike | None = None,
    ) -> Self:
        """Fit on decided pairs.

        Parameters
        ----------
        X : array_like of shape (n_pairs, n_features)
            Feature values, rows in order of time.
        y : array_like of shape (n_pairs,)
            Decisions; of two labels the greater is the favourable one. With one label only, the prior stands.
        lists : array_like of shape (n_pairs,), optional
            What was decided together: a vacancy's list. All is one list if not given.
        position : array_like of int, shape (n_pairs,), optional
            Place in the list as the reviewer saw it, from 0.
        comparison : array_like of shape (n_reference, n_features), optional
            A sample of those whom the ranking will meet, decided or not; places the knots.

        Returns
        -------
        ScorecardRanker

        Raises
        ------
        ValueError
            If there are more than two labels, arrays do not fit together, or the prior has another length, a negative
            entry or pair lines.
        """
        features, labels = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(labels)
        self.classes_ = np.unique(labels)
        if len(self.classes_) > _BINARY:
            raise ValueError(
                f"Only binary classification is supported. The type of the target is multiclass: {len(self.classes_)}"
            )
        check_consistent_length(features, labels, lists, position)
        prior = prior_of(self.prior, features.shape[1])
        self._place(features, comparison, prior)
        self.curves_ = self._curves(np.cumsum(prior.steps(self.knots_)))
        self.grids_: list[Grid] = []
        self.position_: Floats | None = None
        self.strength_, self.scale_, self.intercept_, self.n_iter_ = self.strength or SCHEDULE[0][1][0], 1.0, 0.0, 0
        if len(self.classes_) == _BINARY:
            favourable = labels == self.classes_[1]
            number = np.zeros(len(labels)) if lists is None else np.asarray(lists)
            self._learn(features, prior, favourable, _numbered(number), position)
            self.intercept_ = _intercept(self.decision_function(features), float(np.mean(favourable)))
        return self

    def decision_function(self, X: ArrayLike) -> Floats:
        """Return the log-odds of a favourable decision, shape (n_pairs,)."""
        check_is_fitted(self)
        features = validate_data(self, X, dtype=np.float64, reset=False)
        levels = np.concatenate([curve.levels for curve in self.curves_])
        odds: Floats = ramps(features, [curve.knots for curve in self.curves_]) @ levels + self.intercept_
        for grid in self.grids_:
            row = bins_of(features[:, grid.first], grid.first_from)
            odds += grid.levels[row, bins_of(features[:, grid.second], grid.second_from)]
        return odds

    def predict_proba(self, X: ArrayLike) -> Floats:
        """Return the probability of each label, shape (n_pairs, n_classes)."""
        favourable = expit(self.decision_function(X))
        if len(self.classes_) == 1:
            return np.ones((len(favourable), 1))
        return np.column_stack([1 - favourable, favourable])

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Return the likelier label of each pair, shape (n_pairs,)."""
        odds = self.decision_function(X)
        labels: NDArray[Any] = self.classes_[np.where(odds > 0, len(self.classes_) - 1, 0)]
        return labels

    def scorecard(self, name: str, reason: str = "fitted") -> Scorecard:
        """Return the model as whole points, together 10,000: the form in which a run uses and stores it.

        Parameters
        ----------
        name : str
            Id of the new scorecard.
        reason : str
            Why the points are what they are, such as the data cut.

        Returns
        -------
        Scorecard
            Lines keep their proportions; each is off by less than two points, so two pairs change places only if
            their scores differ by less than two points a line. ``whole_points`` says how they are rounded.

        Raises
        ------
        ValueError
            If the features are not values from 0 to 1000, one of them may fall, or every weight is zero.
        """
        check_is_fitted(self)
        if not self._increasing().all():
            raise ValueError("a scorecard never falls; fit with every feature increasing")
        return scorecard_from(line_document(name, self.curves_, self.grids_, reason))

    def _increasing(self) -> NDArray[np.bool_]:
        count = self.n_features_in_
        increasing = np.ones(count, bool) if self.increasing is None else np.asarray(self.increasing, dtype=bool)
        if increasing.shape != (count,):
            raise ValueError(f"increasing needs {count} entries; it has {increasing.size}")
        return increasing

    def _place(self, features: Floats, comparison: ArrayLike | None, prior: Prior) -> None:
        """Set knots and thresholds: by all whom the ranking will meet, and by those who stand high among them."""
        sample = features if comparison is None else check_array(comparison, dtype=np.float64)
        if sample.shape[1] != features.shape[1]:
            raise ValueError(f"the comparison has {sample.shape[1]} features; X has {features.shape[1]}")
        high = features
        if comparison is not None and self.prior is not None:
            best = np.argsort(-prior.score(sample), kind="stable")[: max(1, int(len(sample) * _TOP))]
            high = np.concatenate([sample[best], features])
        self.knots_: list[Floats] = prior.knots(knots_of(np.concatenate([sample, features]), high))
        self.thresholds_: list[Floats] = [thresholds_of(column) for column in high.T]

    def _curves(self, summed: Floats) -> list[Curve]:
        """Return the curves of steps summed over all features."""
        curves, first, before = [], 0, 0.0
        for knots in self.knots_:
            last = first + len(knots) - 1
            curves.append(Curve(knots, np.append(0.0, summed[first:last] - before)))
            before = float(summed[last - 1]) if last else 0.0
            first = last
        return curves

    def _learn(
        self, features: Floats, prior: Prior, favourable: NDArray[np.bool_], lists: Whole, position: ArrayLike | None
    ) -> None:
        free = np.repeat(~self._increasing(), [len(knots) - 1 for knots in self.knots_])
        parts = [
            Design(
                ramps(features, self.knots_),
                rises([len(knots) for knots in self.knots_]),
                prior.steps(self.knots_),
                free,
            )
        ]
        places = 0
        if position is not None and len(features) >= self.position_from:
            parts.append(_places(np.asarray(position)))
            places = parts[1].rows.shape[1]
        bins = np.column_stack([bins_of(column, at) for column, at in zip(features.T, self.thresholds_, strict=True)])
        counts = [len(at) + 1 for at in self.thresholds_]
        seed = check_random_state(self.random_state).randint(_LARGEST_SEED)
        wanted = Wanted(self._pairs(), self.most_pairs, self.least_gain, self.strength, self.max_iter, seed)
        learned = learn(Decided(side_by_side(parts), bins, counts, favourable, lists), wanted)
        if learned is not None:
            self._keep(learned, places)

    def _keep(self, learned: Learned, places: int) -> None:
        """Keep what was learned: curves, the places apart, grids."""
        self.strength_, self.scale_ = learned.strength, learned.solution.scale
        self.n_iter_ = learned.solution.iterations
        ends = np.cumsum([len(knots) for knots in self.knots_])
        levels = np.split(learned.levels, ends)
        self.curves_ = [Curve(knots, level) for knots, level in zip(self.knots_, levels[:-1], strict=True)]
        rest = levels[-1]
        self.position_ = rest[:places] if places else None
        first = places
        for one, other in learned.pairs:
            shape = len(self.thresholds_[one]) + 1, len(self.thresholds_[other]) + 1
            level = rest[first : first + shape[0] * shape[1]].reshape(shape)
            self.grids_.append(Grid(one, other, self.thresholds_[one], self.thresholds_[other], level))
            first += level.size

    def _pairs(self) -> list[tuple[int, int]]:
        """Return the declared pairs, having made sure that both features may only rise."""
        increasing = self._increasing()
        pairs = [(int(one), int(other)) for one, other in self.pairs]
        for pair in pairs:
            if pair[0] == pair[1] or not all(0 <= f < self.n_features_in_ and increasing[f] for f in pair):
                raise ValueError(f"pair {pair} needs two different features of which more is never worse")
        return pairs


def _places(position: NDArray[Any]) -> Design:
    """Return the columns of places: what stands higher is looked at more kindly, never less."""
    seen, place = np.unique(position, return_inverse=True)
    steps = len(seen) - 1
    rise = csr_array(np.tri(len(seen), steps, -1)[::-1])
    return Design(one_hot(place.astype(np.int64), len(seen)), rise, np.zeros(steps), np.zeros(steps, dtype=bool))


def _numbered(lists: NDArray[Any]) -> Whole:
    """Return the lists as numbers."""
    numbers: Whole = np.unique(lists, return_inverse=True)[1].astype(np.int64)
    return numbers


def _intercept(score: Floats, share: float) -> float:
    """Return what to add to the scores, so that the mean probability is the share of favourable decisions."""
    least, most = -float(score.max()) - _FAR, -float(score.min()) + _FAR
    return float(brentq(lambda shift: float(expit(score + shift).mean()) - share, least, most))
