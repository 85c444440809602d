"""Seeded worlds for the benchmark of allocation: shortlists with contention, places, a tree of quotas, wishes."""

from typing import NamedTuple

import numpy as np

from mobility.matching.allocation import Limits, Quotas, ScoredPairs, quotas_from_columns
from mobility.matching.core import Entries
from mobility.matching.core.ties import tie_order

SEED = 20_260_401
#: Vacancies that share a shortage, shortages that share a scheme, and what their quotas leave of what is below.
_A_SHORTAGE, _A_SCHEME, _SHORTAGE_SHARE, _SCHEME_SHARE = 25, 20, 0.8, 0.85
_HIGHEST = 10_000


class World(NamedTuple):
    """Pairs and limits, with the tree's two upper levels for peers that take them as arcs."""

    pairs: ScoredPairs
    limits: Limits
    shortage: np.ndarray
    scheme: np.ndarray


def world(vacancies: int, listed: int, workers: int, *, a_worker: int = 1, seed: int = SEED) -> World:
    """Return ``vacancies`` lists of ``listed`` workers each, out of ``workers``.

    Workers differ in how good they are for everybody and for one vacancy, and the better ones stand on more lists;
    vacancies differ in how much they are wished for. Positions are geometric with mean 5; quotas of shortages leave
    80 % of their places, those of schemes 85 % of that.
    """
    rng = np.random.default_rng(seed)
    good = rng.normal(size=workers)
    worker = _lists(rng, vacancies, listed, good)
    vacancy = np.repeat(np.arange(vacancies), listed)
    fit = good[worker] + 1.5 * rng.normal(size=len(worker))
    score = np.clip(_HIGHEST * (fit + 4) / 10, 0, _HIGHEST).astype(np.int32)
    wished = rng.normal(size=vacancies)[vacancy] + 1.5 * rng.normal(size=len(worker))
    wish = np.clip(2500 + 600 * wished, 0, 5000).astype(np.int64)
    places = rng.geometric(0.2, vacancies).astype(np.int64)
    shortage = rng.integers(0, max(2, vacancies // _A_SHORTAGE), vacancies)
    scheme = rng.integers(0, max(1, vacancies // _A_SHORTAGE // _A_SCHEME), int(shortage.max()) + 1)
    pairs = ScoredPairs(vacancy, worker, score, tie_order(seed, vacancy, worker), wish)
    return World(pairs, Limits(places, _quotas(places, shortage, scheme, workers), a_worker), shortage, scheme)


def _lists(rng: np.random.Generator, vacancies: int, listed: int, good: np.ndarray) -> np.ndarray:
    """Draw for each vacancy distinct workers, the better ones more often."""
    workers = len(good)
    weight = np.cumsum(np.exp(good / 2))
    found = np.empty((vacancies, listed), dtype=np.int64)
    for row in range(vacancies):
        drawn = np.unique(np.searchsorted(weight, rng.random(2 * listed + 20) * weight[-1]))
        while len(drawn) < listed:
            drawn = np.union1d(drawn, rng.integers(0, workers, listed))
        found[row] = rng.permutation(drawn)[:listed]
    return found.ravel()


def _quotas(places: np.ndarray, shortage: np.ndarray, scheme: np.ndarray, workers: int) -> Quotas:
    shortages, schemes = len(scheme), int(scheme.max()) + 1
    in_shortage = np.bincount(shortage, weights=places, minlength=shortages)
    cap = np.maximum(1, (_SHORTAGE_SHARE * in_shortage).astype(np.int64))
    whole = np.maximum(1, (_SCHEME_SHARE * np.bincount(scheme, weights=cap, minlength=schemes)).astype(np.int64))
    rows = np.arange(len(places))
    return quotas_from_columns(
        len(places),
        workers,
        key=np.arange(shortages + schemes),
        remaining=np.concatenate([cap, whole]),
        vacancies=Entries(
            np.concatenate([rows, rows]),
            np.concatenate([shortage, shortages + scheme[shortage]]),
            np.ones(2 * len(places), int),
        ),
        workers=Entries((), (), ()),
        everybody=np.ones(shortages + schemes, dtype=np.int8),
    )
