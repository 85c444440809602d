"""What an allocation came to: a reason for each pair, ranks, the method used; data only."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from mobility.matching.core.arrays import Flags


class Reason(IntEnum):
    """Why a pair is or is not proposed; the first that applies, in this order."""

    PROPOSED = 0
    VACANCY_FULL = 1
    QUOTA_FULL = 2
    WORKER_TAKEN = 3


class Method(IntEnum):
    """How an allocation was found.

    ``DEFERRED_ACCEPTANCE`` heeds what workers wish for, and needs limits that lie within one another;
    ``COMMON_ORDER`` proposes the best pairs first, and serves where limits cross.
    """

    COMMON_ORDER = 0
    DEFERRED_ACCEPTANCE = 1


@dataclass(frozen=True, slots=True, eq=False)
class Allocation:
    """What became of each pair; all arrays of shape (n_pairs,), in the order of the pairs.

    Attributes
    ----------
    reason : ndarray of int8
        A ``Reason``. ``WORKER_TAKEN``: the worker's offers went to vacancies that they rank higher.
    rank : ndarray of int32
        From 1 among those proposed for the vacancy, by the vacancy's order; 0 for those who are not.
    quota : ndarray of int64
        Key of the quota that was full, -1 unless the reason is ``QUOTA_FULL``. If units kept for a group keep
        somebody out, it is that group's quota.
    method : Method
    """

    reason: NDArray[np.int8]
    rank: NDArray[np.int32]
    quota: NDArray[np.int64]
    method: Method = Method.COMMON_ORDER

    @property
    def proposed(self) -> Flags:
        """Which pairs are proposed."""
        return np.equal(self.reason, Reason.PROPOSED)
