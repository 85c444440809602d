"""Skills that imply broader ones: who has the narrower has part of the broader; the best stands, never a sum."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array

from mobility.matching.core.arrays import Entries, Whole, table, whole
from mobility.matching.facts.pool import EVIDENCE_RANKS, SKILL_LEVELS, Profile
from mobility.matching.scoring.features import FULL


@dataclass(frozen=True, slots=True, eq=False)
class Implied:
    """Narrower skills and what they imply; all arrays of shape (n_implications,).

    Attributes
    ----------
    narrower, broader : ndarray of int64
        Skill columns.
    share : ndarray of int64
        How much of a level carries over, 1 to 1000; a level is rounded down, and nothing below basic is implied.
    """

    narrower: Whole
    broader: Whole
    share: Whole


def implied_from_columns(skills: int, narrower: ArrayLike, broader: ArrayLike, share: ArrayLike) -> Implied:
    """Check the columns and put them together.

    Raises
    ------
    ValueError
        If lengths differ, a skill is not below ``skills``, a skill implies itself, or a share is not 1 to 1000.
    """
    size = (len(np.asarray(narrower)),)
    implied = Implied(
        whole("narrower", narrower, size, np.int64, high=skills - 1),
        whole("broader", broader, size, np.int64, high=skills - 1),
        whole("share", share, size, np.int64, low=1, high=FULL),
    )
    if (implied.narrower == implied.broader).any():
        raise ValueError(f"skill {int(implied.narrower[implied.narrower == implied.broader][0])} implies itself")
    return implied


def with_implied(profile: Profile, implied: Implied | None) -> Profile:
    """Return profiles with the implied skills; of level and evidence the better of own and implied stands each.

    Parameters
    ----------
    profile : Profile of n_workers
    implied : Implied or None
        Direct implications; chains are the caller's to close.

    Returns
    -------
    Profile of n_workers
    """
    if implied is None or not len(implied.narrower):
        return profile
    order = np.argsort(implied.narrower, kind="stable")
    first = np.searchsorted(implied.narrower[order], profile.skills.indices)
    count = np.searchsorted(implied.narrower[order], profile.skills.indices, side="right") - first
    cell = np.repeat(np.arange(len(count)), count)
    rule = order[np.repeat(first - np.cumsum(count) + count, count) + np.arange(len(cell))]
    level = profile.skills.data[cell].astype(np.int64) * implied.share[rule] // FULL
    owner = np.repeat(np.arange(profile.skills.shape[0]), np.diff(profile.skills.indptr))
    kept = level > 0
    row = np.concatenate([owner, owner[cell][kept]])
    column = np.concatenate([profile.skills.indices, implied.broader[rule][kept]])

    def joined(name: str, own: csr_array, added: Whole, high: int) -> csr_array:
        value = np.concatenate([own.data.astype(np.int64), added[kept]])
        return table(name, Entries(row, column, value), own.shape, np.int8, high=high)

    return replace(
        profile,
        skills=joined("skills", profile.skills, level, SKILL_LEVELS),
        evidence=joined("evidence", profile.evidence, profile.evidence.data[cell].astype(np.int64), EVIDENCE_RANKS),
    )
