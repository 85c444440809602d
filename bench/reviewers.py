"""Simulated reviewers: workers with twenty features, a hidden usefulness, lists shown, decisions taken; seeded.

Nothing here is data about people. Eighteen features can only help, two are noise. What a worker is worth to a vacancy
rises with each of the eighteen, not in straight lines, and more where three pairs of them meet. A reviewer sees the 20
of 300 eligible workers whom the experts' weights put first, two of them replaced by a draw from the rest, looks at
place ``p`` with probability 1 / (1 + .08 p), is kinder to what stands higher, and has a severity of her own.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

Floats = NDArray[np.float64]
Draw = Callable[[np.random.Generator, Floats], Floats]

ELIGIBLE = 300
SHOWN = 20
DRAWN = 2
FIRST_DRAWN = 3
REVIEWERS = 30
#: Share of workers who returned on time before, and the trade test's mark beyond which language pays.
RETURNED = 0.15
PASS = 60


class Trait(NamedTuple):
    """One feature: how it is drawn given a worker's latent quality, what it is worth, and what experts say of it."""

    name: str
    draw: Draw
    worth: Callable[[Floats], Floats]
    expert: float = 0.0
    monotone: bool = True


def _mixed(share: float, a: float, b: float) -> Draw:
    return lambda rng, quality: share * quality + (1 - share) * rng.beta(a, b, len(quality))


def _steps(count: int, low: int = 0) -> Draw:
    return lambda rng, quality: rng.integers(low, low + count, len(quality)).astype(np.float64)


def _noise(rng: np.random.Generator, quality: Floats) -> Floats:
    return rng.standard_normal(len(quality))


def _nothing(value: Floats) -> Floats:
    return np.zeros_like(value)


#: Occupation and years are drawn together, as years count only in an occupation that one has been in.
TRAITS = (
    Trait("essential", _mixed(0.6, 2, 2), lambda v: 3.0 * expit(8 * (v - 0.55)), 4.0),
    Trait("optional", _mixed(0.3, 2, 3), lambda v: 0.8 * np.sqrt(v), 1.0),
    Trait("occupation", lambda rng, q: np.round(5 * q + 5 * rng.random(len(q))) / 10, lambda v: 1.6 * v**1.5, 2.0),
    Trait("years", lambda rng, q: np.minimum(rng.poisson(1 + 6 * q * q), 20.0), lambda v: 0.6 * np.log1p(v), 0.12),
    Trait("career", lambda rng, q: np.minimum(rng.poisson(5 + 3 * q), 40.0), lambda v: 0.08 * np.log1p(v), 0.02),
    Trait("language", _steps(5), lambda v: 0.35 * np.minimum(v, 2), 0.2),
    Trait("second_language", _steps(4), lambda v: 0.2 * (v > 0), 0.1),
    Trait("pay", lambda rng, q: rng.standard_normal(len(q)).clip(-2, 3), lambda v: 0.4 * expit(2 * v), 0.1),
    Trait("slack", lambda rng, q: rng.exponential(6, len(q)).clip(0, 40), lambda v: 0.0375 * np.minimum(v, 8), 0.01),
    Trait("region", _steps(4), lambda v: 0.35 * v / 3, 0.15),
    Trait("schooling", _steps(4, -1), lambda v: 0.4 * (v >= 0), 0.2),
    Trait("papers", lambda rng, q: rng.exponential(30, len(q)).clip(0, 100), lambda v: np.minimum(v, 26) / 130, 0.002),
    Trait("duration", _steps(3), lambda v: 0.1 * v, 0.1),
    Trait("certificates", lambda rng, q: rng.integers(0, 5, len(q)) / 4.0, lambda v: 0.8 * v, 0.6),
    Trait("recency", lambda rng, q: -rng.exponential(3, len(q)).clip(0, 20), lambda v: 0.5 * np.exp(v / 4), 0.05),
    Trait(
        "test", lambda rng, q: np.round(40 * q + 60 * rng.beta(3, 3, len(q))), lambda v: 0.9 * expit((v - 55) / 8), 0.02
    ),
    Trait("returned", lambda rng, q: (rng.random(len(q)) < RETURNED) * 1.0, lambda v: 0.5 * v, 0.4),
    Trait("level", lambda rng, q: -rng.integers(0, 4, len(q)).astype(np.float64), lambda v: 0.35 * (v + 3) / 3, 0.1),
    Trait("noise_1", _noise, _nothing, monotone=False),
    Trait("noise_2", _noise, _nothing, monotone=False),
)
MONOTONE = np.array([trait.monotone for trait in TRAITS])
EXPERT = np.array([trait.expert for trait in TRAITS])
_AT = {trait.name: column for column, trait in enumerate(TRAITS)}


class Decisions(NamedTuple):
    """What reviewers decided, list after list in order of time; each array has a row for each decision."""

    values: Floats
    favourable: NDArray[np.int64]
    lists: NDArray[np.int64]
    position: NDArray[np.int64]


class Trial(NamedTuple):
    """Workers whose true worth is known: values (n_lists * n_workers, 20) and relevance 0 to 4 (n_lists, n_workers)."""

    values: Floats
    relevance: Floats


def workers(rng: np.random.Generator, count: int) -> Floats:
    """Return the features of workers, shape (count, 20); a latent quality makes them go together."""
    quality = rng.beta(2, 2, count)
    return np.column_stack([trait.draw(rng, quality) for trait in TRAITS])


def worth(values: Floats, strength: float) -> Floats:
    """Return the hidden worth of each worker; ``strength`` multiplies what three pairs of features add."""
    alone = sum(trait.worth(values[:, column]) for column, trait in enumerate(TRAITS))
    occupation, years, essential, certificates, language, test = (
        values[:, _AT[name]] for name in ("occupation", "years", "essential", "certificates", "language", "test")
    )
    together = 1.5 * occupation * np.minimum(years, 8) / 8
    together += 2.0 * np.maximum(essential - 0.5, 0) * certificates
    together += 0.5 * ((language >= 1) & (test > PASS))
    return np.asarray(alone + strength * together)


def decisions(seed: int, lists: int, strength: float) -> Decisions:
    """Return what reviewers decided on so many lists; about twelve decisions a list."""
    rng = np.random.default_rng(seed)
    severity = np.random.default_rng(20_260_302).normal(0, 0.7, REVIEWERS)
    parts = [_review(rng, number, strength, severity) for number in range(lists)]
    return Decisions(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _review(rng: np.random.Generator, number: int, strength: float, severity: Floats) -> Decisions:
    values = workers(rng, ELIGIBLE)
    true = worth(values, strength)
    order = np.argsort(-(values @ EXPERT), kind="stable")
    first = SHOWN - DRAWN
    places = np.sort(rng.choice(np.arange(FIRST_DRAWN, SHOWN), DRAWN, replace=False))
    shown = np.empty(SHOWN, dtype=np.int64)
    shown[places] = rng.choice(order[first:], DRAWN, replace=False)
    shown[np.setdiff1d(np.arange(SHOWN), places)] = order[:first]
    place = np.arange(SHOWN)
    mood = 0.5 * rng.standard_normal() - severity[rng.integers(REVIEWERS)]
    liking = true[shown] - np.quantile(true, 0.96) + 0.9 / (1 + 0.3 * place) - 0.4 + mood
    favourable = rng.random(SHOWN) < expit(1.875 * liking)
    seen = np.flatnonzero(rng.random(SHOWN) < 1 / (1 + 0.08 * place))
    return Decisions(values[shown[seen]], favourable[seen].astype(np.int64), np.full(len(seen), number), place[seen])


def trial(strength: float, *, lists: int = 100, count: int = 1000, seed: int = 99) -> Trial:
    """Return lists on which rankings are judged; relevance by the worth's quantiles .5, .8, .93 and .98."""
    values = workers(np.random.default_rng(seed), lists * count)
    true = worth(values, strength)
    grade = np.searchsorted(np.quantile(true, [0.5, 0.8, 0.93, 0.98]), true).astype(np.float64)
    return Trial(values, grade.reshape(lists, count))
