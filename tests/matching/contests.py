"""Random allocations to solve: limits in a tree or crossing, reserves, wishes; few distinct scores, so ties abound."""

import numpy as np

from mobility.matching.allocation.quotas import Limits, Quotas, quotas_from_columns
from mobility.matching.allocation.sorting import ScoredPairs
from mobility.matching.core.arrays import Entries

V, W, GROUPS = 6, 14, 3


def pairs(rng, *, wishes=True, ties=True) -> ScoredPairs:
    """Return some of all pairs, shuffled."""
    chosen = np.flatnonzero(rng.random(V * W) < rng.random())
    rng.shuffle(chosen)
    n = len(chosen)
    score = rng.integers(0, 4 if ties else 10_000, n).astype(np.int32)
    wish = rng.integers(0, 4, n) if wishes else None
    return ScoredPairs(chosen // W, chosen % W, score, rng.permutation(n).astype(np.uint64), wish)


def nested(rng, *, reserves=True) -> Quotas:
    """Return quotas that lie within one another: vacancies in two regions in a scheme, groups within vacancies."""
    group = rng.integers(0, GROUPS, W)
    region = rng.integers(0, 2, V)
    vacancies, members, cap, reserved, kept = [], [], [], [], []

    def add(of_vacancies, of_workers, units, promised=0, keep=False):
        vacancies.append(of_vacancies)
        members.append(of_workers)
        cap.append(units)
        reserved.append(promised)
        kept.append(keep)

    add(np.ones(V, bool), np.ones(W, bool), rng.integers(0, 12))
    for each in range(2):
        add(region == each, np.ones(W, bool), rng.integers(0, 8))
    for vacancy in range(V):
        for each in range(GROUPS):
            if rng.random() < 0.5:
                promised = int(rng.integers(0, 3)) if reserves else 0
                add(np.arange(V) == vacancy, group == each, rng.integers(0, 5), promised, rng.random() < 0.5)
    return _quotas(rng, vacancies, members, cap, reserved, kept)


def crossing(rng) -> Quotas:
    """Return quotas of any shape: some vacancies times some workers, some with reserves that are not kept."""
    count = int(rng.integers(1, 5))
    vacancies = [rng.random(V) < 0.6 for _ in range(count)]
    members = [rng.random(W) < 0.6 for _ in range(count)]
    reserved = [int(rng.integers(0, 3)) for _ in range(count)]
    kept = [bool(mine.sum() == 1 and rng.random() < 0.5) for mine in vacancies]
    return _quotas(rng, vacancies, members, rng.integers(0, 7, count).tolist(), reserved, kept)


def limits(rng, quotas: Quotas) -> Limits:
    """Return limits with these quotas."""
    return Limits(rng.integers(0, 5, V), quotas, int(rng.integers(0, 4)))


def _quotas(rng, vacancies, members, cap, reserved, kept) -> Quotas:
    shuffled = rng.permutation(len(cap))
    rows, of_vacancies, of_workers = [], [], []
    for row, old in enumerate(shuffled):
        rows.append(old)
        of_vacancies += [(vacancy, row) for vacancy in np.flatnonzero(vacancies[old])]
        of_workers += [(worker, row) for worker in np.flatnonzero(members[old])]
    return quotas_from_columns(
        V,
        W,
        key=rng.permutation(len(cap)) + 1,
        remaining=[cap[old] for old in rows],
        vacancies=_entries(of_vacancies),
        workers=_entries(of_workers),
        reserved=[reserved[old] for old in rows],
        kept=[int(kept[old]) for old in rows],
    )


def _entries(cells) -> Entries:
    table = np.array(cells, dtype=np.int64).reshape(-1, 2)
    return Entries(table[:, 0], table[:, 1], np.ones(len(table), np.int64))
