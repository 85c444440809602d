"""A large invented world for the engine's benchmarks: seeded, in two densities, as arrays; no person is in it.

Skills follow occupations: an occupation has forty skills of an ESCO-sized vocabulary, of which a unit group shares
twelve, eight are common ones (Zipf's law) and the rest its own. A worker has some of the skills of one occupation and
some common ones; a vacancy asks likewise. In the *sparse* world three in four skills come from the occupation; in the
*dense* one half do, and common skills are more common, so that each list of workers is several times longer.
"""

from collections.abc import Hashable
from datetime import date, timedelta
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mobility.matching.core import Entries, Vocabulary
from mobility.matching.facts import Demand, Pool, demand_from_columns, pool_from_columns
from mobility.matching.facts.columns import FactColumn, coded_column
from mobility.matching.scoring import expert_scorecard
from mobility.matching.search import RunSettings
from mobility.rules.basics.languages import Cefr
from mobility.rules.law.rulesets import Rule, parse_rules

TODAY = date(2026, 3, 2)
SKILLS, OCCUPATIONS, UNITS, GROUPS = 13_900, 3_000, 436, 130
COUNTRIES = tuple(f"{first}{second}" for first in "ABCD" for second in "ABCDE")
ORIGINS = ("BZ", "CR", "DO", "GT", "HN", "HT", "JM", "MX", "NI", "PA", "SV", "TT")
SECTORS = ("agriculture", "care", "construction", "fishing", "hospitality", "manufacturing")
_PROFILE, _SHARED, _COMMON = 40, 12, 8
_STARTS, _ENDS = 24, 30
_WISHING, _ESSENTIAL = 0.7, 0.55


class World(NamedTuple):
    """Workers, vacancies and the settings of a run."""

    pool: Pool
    demand: Demand
    run_settings: RunSettings


class Taxonomy(NamedTuple):
    """Which skills belong to which occupation, how common each is, and the occupations' unit groups."""

    popularity: NDArray[np.float64]
    profile: NDArray[np.int64]
    unit: NDArray[np.int64]
    share: NDArray[np.float64]


def world(workers: int, vacancies: int, *, seed: int = 1, dense: bool = False) -> World:
    """Return a world; equal arguments give equal worlds."""
    words, taxonomy = vocabulary(), _taxonomy(dense)
    return World(
        _pool(np.random.default_rng([seed, 1]), words, taxonomy, workers, dense),
        _demand(np.random.default_rng([seed, 2]), words, taxonomy, vacancies, dense),
        RunSettings(schemes(), expert_scorecard(), TODAY, seed, per_position=0, top=500, near=0),
    )


@cache
def vocabulary() -> Vocabulary:
    """Return the names of the columns."""
    return Vocabulary(
        tuple(f"S{number:05}" for number in range(SKILLS)),
        tuple(f"{number:03}" for number in range(GROUPS)),
        COUNTRIES,
        SECTORS,
        ("CAD", "EUR", "USD"),
    )


@cache
def schemes() -> tuple[tuple[Rule, ...], ...]:
    """Return eight schemes of seven rules each, which differ in languages, ages, origins and papers."""
    found = []
    for number in range(8):
        origins = [ORIGINS[(number + step) % len(ORIGINS)] for step in range(7)]
        language, level = (("es", "B1"), ("es", "A2"), ("en", "A2"), ("fr", "A1"))[number % 4]
        found.append(
            parse_rules(
                [
                    _rule("literate", "is_true", field="worker.reads_and_writes"),
                    _rule("language", "at_least_level", field=f"worker.language.{language}", level=level),
                    _rule("origin", "one_of", field="worker.nationalities", values=origins),
                    _rule("age", "range", field="worker.age", min=18 + number % 3, max=60),
                    _rule("passport", "valid_beyond_end", field="worker.document_valid_until", months=number % 2 * 6),
                    _rule("police", "valid_beyond_end", field="worker.check.police_valid_until"),
                    _rule("free", "no_later_than", field="worker.earliest_start", than="vacancy.start"),
                ]
            )
        )
    return tuple(found)


def _rule(name: str, operator: str, **params: object) -> dict[str, object]:
    source = "Invented for the benchmark"
    return {"id": name, "operator": operator, "params": params, "source": source, "valid_from": "2020-01-01"}


def _zipf(size: int, exponent: float, shift: int) -> NDArray[np.float64]:
    weight = 1 / (np.arange(size) + shift) ** exponent
    return weight / weight.sum()


@cache
def _taxonomy(dense: bool) -> Taxonomy:  # noqa: FBT001 (a cached key)
    rng = np.random.default_rng(9)
    popularity = np.empty(SKILLS)
    popularity[rng.permutation(SKILLS)] = _zipf(SKILLS, 1.25, 3) if dense else _zipf(SKILLS, 1.0, 10)
    unit = np.sort(rng.integers(0, UNITS, OCCUPATIONS))
    shared = np.stack([rng.choice(SKILLS, _SHARED, replace=False) for _ in range(UNITS)])
    common = rng.choice(SKILLS, (OCCUPATIONS, _COMMON), p=popularity)
    own = rng.integers(0, SKILLS, (OCCUPATIONS, _PROFILE - _SHARED - _COMMON))
    profile = np.concatenate([shared[unit], common, own], axis=1)
    return Taxonomy(popularity, rng.permuted(profile, axis=1), unit, rng.permutation(_zipf(OCCUPATIONS, 0.9, 5)))


def _skills(
    rng: np.random.Generator, taxonomy: Taxonomy, occupation: NDArray[np.int64], mean: int, own: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Draw distinct skills for each row: (rows, skills), by row."""
    count = np.clip(rng.poisson(mean, len(occupation)), 3, _PROFILE)
    row = np.repeat(np.arange(len(occupation)), count)
    place = np.minimum((rng.random(len(row)) ** 1.6 * _PROFILE).astype(np.int64), _PROFILE - 1)
    common = np.searchsorted(np.cumsum(taxonomy.popularity), rng.random(len(row)))
    drawn = np.where(
        rng.random(len(row)) < own, taxonomy.profile[occupation[row], place], np.minimum(common, SKILLS - 1)
    )
    cell = np.unique(row * SKILLS + drawn)
    return cell // SKILLS, cell % SKILLS


def _pool(rng: np.random.Generator, words: Vocabulary, taxonomy: Taxonomy, n: int, dense: bool) -> Pool:  # noqa: FBT001
    occupation = rng.choice(OCCUPATIONS, n, p=taxonomy.share)
    row, skill = _skills(rng, taxonomy, occupation, 17 if dense else 15, 0.5 if dense else 0.75)
    work_row = np.repeat(np.arange(n), 3)
    group = (taxonomy.unit[occupation] * GROUPS // UNITS)[work_row]
    other = rng.integers(0, GROUPS, len(work_row))
    group = np.where(np.arange(len(work_row)) % 3 == 0, group, other)
    months = np.minimum(rng.geometric(0.03, len(work_row)), 400)
    worked = TODAY.toordinal() - rng.integers(1, 3_000, len(work_row))
    wish = rng.random(n) < _WISHING
    return pool_from_columns(
        words,
        key=np.arange(n),
        skills=Entries(row, skill, rng.integers(1, 5, len(row))),
        evidence=rng.choice([1, 1, 1, 2, 3, 4], len(row)),
        experience=Entries(work_row, group, months),
        last_worked=Entries(work_row, group, worked),
        languages=_levels(rng, n),
        earliest_start=TODAY.toordinal() + rng.geometric(0.02, n),
        destinations=Entries(
            np.flatnonzero(wish), rng.integers(0, len(COUNTRIES), int(wish.sum())), np.ones(wish.sum())
        ),
        sectors=Entries(np.arange(n), rng.integers(0, len(SECTORS), n), np.ones(n)),
        months_away=np.column_stack([np.zeros(n, np.int64), rng.integers(0, 13, n)]),
        pay_floor=rng.choice([0, 800, 1_200, 1_500, 2_000, 2_600], n),
        pay_currency=rng.integers(0, 3, n),
        returned_on_time=rng.choice([0, 0, 0, 1, 2, 5], n),
        facts=_facts(rng, n),
    )


def _levels(rng: np.random.Generator, n: int) -> NDArray[np.int64]:
    spoken = rng.random((n, 3)) < np.array([0.5, 0.8, 0.2])
    return np.where(spoken, rng.integers(1, 7, (n, 3)), 0)


def _facts(rng: np.random.Generator, n: int) -> dict[str, FactColumn]:
    levels = tuple(Cefr(level) for level in range(7))
    both = [frozenset({one, other}) for one in ORIGINS for other in ORIGINS[: ORIGINS.index(one) + 1]]

    def days(low: int, high: int, known: float) -> FactColumn:
        values = [TODAY + timedelta(days=day) for day in range(low, high)]
        return _drawn(rng, n, values, known)

    return {
        "worker.reads_and_writes": _drawn(rng, n, [True, True, True, False], 0.98),
        "worker.language.en": _drawn(rng, n, levels, 0.9),
        "worker.language.es": _drawn(rng, n, levels, 0.95),
        "worker.language.fr": _drawn(rng, n, levels, 0.9),
        "worker.nationalities": _drawn(rng, n, both, 0.98),
        "worker.birth_date": days(-22_000, -6_200, 0.99),
        "worker.document_valid_until": days(-200, 3_000, 0.95),
        "worker.check.police_valid_until": days(-100, 800, 0.9),
        "worker.earliest_start": days(-60, 240, 1.0),
    }


def _drawn(rng: np.random.Generator, n: int, values: Any, known: float) -> FactColumn:
    distinct: list[Hashable] = list(dict.fromkeys(values))
    place = {value: number for number, value in enumerate(distinct)}
    codes = np.array([place[value] for value in values], dtype=np.int32)[rng.integers(0, len(values), n)]
    return coded_column(np.where(rng.random(n) < known, codes, -1), distinct)


def _demand(rng: np.random.Generator, words: Vocabulary, taxonomy: Taxonomy, v: int, dense: bool) -> Demand:  # noqa: FBT001
    occupation = rng.choice(OCCUPATIONS, v, p=taxonomy.share)
    row, skill = _skills(rng, taxonomy, occupation, 23 if dense else 19, 0.5 if dense else 0.75)
    essential = rng.random(len(row)) < _ESSENTIAL
    level = rng.integers(1, 5, len(row))
    start = TODAY.toordinal() + 21 + 7 * rng.integers(0, _STARTS, v)
    end = TODAY.toordinal() + 220 + 7 * rng.integers(0, _ENDS, v)
    spoken = np.where(rng.random((v, 3)) < np.array([0.4, 0.6, 0.1]), rng.integers(1, 5, (v, 3)), 0)
    return demand_from_columns(
        words,
        key=np.arange(v),
        start=start,
        end=end,
        positions=rng.integers(1, 9, v),
        facts=[
            {"vacancy.start": date.fromordinal(first), "vacancy.end": date.fromordinal(last)}
            for first, last in zip(start.tolist(), end.tolist(), strict=True)
        ],
        essential=Entries(row[essential], skill[essential], level[essential]),
        optional=Entries(row[~essential], skill[~essential], level[~essential]),
        group=taxonomy.unit[occupation] * GROUPS // UNITS,
        languages=spoken,
        experience=rng.choice([0, 0, 6, 12, 24, 36], v),
        country=rng.integers(0, len(COUNTRIES), v),
        sector=rng.integers(0, len(SECTORS), v),
        pay=rng.integers(900, 3_000, v),
        currency=rng.integers(0, 3, v),
        scheme=rng.integers(0, 8, v),
    )
