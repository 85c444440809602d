"""What a simulated run comes to: who is eligible for anything, which positions are filled; nothing is proposed."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, hstack

from mobility.matching.allocation.allocation import Limits, ScoredPairs, allocate, exhausted, sort_pairs
from mobility.matching.allocation.quotas import Quotas
from mobility.matching.core.arrays import Flags, Rows, Whole
from mobility.matching.core.ties import scores_of, ties_of, workers_of
from mobility.matching.eligibility.rule_columns import rule_columns_of
from mobility.matching.facts.demand import Demand
from mobility.matching.kernels.lists import rows_of
from mobility.matching.runs.fairness import ever_eligible
from mobility.matching.runs.what_if import Simulation, with_columns
from mobility.matching.scoring.features import wish_values
from mobility.matching.search.search import CORES, counted
from mobility.matching.snapshots.blocks import wishes_from
from mobility.matching.snapshots.snapshot import Snapshot
from mobility.rules.law.rulesets import Rule


class Bounds(NamedTuple):
    """What keeps positions from being filled, beside the rules.

    Attributes
    ----------
    places : ndarray of int64, shape (n_vacancies,)
        Positions to fill; 0 for a vacancy that does not count.
    quotas : Quotas
        Rows as in the demand, and one for each *kind* of worker that quotas tell apart.
    kind : ndarray of int, shape (n_workers,)
        Kind of each worker of the pool, ascending by key.
    never : ndarray of int64, shape (n_pairs, 2)
        (Vacancy key, worker key) of pairs that somebody decided against.
    """

    places: Whole
    quotas: Quotas
    kind: Whole
    never: NDArray[np.int64]


class Filled(NamedTuple):
    """Positions that are filled; arrays of shape (n_filled,) unless said otherwise.

    Attributes
    ----------
    vacancy : ndarray of intp
        Row numbers of the demand.
    worker : ndarray of int64
        Keys; each worker once.
    short : int
        Positions left open at vacancies whose list ended although more people are eligible: a deeper list might fill
        them.
    """

    vacancy: Rows
    worker: NDArray[np.int64]
    short: int


class Gain(NamedTuple):
    """What another set of rules would bring.

    Attributes
    ----------
    people : int
        More workers eligible for at least one vacancy.
    pairs : int
        More pairs of a worker and a vacancy for which that worker is eligible.
    vacancies : int
        More vacancies with anybody eligible.
    """

    people: int
    pairs: int
    vacancies: int


def eligible_keys(simulated: Simulation, open_: Flags) -> NDArray[np.int64]:
    """Return the workers who are eligible for at least one of the vacancies that count: keys, ascending."""
    return ever_eligible(simulated.snapshot, simulated.rule_columns.take(np.flatnonzero(open_)))


def filled(simulated: Simulation, bounds: Bounds) -> Filled:
    """Fill the positions of a simulated run, each worker in one position at most.

    Parameters
    ----------
    simulated : Simulation
    bounds : Bounds

    Returns
    -------
    Filled
        As an allocation of the same lists gives it (see ``allocate``).
    """
    lists = simulated.result.eligible
    row = rows_of(lists)
    worker = workers_of(simulated.seed, simulated.demand.key[row], lists.keys)
    stays = (bounds.places[row] > 0) & ~_among(simulated.demand.key[row], worker, bounds.never)
    row, worker, keys = row[stays], worker[stays], lists.keys[stays]
    listed, place = np.unique(worker, return_inverse=True)
    kind = bounds.kind[np.searchsorted(simulated.pool.key, listed)].astype(np.intp)
    limits = Limits(bounds.places, bounds.quotas.in_order(np.arange(len(simulated.demand)), kind), 1)
    wish = _wishes(simulated.snapshot, simulated.demand, row, worker)
    pairs = ScoredPairs(row, place.astype(np.intp), scores_of(keys), ties_of(keys), wish)
    ready = sort_pairs(pairs, limits)
    allocation = allocate(pairs, limits, ready)
    truncated = simulated.result.rule_counts.counts.eligible > lists.length
    short = exhausted(pairs, limits, allocation, truncated)
    taken = allocation.proposed
    return Filled(row[taken], worker[taken], int(short.places_left.sum()))


def with_shares(quotas: Quotas, members: Sequence[Flags], caps: Sequence[int], key: int) -> Quotas:
    """Return quotas with further ones over all vacancies.

    Parameters
    ----------
    quotas : Quotas
    members : sequence of ndarray of bool, shape (n_rows of workers,)
        Who belongs to each further quota.
    caps : sequence of int
        Units of each.
    key : int
        Of the first further quota, above all others.

    Returns
    -------
    Quotas
    """
    if not len(caps):
        return quotas
    n_vacancies, more = quotas.vacancies.shape[0], len(caps)
    nobody, none = np.zeros(more, np.bool_), np.zeros(more, np.int64)
    vacancies = hstack([quotas.vacancies, csr_array(np.ones((n_vacancies, more), np.int8))], format="csr")
    workers = hstack([quotas.workers, csr_array(np.column_stack(list(members)).astype(np.int8))], format="csr")
    return Quotas(
        np.concatenate([quotas.key, np.arange(key, key + more)]),
        np.concatenate([quotas.remaining, np.asarray(caps, np.int64)]),
        csr_array(vacancies),
        csr_array(workers),
        np.concatenate([quotas.everybody, nobody]),
        np.concatenate([quotas.reserved, none]),
        np.concatenate([quotas.kept, nobody]),
    )


def gain(simulated: Simulation, schemes: Sequence[Sequence[Rule]], open_: Flags, people: int) -> Gain:
    """Return what other rules would bring, from bitsets alone: no list is looked at.

    Parameters
    ----------
    simulated : Simulation
    schemes : sequence of sequence of Rule
        The other rules.
    open_ : ndarray of bool, shape (n_vacancies,)
        Vacancies that count.
    people : int
        Workers eligible for at least one of them now.

    Returns
    -------
    Gain
        Differences; negative where the other rules are stricter.
    """
    rule_columns = rule_columns_of(simulated.demand, schemes, simulated.on, frozenset(simulated.pool.facts))
    snapshot = with_columns(simulated.snapshot, simulated.pool, rule_columns)
    rows = np.flatnonzero(open_)
    reached = len(ever_eligible(snapshot, rule_columns.take(rows)))
    before = simulated.result.rule_counts.counts.eligible[rows]
    after = counted(snapshot, rule_columns.take(rows), threads=CORES).counts.eligible
    return Gain(reached - people, int(after.sum() - before.sum()), int((after > 0).sum() - (before > 0).sum()))


def with_remaining(quotas: Quotas, remaining: Whole) -> Quotas:
    """Return quotas with other units left, at least 0."""
    return replace(quotas, remaining=np.maximum(remaining, 0).astype(np.int64))


def _among(vacancy: Whole, worker: Whole, pairs: NDArray[np.int64]) -> Flags:
    """Tell which pairs of keys stand in a list of pairs."""
    known = set(map(tuple, pairs.tolist()))
    if not known:
        return np.zeros(len(vacancy), np.bool_)
    suspect = np.isin(worker, pairs[:, 1])
    member = np.zeros(len(vacancy), np.bool_)
    rows = np.flatnonzero(suspect)
    member[rows] = [(int(vacancy[row]), int(worker[row])) in known for row in rows.tolist()]
    return member


def _wishes(snapshot: Snapshot, demand: Demand, vacancy: Rows, worker: NDArray[np.int64]) -> NDArray[np.int32]:
    """Return how well each pair's vacancy meets its worker's wishes."""
    value = np.zeros(len(worker), dtype=np.int32)
    countries = len(snapshot.vocabulary.countries)
    number, local = snapshot.locate(worker)
    for block in np.unique(number).tolist():
        mine = np.flatnonzero(number == block)
        some, row = np.unique(local[mine], return_inverse=True)
        people = wishes_from(snapshot.blocks[block], countries, snapshot.epoch, some)
        value[mine] = wish_values(people, demand, vacancy[mine], row.astype(np.intp))
    return value
