"""Lists that ended too early: vacancies with places left although more people were eligible than were listed."""

from typing import NamedTuple

import numpy as np

from mobility.matching.allocation.limits import Limits, ScoredPairs
from mobility.matching.allocation.outcome import Allocation
from mobility.matching.core.arrays import Flags, Whole


class Exhausted(NamedTuple):
    """Vacancies whose list should have been longer; arrays of shape (n_exhausted,).

    Attributes
    ----------
    vacancy : ndarray of intp
        Row numbers.
    listed : ndarray of int64
        People on the list: how deep the run looked.
    places_left : ndarray of int64
        Proposals that could still have been made.
    """

    vacancy: Whole
    listed: Whole
    places_left: Whole


def exhausted(pairs: ScoredPairs, limits: Limits, allocation: Allocation, truncated: Flags) -> Exhausted:
    """Find the vacancies that deeper lists could fill further.

    Parameters
    ----------
    pairs, limits, allocation
        Belonging together.
    truncated : ndarray of bool, shape (n_vacancies,)
        Which vacancies have more eligible workers than are listed.

    Returns
    -------
    Exhausted
        Without those of which a quota for everybody is used up: more people would not help them.
    """
    quotas, n_vacancies = limits.quotas, len(limits.places)
    is_proposed = allocation.proposed
    proposed = np.bincount(pairs.vacancy[is_proposed], minlength=n_vacancies)
    used = np.bincount(
        quotas.touched(pairs.vacancy[is_proposed], pairs.worker[is_proposed]).indices, minlength=len(quotas)
    )
    full = (quotas.everybody & (used >= quotas.remaining)).astype(np.int64)
    short = truncated & (proposed < limits.places) & ((quotas.vacancies.astype(np.int64) @ full) == 0)
    rows = np.flatnonzero(short)
    listed = np.bincount(pairs.vacancy, minlength=n_vacancies)
    return Exhausted(rows, listed[rows], (limits.places - proposed)[rows])
