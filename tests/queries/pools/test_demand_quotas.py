"""What a match run may propose is what the rules of quotas allow: on random quotas, pair by pair and in sum."""

from collections import Counter
from dataclasses import replace
from datetime import date
from itertools import product

import numpy as np
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from mobility.matching.allocation.allocation import Limits, ScoredPairs, allocate
from mobility.models.schemes.quotas import Quota
from mobility.models.workers.profiles import Employment
from mobility.queries.lists import quota_lists
from mobility.queries.pools import demands
from mobility.rules.cases.schemes import SchemeKind
from mobility.rules.cases.workers import Sex
from mobility.rules.quotas.counters import QuotaCondition, QuotaDimension, touches, write_conditions
from mobility.rules.quotas.places import Places

D = QuotaDimension
YEAR = (date(2026, 1, 1), date(2026, 12, 31))
VALUES = {
    D.ORIGIN: ["GT", "HN", "MX"],
    D.SECTOR: ["agriculture", "construction"],
    D.REGION: ["US", "US-FL", "US-GA"],
    D.RETURNING: ["yes", "no"],
}


@pytest.fixture
def world(session, make):
    """Three vacancies that differ in region and first day, six workers that differ in origin, sex and past seasons."""
    made = make.corridor(workers=0, vacancies=0, cap=9)
    make.occupation().sector = "agriculture"
    made.vacancies = [
        make.open_vacancy(made.scheme, region=region, starts_on=day, positions=4)
        for region, day in (("US-FL", date(2026, 3, 1)), ("US-GA", date(2026, 7, 1)), ("US-FL", date(2026, 8, 1)))
    ]
    made.workers = [
        make.worker(made.post, origin_country=origin, sex=sex)
        for origin, sex in product(("GT", "HN"), (Sex.FEMALE, Sex.MALE, Sex.MALE))
    ]
    season = {"occupation_id": make.occupation().id, "country": "US", "months": 5}
    for worker in made.workers[::2]:
        session.add(Employment(worker_id=worker.id, scheme_kind=SchemeKind.SEASONAL.value, **season))
    session.flush()
    return made


@st.composite
def some_quotas(draw):
    """Draw quotas as (dimension, value, conditions, period, cap)."""
    found = []
    for _ in range(draw(st.integers(1, 5))):
        chosen = draw(st.lists(st.sampled_from(list(VALUES)), max_size=3, unique=True))
        parts = [
            (each, tuple(draw(st.lists(st.sampled_from(VALUES[each]), min_size=1, max_size=2, unique=True))))
            for each in chosen
        ]
        floor = draw(st.booleans())
        dimension, value = (D.SEX_FLOOR, "female") if floor else (D.TOTAL, "")
        if parts and not floor:
            dimension, value = parts[0][0], ",".join(parts[0][1])
            parts = parts[1:]
        conditions = [QuotaCondition(*part, outside=draw(st.booleans())) for part in parts]
        period = draw(st.sampled_from([YEAR, (YEAR[0], date(2026, 6, 30)), (date(2026, 7, 1), YEAR[1])]))
        found.append((dimension, value, write_conditions(conditions), period, draw(st.integers(0, 6))))
    return list({each[:4]: each for each in found}.values())


def rows_of(session, world, wanted):
    session.execute(sa.delete(Quota))
    for dimension, value, conditions, (start, end), cap in wanted:
        session.add(
            Quota(
                scheme_id=world.scheme.id,
                period_from=start,
                period_to=end,
                dimension=dimension,
                value=value,
                conditions=conditions,
                cap=cap + 1,
                committed=1,
            )
        )
    session.flush()
    return quota_lists.of_scheme(session, world.scheme.id)


def pairs_of(world, seed):
    """Return every pair with a random score."""
    vacancies, workers = len(world.vacancies), len(world.workers)
    dice = np.random.default_rng(seed)
    vacancy, worker = (part.ravel() for part in np.mgrid[:vacancies, :workers])
    scores = dice.integers(0, 10_000, len(vacancy)).astype(np.int32)
    return ScoredPairs(vacancy, worker, scores, dice.permutation(len(vacancy)).astype(np.uint64))


def test_the_limits_of_a_run_and_the_rules_agree_on_random_quotas_and_no_run_proposes_more(session, world):
    vacancies = sorted(vacancy.id for vacancy in world.vacancies)
    workers = sorted(worker.id for worker in world.workers)
    facts = {
        (row, column): demands.quota_facts(session, world.scheme.id, vacancy, worker)
        for (row, vacancy), (column, worker) in product(enumerate(vacancies), enumerate(workers))
    }

    @settings(max_examples=120)
    @given(wanted=some_quotas(), seed=st.integers(0, 2**32), a_worker=st.integers(1, 3))
    def agree(wanted, seed, a_worker):
        quotas = rows_of(session, world, wanted)
        bounds = demands.quotas(session, world.scheme.id, vacancies, workers)
        pairs = pairs_of(world, seed)
        table = bounds.touched(pairs.vacancy, pairs.worker).toarray()
        for number, pair in enumerate(zip(pairs.vacancy.tolist(), pairs.worker.tolist(), strict=True)):
            says = [touches(quota_lists.key_of(quota), facts[pair]) for quota in quotas]
            assert table[number].tolist() == says
        proposed = allocate(pairs, Limits(np.full(3, 4), bounds, a_worker)).proposed
        use = table[proposed].sum(axis=0)
        assert (use <= bounds.remaining).all()
        assert bounds.remaining.tolist() == [quota_lists.counters_of(quota).free for quota in quotas]
        for number in np.flatnonzero(~proposed).tolist():  # and none is left out for nothing
            full = (use + table[number] > bounds.remaining).any()
            taken = Counter(pairs.worker[proposed].tolist())[int(pairs.worker[number])] >= a_worker
            crowded = (pairs.vacancy[proposed] == pairs.vacancy[number]).sum() >= 4
            assert full or taken or crowded

    agree()


def test_a_run_respects_a_set_aside_that_is_exempt_from_the_rule_that_workers_return(session, make):
    """Of two places for returning workers one is set aside for Guatemala, and all who are there are new."""
    world = make.corridor(workers=6, vacancies=2, positions=3, cap=0)
    places = Places(*YEAR, 0, supplement=2, set_aside=1, set_aside_for=("GT",))
    scheme = make.scheme(world.destination, world.origin, quotas=[], places=[places])
    for vacancy in world.vacancies:
        vacancy.scheme_id = scheme.id
    session.flush()

    run = make.match(replace(world, scheme=scheme))

    assert run.counts["proposed"] == len(make.proposals(run)) == 1
    assert run.counts["quota_full"] > 0
    assert run.counts["sound"] is True


def test_a_run_respects_halves(session, make):
    world = make.corridor(workers=6, vacancies=0, cap=0)
    halves = Places(*YEAR, 1, date(2026, 6, 1), 2)
    scheme = make.scheme(world.destination, world.origin, quotas=[], places=[halves])
    early, late = (
        make.open_vacancy(scheme, positions=3, starts_on=day) for day in (date(2026, 5, 20), date(2026, 6, 1))
    )

    found = make.proposals(make.match(replace(world, scheme=scheme, vacancies=[early, late])))

    assert Counter(proposal.vacancy_id for proposal in found) == {early.id: 1, late.id: 2}
