"""Who gets through a run, by group: people at each step and attention by rank; groups are numbers, never features."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mobility.matching.core.arrays import Flags, Rows, Whole
from mobility.matching.core.bitsets import members
from mobility.matching.eligibility.rule_columns import RuleColumns
from mobility.matching.kernels.engines import Kernel, engine
from mobility.matching.kernels.tables import blocking_columns
from mobility.matching.snapshots.blocks import EVERYBODY
from mobility.matching.snapshots.snapshot import Snapshot


class Funnel(NamedTuple):
    """People and attention by group; arrays of shape (n_groups,).

    Attributes
    ----------
    considered, eligible, ranked, proposed : ndarray of int64
        People in the pool; whom every rule lets through to at least one vacancy; on at least one list; proposed.
    attention_ranked, attention_proposed : ndarray of float64
        Sums of 1 / log2(1 + rank) over the places on lists and over proposals.
    """

    considered: Whole
    eligible: Whole
    ranked: Whole
    proposed: Whole
    attention_ranked: NDArray[np.float64]
    attention_proposed: NDArray[np.float64]


class ListPlaces(NamedTuple):
    """Places that workers got, on lists or among proposals; arrays of shape (n_places,).

    Attributes
    ----------
    worker : ndarray of intp
        Row numbers.
    rank : ndarray of int
        From 1.
    """

    worker: Rows
    rank: Whole


def funnel(group: Whole, n_groups: int, reached: Flags, ranked: ListPlaces, proposed: ListPlaces) -> Funnel:
    """Count people and attention by group.

    Parameters
    ----------
    group : ndarray of int, shape (n_workers,)
        Group of each worker of the pool, from 0.
    n_groups : int
    reached : ndarray of bool, shape (n_workers,)
        Who is eligible for at least one vacancy.
    ranked, proposed : ListPlaces

    Returns
    -------
    Funnel

    Raises
    ------
    ValueError
        If a group is out of range.
    """
    if len(group) and not 0 <= int(group.min()) <= int(group.max()) < n_groups:
        raise ValueError(f"a group is not between 0 and {n_groups - 1}")

    def people(workers: Rows) -> Whole:
        return np.bincount(group[np.unique(workers)], minlength=n_groups)

    return Funnel(
        np.bincount(group, minlength=n_groups),
        np.bincount(group[reached], minlength=n_groups),
        people(ranked.worker),
        people(proposed.worker),
        _attention(group, n_groups, ranked),
        _attention(group, n_groups, proposed),
    )


def ranks_on_lists(vacancy: Whole) -> NDArray[np.int64]:
    """Return the rank of each pair of lists that stand by vacancy, best first: from 1, shape (n_pairs,)."""
    rank: NDArray[np.int64] = np.arange(len(vacancy)) - np.searchsorted(vacancy, vacancy) + 1
    return rank


def ever_eligible(snapshot: Snapshot, rule_columns: RuleColumns, kernel: Kernel = Kernel.AUTO) -> NDArray[np.int64]:
    """Return the workers whom every blocking rule lets through to at least one vacancy.

    Parameters
    ----------
    snapshot : Snapshot
    rule_columns : RuleColumns
        Rules of the vacancies.
    kernel : Kernel

    Returns
    -------
    ndarray of int64, shape (n_reached,)
        Keys, ascending.

    Raises
    ------
    SnapshotError
        If the snapshot lacks one of the rule columns.
    """
    columns = np.unique(blocking_columns(rule_columns, snapshot.places(rule_columns)), axis=0)
    keys = [np.empty(0, np.int64)]
    for block in snapshot.blocks:
        everybody = block.bits[EVERYBODY]
        reached = np.zeros_like(everybody)
        engine(kernel).reach(block, columns, reached)
        keys.append(block.key[members(reached, len(block.key))])
    return np.concatenate(keys)


def _attention(group: Whole, n_groups: int, places: ListPlaces) -> NDArray[np.float64]:
    weight = 1 / np.log2(1 + places.rank.astype(np.float64))
    return np.bincount(group[places.worker], weights=weight, minlength=n_groups).astype(np.float64)
