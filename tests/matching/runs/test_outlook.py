"""What a simulated run comes to is what a whole run under the same rules and quotas would propose."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mobility.matching.allocation.quotas import no_quotas, quotas_from_columns
from mobility.matching.core.arrays import Entries
from mobility.matching.runs.fairness import ever_eligible
from mobility.matching.runs.outlook import Bounds, eligible_keys, filled, gain, with_remaining, with_shares
from mobility.matching.runs.run import match
from mobility.matching.runs.what_if import changed, simulation
from mobility.matching.scoring.attributes import attributes_of
from mobility.matching.scoring.features import wish_values
from mobility.matching.snapshots.blocks import attributes_from, wishes_from
from mobility.rules.law.rulesets import parse_rules
from tests.matching import worlds
from tests.matching.engines import snapshot
from tests.matching.runs.test_what_if import CHANGES, without

SEEDS = st.integers(0, 10_000)
V, W, TOP = 8, 60, 4
ALL = np.ones(V, np.bool_)
NOBODY = np.empty((0, 2), np.int64)


class Case:
    """A world whose workers are of three kinds, each kind with quotas of its own."""

    def __init__(self, seed, rows=32_768):
        made = worlds.demand(seed, V)
        self.demand = made.take(np.argsort(made.key))
        self.demand = replace(self.demand, scheme=np.minimum(self.demand.scheme, 1).astype(np.int32))
        self.pool = worlds.pool(seed, W).take(np.argsort(worlds.pool(seed, W).key))
        self.kind = np.arange(W) % 3
        rng = np.random.default_rng([seed, 5])
        self.remaining = rng.integers(0, 8, 4)
        self.touches = rng.random((V, 4)) < 0.7
        self.rows = rows

    def quotas(self, kind_of_row, remaining=None):
        """Quotas whose workers' rows are of the kinds given: the whole, and one for each kind."""
        vacancy, column = np.nonzero(self.touches)
        member = np.column_stack([np.ones(len(kind_of_row), bool), *(kind_of_row == kind for kind in range(3))])
        worker, of = np.nonzero(member)
        return quotas_from_columns(
            V,
            len(kind_of_row),
            key=[11, 12, 13, 14],
            remaining=self.remaining if remaining is None else remaining,
            vacancies=Entries(vacancy, column, np.ones(len(vacancy), int)),
            workers=Entries(worker, of, np.ones(len(worker), int)),
        )

    def held(self, farm=worlds.FARM):
        run_settings = worlds.run_settings()
        laid_out = snapshot(self.pool, self.demand, run_settings, self.rows)
        rules = (parse_rules(farm), worlds.schemes()[1])
        keep = self.demand.positions + TOP
        return simulation(
            self.pool, laid_out, self.demand, rules, worlds.TODAY, keep, run_settings.scorecard, run_settings.seed
        )

    def bounds(self, **values):
        whole = Bounds(self.demand.positions.astype(np.int64), self.quotas(np.arange(3)), self.kind, NOBODY)
        return whole._replace(**values)

    def run(self, farm, quotas):
        run_settings = worlds.run_settings(
            schemes=(parse_rules(farm), worlds.schemes()[1]), per_position=1, top=TOP, a_worker=1, near=0
        )
        return match(self.pool, self.demand, quotas, run_settings)


def pairs(found, demand):
    return sorted(zip(demand.key[found.vacancy].tolist(), found.worker.tolist(), strict=True))


def proposed(result):
    return sorted(zip(result.proposals.vacancy.tolist(), result.proposals.worker.tolist(), strict=True))


@settings(max_examples=8)
@given(SEEDS, st.sampled_from([32_768, 64]))
@pytest.mark.parametrize("name", CHANGES)
def test_changed_rules_fill_what_a_whole_run_under_them_would(name, seed, rows):
    case = Case(seed, rows)
    after = changed(case.held(), (parse_rules(CHANGES[name]), worlds.schemes()[1]))
    found = filled(after, case.bounds())
    whole = case.run(CHANGES[name], case.quotas(case.kind))
    assert pairs(found, case.demand) == proposed(whole)
    assert found.short == int(whole.exhausted.places_left.sum())


@settings(max_examples=20)
@given(SEEDS, st.lists(st.integers(0, 9), min_size=4, max_size=4))
@example(304, [0, 0, 4, 3])  # quotas cross only at a vacancy without a place
def test_changed_caps_fill_what_a_whole_run_under_them_would(seed, caps):
    case = Case(seed)
    bounds = case.bounds(quotas=with_remaining(case.quotas(np.arange(3)), np.array(caps)))
    whole = case.run(worlds.FARM, case.quotas(case.kind, remaining=np.array(caps)))
    assert pairs(filled(case.held(), bounds), case.demand) == proposed(whole)


@settings(max_examples=20)
@given(SEEDS, st.integers(0, 6))
def test_a_share_is_never_exceeded_and_binds_only_its_members(seed, cap):
    case = Case(seed)
    before = filled(case.held(), case.bounds())
    quotas = with_shares(case.quotas(np.arange(3)), [np.arange(3) == 1], [cap], 100)
    found = filled(case.held(), case.bounds(quotas=quotas))
    mine = case.kind[np.searchsorted(case.pool.key, found.worker)] == 1
    assert mine.sum() <= cap
    if cap >= (case.kind[np.searchsorted(case.pool.key, before.worker)] == 1).sum() and cap >= W:
        assert pairs(found, case.demand) == pairs(before, case.demand)


def test_without_further_quotas_nothing_is_built():
    given_quotas = no_quotas(V, 3)
    assert with_shares(given_quotas, [], [], 1) is given_quotas


@settings(max_examples=20)
@given(SEEDS)
def test_nobody_fills_two_positions_and_no_vacancy_more_than_it_has(seed):
    case = Case(seed)
    found = filled(case.held(), case.bounds(quotas=no_quotas(V, 3)))
    assert len(set(found.worker.tolist())) == len(found.worker)
    assert (np.bincount(found.vacancy, minlength=V) <= case.demand.positions).all()


@settings(max_examples=20)
@given(SEEDS)
def test_vacancies_that_do_not_count_and_pairs_decided_against_are_left_out(seed):
    case = Case(seed)
    places = case.demand.positions.astype(np.int64)
    first = filled(case.held(), case.bounds())
    if not len(first.vacancy):
        return
    vacancy, worker = int(first.vacancy[0]), int(first.worker[0])
    closed = places.copy()
    closed[vacancy] = 0
    assert vacancy not in filled(case.held(), case.bounds(places=closed)).vacancy
    never = np.array([[case.demand.key[vacancy], worker]])
    assert (int(case.demand.key[vacancy]), worker) not in pairs(
        filled(case.held(), case.bounds(never=never)), case.demand
    )


@settings(max_examples=10)
@given(SEEDS)
@pytest.mark.parametrize("name", CHANGES)
def test_a_gain_is_the_difference_of_two_whole_runs(name, seed):
    case = Case(seed)
    held, rules = case.held(), (parse_rules(CHANGES[name]), worlds.schemes()[1])
    other = changed(held, rules)
    here, there = len(eligible_keys(held, ALL)), len(eligible_keys(other, ALL))
    one, two = held.result.rule_counts.counts.eligible, other.result.rule_counts.counts.eligible
    found = gain(held, rules, ALL, here)
    assert found == (there - here, two.sum() - one.sum(), (two > 0).sum() - (one > 0).sum())


def test_leaving_a_rule_out_never_loses_anybody():
    case = Case(3)
    held = case.held()
    here = len(eligible_keys(held, ALL))
    for name in ("age", "origin", "spanish", "passport", "police", "experience", "stay"):
        looser = (parse_rules(without(worlds.FARM, name)), worlds.schemes()[1])
        assert min(gain(held, looser, ALL, here)) >= 0


def test_only_vacancies_that_count_make_people_eligible():
    held = Case(5).held()
    some = np.arange(V) < 3
    assert (
        eligible_keys(held, some).tolist()
        == ever_eligible(held.snapshot, held.rule_columns.take(np.arange(3))).tolist()
    )
    assert eligible_keys(held, np.zeros(V, np.bool_)).tolist() == []


@given(SEEDS, st.lists(st.integers(0, W - 1), min_size=1, max_size=9, unique=True))
def test_wishes_of_some_are_those_of_the_whole_block(seed, rows):
    case = Case(seed)
    block = snapshot(case.pool, case.demand, worlds.run_settings()).blocks[0]
    rows, epoch, countries = np.array(rows), worlds.TODAY.toordinal(), len(worlds.COUNTRIES)
    vacancy = np.arange(len(rows)) % V
    some = wish_values(wishes_from(block, countries, epoch, rows), case.demand, vacancy, np.arange(len(rows)))
    whole = wish_values(attributes_from(block, countries, epoch), case.demand, vacancy, rows)
    assert some.tolist() == whole.tolist()
    assert whole.tolist() == wish_values(attributes_of(case.pool.profile, epoch), case.demand, vacancy, rows).tolist()
