"""A scorecard learned from reviewers' decisions, drawn towards the experts' one; estimators only, no promotion."""

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from mobility.matching.features import FULL
from mobility.matching.scorecard import Scorecard, scorecard_of
from mobility.matching.scorecard_documents import FULL_SCORE

_BINARY = 2
Floats = NDArray[np.float64]


class ScorecardRanker(ClassifierMixin, BaseEstimator):
    """Logistic regression with weights that are never negative and stay near a prior until decisions say otherwise.

    Parameters
    ----------
    prior : array_like of shape (n_features,) or None, default=None
        Points of the experts' scorecard; None draws the weights towards zero.
    strength : float, default=300.0
        Ridge penalty on the distance to the prior, in decisions; with few decisions the prior stands.
    slope : float, default=8.0
        Log-odds between a pair that meets nothing and one that meets everything, under the prior.
    unit : float, default=1000.0
        Value of a feature met in full.
    max_iter : int, default=500
        Iterations of L-BFGS-B.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Labels seen in fit, one or two; the last is the favourable one.
    coef_ : ndarray of float64, shape (n_features,)
        Log-odds for each unit of a feature, at least 0: more of a good thing never lowers a score.
    intercept_ : float
    n_iter_ : int
    n_features_in_ : int

    Notes
    -----
    Minimises ``sum log(1 + exp(-s_i z_i)) + strength / 2 * |w - w0|^2`` with ``w >= 0``, where ``z = X w + b`` and
    ``s`` is +1 for a favourable decision and -1 otherwise.
    """

    def __init__(
        self,
        *,
        prior: ArrayLike | None = None,
        strength: float = 300.0,
        slope: float = 8.0,
        unit: float = float(FULL),
        max_iter: int = 500,
    ) -> None:
        self.prior = prior
        self.strength = strength
        self.slope = slope
        self.unit = unit
        self.max_iter = max_iter

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        tags.classifier_tags.poor_score = True
        return tags

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Fit on decided pairs.

        Parameters
        ----------
        X : array_like of shape (n_pairs, n_features)
            Feature values.
        y : array_like of shape (n_pairs,)
            Decisions; of two labels the greater is the favourable one. With one label only, the prior stands.

        Returns
        -------
        ScorecardRanker

        Raises
        ------
        ValueError
            If there are more than two labels or the prior has another length or a negative entry.
        """
        features, labels = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(labels)
        self.classes_ = np.unique(labels)
        if len(self.classes_) > _BINARY:
            raise ValueError(
                f"Only binary classification is supported. The type of the target is multiclass: {len(self.classes_)}"
            )
        start = self._start(features.shape[1])
        self.coef_, self.intercept_, self.n_iter_ = start / self.unit, 0.0, 0
        if len(self.classes_) == _BINARY:
            self._learn(features / self.unit, np.where(labels == self.classes_[1], 1.0, -1.0), start)
        return self

    def decision_function(self, X: ArrayLike) -> Floats:
        """Return the log-odds of a favourable decision, shape (n_pairs,)."""
        check_is_fitted(self)
        features = validate_data(self, X, dtype=np.float64, reset=False)
        odds: Floats = features @ self.coef_ + self.intercept_
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
        """Return the weights as whole points that sum to 10,000: the form in which a run uses and stores them.

        Parameters
        ----------
        name : str
            Id of the new scorecard.
        reason : str
            Why the points are what they are, such as the data cut.

        Returns
        -------
        Scorecard
            By largest remainders, so that no point is lost; weights keep their proportions.

        Raises
        ------
        ValueError
            If every weight is zero: such a model ranks nobody.
        """
        check_is_fitted(self)
        total = float(self.coef_.sum())
        if total <= 0:
            raise ValueError("every weight is zero; a scorecard needs at least one")
        exact = self.coef_ / total * FULL_SCORE
        points = np.floor(exact).astype(np.int64)
        short = FULL_SCORE - int(points.sum())
        points[np.argsort(points - exact, kind="stable")[:short]] += 1
        return scorecard_of(name, points.tolist(), reason)

    def _start(self, count: int) -> Floats:
        if self.prior is None:
            return np.zeros(count)
        prior = np.asarray(self.prior, dtype=np.float64)
        if prior.shape != (count,) or (prior < 0).any() or prior.sum() <= 0:
            raise ValueError(f"the prior needs {count} points, none negative and one positive")
        return self.slope * prior / prior.sum()

    def _learn(self, features: Floats, sign: Floats, start: Floats) -> None:
        """Minimise the penalised loss from the prior onwards."""

        def loss(weights: Floats) -> tuple[float, Floats]:
            margin = sign * (features @ weights[:-1] + weights[-1])
            off = weights[:-1] - start
            pull = -sign * expit(-margin)
            slope = np.append(features.T @ pull + self.strength * off, pull.sum())
            return float(np.logaddexp(0, -margin).sum() + self.strength / 2 * off @ off), slope

        bounds = [(0.0, None)] * len(start) + [(None, None)]
        first = np.append(start, -float(np.mean(features @ start)))
        found = minimize(
            loss, first, jac=True, bounds=bounds, method="L-BFGS-B", options={"maxiter": self.max_iter, "ftol": 1e-12}
        )
        self.coef_, self.intercept_ = found.x[:-1] / self.unit, float(found.x[-1])
        self.n_iter_ = max(int(found.nit), 1)
