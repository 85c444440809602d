"""How sure an answer is: from the strength of its evidence, and of its rivals', to a probability; no searching."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mobility.errors import InvalidError
from mobility.matching.core.canonical import canonical_hash

#: How much a difference in strength counts when rivals share out the whole.
SHARPNESS = 4.0
#: Rivals that share.
RIVALS = 20
_NUMBERS = ("intercept", "strength", "share", "first")


@dataclass(frozen=True, slots=True)
class Confidence:
    """A logistic curve from evidence to probability; more evidence never lowers it.

    Attributes
    ----------
    intercept, strength, share, first : float
        Weights of 1, of the strength, of its share among rivals, of being the first answer; all but the first >= 0.
    sha256 : str
        Hash of the document that it was read from.
    """

    intercept: float
    strength: float
    share: float
    first: float
    sha256: str

    def of(self, strengths: ArrayLike) -> NDArray[np.float64]:
        """Return the probability that each answer is right.

        Parameters
        ----------
        strengths : array_like of shape (n,)
            Strengths of the answers to one text, greatest first.

        Returns
        -------
        ndarray of shape (n,)
            In (0, 1), falling.
        """
        strength = np.asarray(strengths, dtype=np.float64)
        if not len(strength):
            return strength
        weight = np.exp(SHARPNESS * (strength - strength[0]))
        first = np.arange(len(strength)) == 0
        score = self.strength * strength + self.share * weight / weight[:RIVALS].sum() + self.first * first
        sure: NDArray[np.float64] = 1 / (1 + np.exp(-(score + self.intercept)))
        return sure


def confidence_from(document: Mapping[str, Any]) -> Confidence:
    """Check a document of weights and hash it.

    Raises
    ------
    InvalidError
        ``confidence.malformed`` if a weight is missing, no finite number, or (but for the intercept) below 0.
    """
    try:
        numbers = [float(document[name]) for name in _NUMBERS]
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidError("confidence.malformed") from error
    if not np.isfinite(numbers).all() or min(numbers[1:]) < 0:
        raise InvalidError("confidence.malformed")
    intercept, strength, share, first = numbers
    return Confidence(intercept, strength, share, first, canonical_hash(document))


@cache
def stored_confidence() -> Confidence:
    """Return the weights that ``python -m bench.words.fit confidence`` fitted."""
    text = files("mobility.data").joinpath("concept_confidence.json").read_text(encoding="utf-8")
    return confidence_from(json.loads(text))
