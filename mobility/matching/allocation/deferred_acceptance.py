"""Deferred acceptance, workers proposing, over a tree of limits: the compiled loop; arrays in, arrays out.

The plain form that it is tested against stands in ``deferred_acceptance_reference``.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mobility.matching.core.compiled import compiled

_Numbers = NDArray[Any]


class Contest(NamedTuple):
    """Who asks where, and which limits hold for them; pairs stand by worker, preferred first.

    Attributes
    ----------
    start : ndarray of int64, shape (n_workers + 1,)
        Where each worker's pairs begin.
    owner, leaf : ndarray of int32, shape (n_pairs,)
        Worker, and innermost limit.
    merit : ndarray of int32, shape (n_pairs,)
        Place in the vacancies' order counted from the worst, each number once.
    by_merit : ndarray of int32, shape (n_pairs,)
        The pair with each merit.
    parent : ndarray of int32, shape (n_limits,)
    cap, open_cap, reserved : ndarray of int64, shape (n_limits,)
    tier : ndarray of int64, shape (n_limits,)
        What a reserved unit lifts its holder by, in whole orders: 2 if it is kept for the group, 1 if not.
    """

    start: _Numbers
    owner: _Numbers
    leaf: _Numbers
    merit: _Numbers
    by_merit: _Numbers
    parent: _Numbers
    cap: _Numbers
    open_cap: _Numbers
    reserved: _Numbers
    tier: _Numbers


class _State(NamedTuple):
    """What changes: how strongly each pair is proposed, and how full each limit is.

    ``strength`` stands by merit: -1 for those that are not proposed. ``heap`` holds for each limit the strengths of its
    pairs, the weakest on top, with some that are out of date; ``weakest`` remembers the top that is not, -1 while it
    is not known. ``best`` holds for each reserve the strengths of those in its units.
    """

    strength: _Numbers
    load: _Numbers
    open_load: _Numbers
    heap: _Numbers
    heap_start: _Numbers
    heap_size: _Numbers
    weakest: _Numbers
    best: _Numbers
    best_start: _Numbers
    best_size: _Numbers


@compiled
def _push(heap: _Numbers, first: int, size: int, key: int) -> None:
    place = size
    while place > 0:
        above = (place - 1) >> 1
        if heap[first + above] <= key:
            break
        heap[first + place] = heap[first + above]
        place = above
    heap[first + place] = key


@compiled
def _pop(heap: _Numbers, first: int, size: int) -> None:
    last = size - 1
    key = heap[first + last]
    place = 0
    while 2 * place + 1 < last:
        below = 2 * place + 1
        if below + 1 < last and heap[first + below + 1] < heap[first + below]:
            below += 1
        if heap[first + below] >= key:
            break
        heap[first + place] = heap[first + below]
        place = below
    heap[first + place] = key


@compiled
def _pair_of(contest: Contest, key: int) -> int:
    return contest.by_merit[key % contest.merit.size]


@compiled
def _current(state: _State, key: int) -> bool:
    return state.strength[key % state.strength.size] == key


@compiled
def _weakest(state: _State, limit: int) -> int:
    """Return the least strength proposed under a limit, -1 if nobody is; forgets what is out of date on the way."""
    if state.weakest[limit] >= 0:
        return state.weakest[limit]
    first = state.heap_start[limit]
    while state.heap_size[limit] > 0:
        key = state.heap[first]
        if _current(state, key):
            state.weakest[limit] = key
            return key
        _pop(state.heap, first, state.heap_size[limit])
        state.heap_size[limit] -= 1
    return -1


@compiled
def _enter(contest: Contest, state: _State, pair: int, key: int) -> None:
    """Write a pair's strength under each of its limits; a heap that is full of old ones is swept first."""
    limit = contest.leaf[pair]
    while limit >= 0:
        first = state.heap_start[limit]
        if first + state.heap_size[limit] == state.heap_start[limit + 1]:
            size = state.heap_size[limit]
            state.heap_size[limit] = 0
            for place in range(first, first + size):
                old = state.heap[place]
                if old != key and _current(state, old):
                    _push(state.heap, first, state.heap_size[limit], old)
                    state.heap_size[limit] += 1
        _push(state.heap, first, state.heap_size[limit], key)
        state.heap_size[limit] += 1
        state.weakest[limit] = -1
        limit = contest.parent[limit]


@compiled
def _count(contest: Contest, state: _State, pair: int, key: int, change: int) -> None:
    """Count a pair of this strength in or out under each of its limits."""
    outside = key < 2 * contest.merit.size
    limit = contest.leaf[pair]
    while limit >= 0:
        state.weakest[limit] = -1
        state.load[limit] += change
        if outside:
            state.open_load[limit] += change
        limit = contest.parent[limit]


@compiled
def _first_over(contest: Contest, state: _State, pair: int, opens: bool) -> int:  # noqa: FBT001  numba takes no keywords
    """Return the innermost limit that one more pair would break, -1 if none."""
    limit = contest.leaf[pair]
    while limit >= 0:
        if state.load[limit] >= contest.cap[limit]:
            return limit
        if opens and state.open_load[limit] >= contest.open_cap[limit]:
            return limit
        limit = contest.parent[limit]
    return -1


@compiled
def _release(contest: Contest, state: _State, pair: int) -> None:
    """Let a pair go; if it stood in a reserved unit, it is the weakest of its reserve and the unit is free again."""
    key = state.strength[contest.merit[pair]]
    _count(contest, state, pair, key, -1)
    state.strength[contest.merit[pair]] = -1
    if key >= contest.merit.size:
        leaf = contest.leaf[pair]
        _pop(state.best, state.best_start[leaf], state.best_size[leaf])
        state.best_size[leaf] -= 1


@compiled
def _demote(contest: Contest, state: _State, leaf: int) -> int:
    """Take the weakest of a reserve out of its unit, and return it; it stays proposed, by its merit alone."""
    key = state.best[state.best_start[leaf]]
    pair = _pair_of(contest, key)
    _pop(state.best, state.best_start[leaf], state.best_size[leaf])
    state.best_size[leaf] -= 1
    merit = contest.merit[pair]
    _count(contest, state, pair, key, -1)
    state.strength[merit] = merit
    _count(contest, state, pair, merit, 1)
    return pair


@compiled
def _take(contest: Contest, state: _State, pair: int, key: int, limit: int) -> int:
    """Hold a pair, which breaks ``limit`` first (-1: none); returns who is let go for it, -1 if nobody."""
    leaf = contest.leaf[pair]
    lifted = key >= contest.merit.size
    weakest = _weakest(state, limit) if limit >= 0 else -1
    loser = -1 if limit < 0 else _pair_of(contest, weakest)
    if lifted and state.best_size[leaf] >= contest.reserved[leaf]:
        demoted = _demote(contest, state, leaf)
        if limit >= 0 and contest.merit[demoted] < weakest:
            loser = demoted
        else:
            _enter(contest, state, demoted, contest.merit[demoted])
    if loser >= 0:
        _release(contest, state, loser)
    state.strength[contest.merit[pair]] = key
    _count(contest, state, pair, key, 1)
    _enter(contest, state, pair, key)
    if lifted:
        _push(state.best, state.best_start[leaf], state.best_size[leaf], key)
        state.best_size[leaf] += 1
    return loser


@compiled
def _offer(contest: Contest, state: _State, pair: int) -> int:
    """Consider a worker's offer; returns who loses by it: -1 for nobody, the pair itself if it is not taken."""
    leaf, pairs = contest.leaf[pair], contest.merit.size
    key: Any = np.int64(contest.merit[pair])
    full: Any = True
    better: Any = False
    if contest.reserved[leaf] > 0:
        lifted = key + contest.tier[leaf] * pairs
        full = state.best_size[leaf] >= contest.reserved[leaf]
        better = full and state.best[state.best_start[leaf]] < lifted
        if better or not full:
            key = lifted
    limit = _first_over(contest, state, pair, full or key < 2 * pairs)
    if limit >= 0 and not better:
        weakest = _weakest(state, limit)
        if weakest < 0 or weakest > key:
            return pair
    return _take(contest, state, pair, key, limit)


@compiled
def _below_bound(
    merit: int, leaf: int, parent: _Numbers, cap: _Numbers, open_cap: _Numbers, load: _Numbers, weakest: _Numbers
) -> bool:
    """Tell quickly that a pair without a reserve is too weak, if that is plain; most offers end here."""
    limit = leaf
    while limit >= 0:
        if load[limit] >= cap[limit]:
            return weakest[limit] > merit
        if load[limit] >= open_cap[limit]:
            return False
        limit = parent[limit]
    return False


@compiled
def _fresh(contest: Contest) -> _State:
    pairs, limits = contest.merit.size, contest.cap.size
    under = np.zeros(limits, np.int64)
    at_leaf = np.zeros(limits, np.int64)
    for pair in range(pairs):
        at_leaf[contest.leaf[pair]] += 1
        limit = contest.leaf[pair]
        while limit >= 0:
            under[limit] += 1
            limit = contest.parent[limit]
    heap_start, best_start = np.zeros(limits + 1, np.int64), np.zeros(limits + 1, np.int64)
    for limit in range(limits):
        heap_start[limit + 1] = heap_start[limit] + 2 * min(contest.cap[limit] + 2, under[limit]) + 4
        best_start[limit + 1] = best_start[limit] + min(contest.reserved[limit], at_leaf[limit]) + 1
    return _State(
        np.full(pairs, -1, np.int64),
        np.zeros(limits, np.int64),
        np.zeros(limits, np.int64),
        np.empty(heap_start[limits], np.int64),
        heap_start,
        np.zeros(limits, np.int64),
        np.full(limits, -1, np.int64),
        np.empty(best_start[limits], np.int64),
        best_start,
        np.zeros(limits, np.int64),
    )


@compiled
def _proposed(contest: Contest, state: _State) -> NDArray[np.bool_]:
    proposed = np.empty(contest.merit.size, np.bool_)
    for pair in range(contest.merit.size):
        proposed[pair] = state.strength[contest.merit[pair]] >= 0
    return proposed


@compiled
def deferred_acceptance(contest: Contest, a_worker: int) -> NDArray[np.bool_]:
    """Let workers ask in their order, and hold the strongest that the limits allow, until nobody asks any more.

    Parameters
    ----------
    contest : Contest
    a_worker : int
        Open proposals that one worker may have.

    Returns
    -------
    ndarray of bool, shape (n_pairs,)
        Which pairs are proposed.

    Notes
    -----
    Gale and Shapley (1962), College admissions and the stability of marriage; for limits in a tree Fleiner (2003), A
    fixed-point approach to stable matchings; reserves filled first: Hafalir, Yenmez and Yildirim (2013), Effective
    affirmative action in school choice. Each limit with its reserves chooses by a valuated matroid, so that what it
    takes of more offers is found by one exchange, and the result does not depend on who asks first.
    """
    state = _fresh(contest)
    workers = contest.start.size - 1
    next_pair = contest.start[:-1].copy()
    open_offers = np.zeros(workers, np.int64)
    merit, leaves, reserved = contest.merit, contest.leaf, contest.reserved  # read once: each reading costs a count
    parent, cap, open_cap, load, weakest = contest.parent, contest.cap, contest.open_cap, state.load, state.weakest
    waiting = np.arange(workers - 1, -1, -1)
    waits = np.ones(workers, np.bool_)
    left = workers
    while left > 0:
        left -= 1
        worker = waiting[left]
        waits[worker] = False
        while open_offers[worker] < a_worker and next_pair[worker] < contest.start[worker + 1]:
            pair = next_pair[worker]
            next_pair[worker] += 1
            leaf = leaves[pair]
            if reserved[leaf] == 0 and _below_bound(merit[pair], leaf, parent, cap, open_cap, load, weakest):
                continue
            loser = _offer(contest, state, pair)
            if loser == pair:
                continue
            open_offers[worker] += 1
            if loser >= 0:
                other = contest.owner[loser]
                open_offers[other] -= 1
                if other != worker and not waits[other]:
                    waiting[left] = other
                    waits[other] = True
                    left += 1
    return _proposed(contest, state)
