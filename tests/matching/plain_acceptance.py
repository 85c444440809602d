"""Deferred acceptance in its plainest form: the oracle of the compiled one, slow and easy to check by reading."""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from mobility.matching.allocation.deferred_acceptance import Contest


def deferred_acceptance_plain(contest: Contest, a_worker: int) -> NDArray[np.bool_]:
    """Let every worker ask for more until nobody is turned away; all limits choose anew each time.

    Parameters
    ----------
    contest : Contest
    a_worker : int

    Returns
    -------
    ndarray of bool, shape (n_pairs,)
        Which pairs are held.
    """
    turned_away: set[int] = set()
    while True:
        asked = {
            pair
            for first, last in zip(contest.start[:-1].tolist(), contest.start[1:].tolist(), strict=True)
            for pair in [pair for pair in range(first, last) if pair not in turned_away][:a_worker]
        }
        held = choice(contest, asked)
        if held == asked:
            break
        turned_away |= asked - held
    found = np.zeros(len(contest.merit), dtype=np.bool_)
    found[list(held)] = True
    return found


def choice(contest: Contest, offers: Iterable[int]) -> set[int]:
    """Return what the limits choose among offers: the strongest first, each if every limit still has room.

    Parameters
    ----------
    contest : Contest
    offers : iterable of int
        Pairs.

    Returns
    -------
    set of int

    Notes
    -----
    The best of a reserve's group, as many as it has units, come before everybody who has none; those of reserves that
    are kept come first of all. What others may have of a vacancy is what is not kept, whether or not it is used.
    """
    offers = sorted(offers, key=lambda pair: -int(contest.merit[pair]))
    units = contest.reserved.tolist()
    tier: dict[int, int] = {}
    for pair in offers:
        leaf = int(contest.leaf[pair])
        tier[pair] = int(contest.tier[leaf]) if units[leaf] > 0 else 0
        units[leaf] -= 1
    room, open_room = contest.cap.tolist(), contest.open_cap.tolist()
    chosen: set[int] = set()
    for pair in sorted(offers, key=lambda pair: (-tier[pair], -int(contest.merit[pair]))):
        path = list(_path(contest, pair))
        kept = tier[pair] == 2
        if all(room[limit] > 0 and (kept or open_room[limit] > 0) for limit in path):
            chosen.add(pair)
            for limit in path:
                room[limit] -= 1
                open_room[limit] -= not kept
    return chosen


def _path(contest: Contest, pair: int) -> Iterator[int]:
    limit = int(contest.leaf[pair])
    while limit >= 0:
        yield limit
        limit = int(contest.parent[limit])
