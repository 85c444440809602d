"""How well vacancies meet what workers asked for: the order in which a worker would take them; no score."""

import numpy as np
from numpy.typing import NDArray

from mobility.matching.core.arrays import Rows
from mobility.matching.facts.demand import Demand
from mobility.matching.scoring.attributes import Attributes
from mobility.matching.scoring.features import (
    availability,
    destination_wish,
    duration_wish,
    pay_wish,
    sector_wish,
)

#: What a worker is asked at registration, each worth the same: nobody but the worker could say what matters more.
WISHES = (destination_wish, sector_wish, duration_wish, pay_wish, availability)


def wish_values(workers: Attributes, demand: Demand, vacancy: Rows, worker: Rows) -> NDArray[np.int32]:
    """Return how well each pair's vacancy meets its worker's wishes.

    Parameters
    ----------
    workers : Attributes of n_workers
    demand : Demand of n_vacancies
    vacancy, worker : ndarray of shape (n_pairs,)
        Row numbers of the pairs.

    Returns
    -------
    ndarray of int32, shape (n_pairs,)
        0 to 5000: destination, sector, length of stay, pay and first day, up to 1000 each.
    """
    total = np.zeros(len(vacancy), dtype=np.int32)
    for wish in WISHES:
        total += wish(workers, demand, vacancy, worker).astype(np.int32)
    return total
