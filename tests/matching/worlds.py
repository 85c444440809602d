"""Random worlds for the tests and timings of matching: seeded arrays and rules of every kind."""

from datetime import date, timedelta
from decimal import Decimal
from functools import cache

import numpy as np

from mobility.matching.allocation.quotas import Quotas, quotas_from_columns
from mobility.matching.core.arrays import Entries
from mobility.matching.core.vocabulary import Vocabulary
from mobility.matching.facts.columns import fact_column
from mobility.matching.facts.demand import Demand, demand_from_columns
from mobility.matching.facts.derived import Stay
from mobility.matching.facts.pool import Pool, pool_from_columns
from mobility.matching.scoring.scorecard import expert_scorecard
from mobility.matching.search.shortlist import RunSettings
from mobility.rules.basics.languages import Cefr
from mobility.rules.law.rulesets import Rule, parse_rules

TODAY = date(2026, 3, 2)
SPRING = date(2026, 4, 1).toordinal()
COUNTRIES = ("CA", "US")
ORIGINS = ("GT", "HN", "JM", "MX", "SV")


def vocabulary(n_skills: int = 30, n_groups: int = 6) -> Vocabulary:
    return Vocabulary(
        skills=tuple(f"S{number:03}" for number in range(n_skills)),
        groups=tuple(f"{900 + number}" for number in range(n_groups)),
        countries=COUNTRIES,
        sectors=("agriculture", "care", "fishing"),
        currencies=("CAD", "USD"),
    )


def rule(name, operator, severity="block", **params):
    return {
        "id": name,
        "operator": operator,
        "params": params,
        "severity": severity,
        "source": f"Example order, article {len(name)}",
        "valid_from": "2020-01-01",
    }


FARM = [
    rule("age", "range", field="worker.age", min=18, max=60),
    rule("origin", "one_of", field="worker.nationalities", values=["GT", "HN", "MX", "JM"]),
    rule("spanish", "at_least_level", field="worker.language.es", level="A2"),
    rule("passport", "valid_beyond_end", field="worker.document_valid_until", months=6),
    rule("police", "valid_beyond_end", field="worker.check.police_valid_until"),
    rule("experience", "range", field="worker.experience_months", min=3),
    rule("stay", "stay_cap", max_months=30, window="rolling", over=36),
    rule("orientation", "no_later_than", "warn", field="worker.earliest_start", than="vacancy.start"),
]
CARE = [
    rule("adult", "range", field="worker.age", min=21),
    rule("english", "at_least_level", field="worker.language.en", level="B1"),
    rule(
        "literate_or_schooled",
        "any_of",
        of=[
            {"operator": "is_true", "params": {"field": "worker.reads_and_writes"}},
            {"operator": "range", "params": {"field": "worker.education_years", "min": 6}},
        ],
    ),
    rule("returner", "history", "warn", min_seasons=1, within_years=3),
    rule("pay", "range", field="vacancy.pay_hourly", min="9.00"),
]


@cache
def schemes() -> tuple[tuple[Rule, ...], ...]:
    return (parse_rules(FARM), parse_rules(CARE), ())


def run_settings(**changes) -> RunSettings:
    return RunSettings(schemes(), expert_scorecard(), TODAY, 7)._replace(**changes)


def _some(rng, share, values):
    return [value if rng.random() < share else None for value in values]


def _days(rng, n, low, high):
    return [TODAY + timedelta(days=int(day)) for day in rng.integers(low, high, n)]


def _entries(rng, n, width, most, values):
    counts = rng.integers(0, most + 1, n)
    row = np.repeat(np.arange(n), counts)
    return Entries(row, rng.integers(0, width, len(row)), values(len(row)))


def _stays(rng):
    found = []
    for _ in range(int(rng.choice([0, 0, 1, 2]))):
        start = TODAY - timedelta(days=int(rng.integers(100, 1500)))
        found.append(Stay(str(rng.choice(COUNTRIES)), start, start + timedelta(days=int(rng.integers(30, 300)))))
    return tuple(found)


def facts(rng, n):
    def levels(share):
        return fact_column(_some(rng, share, [Cefr(int(level)) for level in rng.integers(0, 7, n)]))

    nations = [frozenset(rng.choice(ORIGINS, size=rng.integers(1, 3)).tolist()) for _ in range(n)]
    return {
        "worker.birth_date": fact_column(_some(rng, 0.97, _days(rng, n, -24000, -5800))),
        "worker.nationalities": fact_column(_some(rng, 0.98, nations)),
        "worker.language.en": levels(0.8),
        "worker.language.es": levels(0.95),
        "worker.document_valid_until": fact_column(_some(rng, 0.9, _days(rng, n, -200, 3000))),
        "worker.check.police_valid_until": fact_column(_some(rng, 0.8, _days(rng, n, -100, 900))),
        "worker.earliest_start": fact_column(_days(rng, n, -30, 90)),
        "worker.stays_abroad": fact_column(_some(rng, 0.95, [_stays(rng) for _ in range(n)])),
        "worker.last_season_end": fact_column(_some(rng, 0.4, _days(rng, n, -2000, -100))),
        "worker.seasons_completed": fact_column([int(count) for count in rng.integers(0, 4, n)]),
        "worker.last_returned_on_time": fact_column(_some(rng, 0.5, [bool(flag) for flag in rng.integers(0, 2, n)])),
        "worker.reads_and_writes": fact_column(_some(rng, 0.9, [bool(flag) for flag in rng.integers(0, 4, n)])),
        "worker.education_years": fact_column(_some(rng, 0.7, [int(years) for years in rng.integers(0, 16, n)])),
    }


def pool(seed: int, n: int, words: Vocabulary | None = None) -> Pool:
    rng = np.random.default_rng([seed, 1])
    words = words or vocabulary()
    skills = _entries(rng, n, len(words.skills), 12, lambda size: rng.integers(1, 5, size))
    return pool_from_columns(
        words,
        key=rng.permutation(n) * 3 + 1000,
        skills=skills,
        evidence=rng.integers(1, 5, len(skills.row)),
        experience=_entries(rng, n, len(words.groups), 3, lambda size: rng.integers(1, 120, size)),
        last_worked=_entries(rng, n, len(words.groups), 3, lambda size: SPRING - rng.integers(10, 3000, size)),
        languages=rng.integers(0, 7, (n, 3)),
        earliest_start=SPRING + rng.integers(-60, 60, n),
        destinations=_entries(rng, n, len(words.countries), 1, lambda size: np.ones(size, int)),
        sectors=_entries(rng, n, len(words.sectors), 2, lambda size: np.ones(size, int)),
        months_away=np.sort(rng.integers(0, 10, (n, 2)), axis=1),
        pay_floor=rng.choice([0, 900, 1400, 2000], n),
        pay_currency=rng.integers(-1, len(words.currencies), n),
        returned_on_time=rng.integers(0, 5, n),
        facts=facts(rng, n),
    )


def demand(seed: int, n: int, words: Vocabulary | None = None, starts: int = 12) -> Demand:
    rng = np.random.default_rng([seed, 2])
    words = words or vocabulary()
    start = SPRING + 14 * rng.integers(0, starts, n)
    end = start + 30 * rng.integers(1, 10, n)
    country, pay = rng.integers(0, 2, n), rng.integers(800, 2500, n)
    told = [
        {
            "vacancy.start": date.fromordinal(int(start[row])),
            "vacancy.end": date.fromordinal(int(end[row])),
            "vacancy.months": int(end[row] - start[row]) // 30,
            "vacancy.country": words.countries[country[row]],
            "vacancy.pay_hourly": Decimal(int(pay[row])).scaleb(-2),
        }
        for row in range(n)
    ]
    return demand_from_columns(
        words,
        key=rng.permutation(n) * 7 + 50,
        start=start,
        end=end,
        positions=rng.integers(0, 6, n),
        facts=told,
        essential=_entries(rng, n, len(words.skills), 6, lambda size: rng.integers(1, 5, size)),
        optional=_entries(rng, n, len(words.skills), 6, lambda size: rng.integers(1, 5, size)),
        group=rng.integers(-1, len(words.groups), n),
        languages=rng.integers(0, 4, (n, 3)),
        experience=rng.choice([0, 0, 6, 24], n),
        country=country,
        sector=rng.integers(-1, len(words.sectors), n),
        pay=pay,
        currency=country,
        scheme=rng.integers(0, 3, n),
    )


def quotas(seed: int, n_vacancies: int, n_workers: int, n_quotas: int = 4) -> Quotas:
    rng = np.random.default_rng([seed, 3])
    everybody = Entries(np.arange(n_workers), np.zeros(n_workers, int), np.ones(n_workers, int))
    some = _entries(rng, n_workers, n_quotas, 2, lambda size: np.ones(size, int))
    workers = Entries(*(np.concatenate(parts) for parts in zip(everybody, some, strict=True)))
    vacancies = _entries(rng, n_vacancies, n_quotas, n_quotas, lambda size: np.ones(size, int))
    return quotas_from_columns(
        n_vacancies,
        n_workers,
        key=rng.permutation(n_quotas) + 1,
        remaining=rng.integers(0, max(2, n_workers), n_quotas),
        vacancies=vacancies,
        workers=workers,
    )
