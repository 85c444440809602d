from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from mobility.matching.core.arrays import Entries
from mobility.matching.facts.demand import demand_from_columns
from mobility.matching.facts.pool import pool_from_columns
from mobility.matching.scoring.attributes import attributes_of
from mobility.matching.scoring.features import FEATURES, FULL, ROW, WISHES, feature_values, wish_values
from mobility.matching.scoring.scorecard import expert_scorecard
from tests.matching import worlds

WORDS = worlds.vocabulary(5, 3)
START, END = worlds.SPRING, worlds.SPRING + 179
EPOCH = START
#: All that may be a feature. Adding to it is a decision about people: see domain.md, section 6.
ALLOWED = [
    "essential_skills",
    "optional_skills",
    "skill_evidence",
    "experience",
    "recency",
    "language",
    "destination_wish",
    "sector_wish",
    "duration_wish",
    "pay_wish",
    "availability",
    "returned_on_time",
]
SEEDS = st.integers(0, 10_000)


def value(feature, worker=None, vacancy=None):
    """Return one feature of one worker and one vacancy."""
    pool = pool_from_columns(WORDS, key=[1], **(worker or {}))
    demand = demand_from_columns(WORDS, key=[1], start=[START], end=[END], positions=[1], **(vacancy or {}))
    pair = np.zeros(1, dtype=np.intp)
    return int(FEATURES[feature](attributes_of(pool.profile, EPOCH), demand, pair, pair)[0])


def skills(*levels, evidence=1):
    had = [(skill, level) for skill, level in enumerate(levels) if level]
    entries = Entries([0] * len(had), [skill for skill, _ in had], [level for _, level in had])
    return {"skills": entries, "evidence": [evidence] * len(had)}


def asked(*levels, kind="essential"):
    wanted = [(skill, level) for skill, level in enumerate(levels) if level]
    return {kind: Entries([0] * len(wanted), [skill for skill, _ in wanted], [level for _, level in wanted])}


def cell(column, number):
    return Entries([0], [column], [number])


def test_features_are_those_that_were_decided_on():
    assert list(FEATURES) == ALLOWED


@given(SEEDS)
def test_every_value_is_a_whole_number_from_0_to_1000(seed):
    pool, demand = worlds.pool(seed, 6, WORDS), worlds.demand(seed, 5, WORDS)
    vacancy, worker = (np.array(side) for side in zip(*product(range(5), range(6)), strict=True))
    values = feature_values(attributes_of(pool.profile, EPOCH), demand, vacancy, worker)
    assert values.dtype == np.int16
    assert values.shape == (30, len(FEATURES))
    assert values.min() >= 0
    assert values.max() <= FULL


@given(SEEDS)
def test_a_pair_has_the_same_values_alone_and_among_others(seed):
    pool, demand = worlds.pool(seed, 6, WORDS), worlds.demand(seed, 5, WORDS)
    vacancy, worker = (np.array(side) for side in zip(*product(range(5), range(6)), strict=True))
    together = feature_values(attributes_of(pool.profile, EPOCH), demand, vacancy, worker)
    for v, w in ((0, 0), (3, 5), (4, 2)):
        zero = np.zeros(1, dtype=np.intp)
        alone = feature_values(
            attributes_of(pool.profile.take(np.array([w])), EPOCH), demand.take(np.array([v])), zero, zero
        )
        assert alone[0].tolist() == together[v * 6 + w].tolist()


@pytest.mark.parametrize(
    ("had", "wanted", "expected"),
    [
        ((), (), 1000),
        ((), (2,), 0),
        ((2,), (2,), 1000),
        ((4,), (2,), 1000),
        ((1,), (3,), 333),
        ((3,), (4,), 750),
        ((2, 0), (2, 4), 500),
        ((2, 1), (2, 4), 625),
        ((0, 0, 4), (1, 1), 0),
    ],
)
def test_coverage_counts_each_level_up_to_the_one_asked(had, wanted, expected):
    assert value("essential_skills", skills(*had), asked(*wanted)) == expected
    assert value("optional_skills", skills(*had), asked(*wanted, kind="optional")) == expected


@given(st.lists(st.integers(0, 4), min_size=5, max_size=5), st.lists(st.integers(0, 4), min_size=5, max_size=5))
def test_coverage_equals_its_plain_definition(had, wanted):
    asked_for = [(have, want) for have, want in zip(had, wanted, strict=True) if want]
    weights = [1000 // len(asked_for) + (place < 1000 % len(asked_for)) for place in range(len(asked_for))]
    parts = [weight * min(have, want) // want for weight, (have, want) in zip(weights, asked_for, strict=True)]
    expected = sum(parts) if asked_for else 1000
    assert value("essential_skills", skills(*had), asked(*wanted)) == expected


@pytest.mark.parametrize(("evidence", "expected"), [(1, 0), (2, 500), (3, 1000), (4, 1000)])
def test_evidence_counts_half_when_attested_and_in_full_when_tested(evidence, expected):
    assert value("skill_evidence", skills(2, evidence=evidence), asked(2)) == expected


@pytest.mark.parametrize(
    ("months", "wanted", "expected"),
    [(0, 12, 0), (6, 12, 300), (12, 12, 600), (30, 12, 800), (48, 12, 1000), (99, 12, 1000)],
)
def test_experience_is_straight_up_to_what_is_asked_and_three_years_beyond(months, wanted, expected):
    worker = {"experience": cell(1, months)} if months else {}
    assert value("experience", worker, {"group": [1], "experience": [wanted]}) == expected


def test_experience_elsewhere_does_not_count():
    assert value("experience", {"experience": cell(2, 90)}, {"group": [1], "experience": [12]}) == 0
    assert value("experience", {"experience": cell(2, 90)}, {"group": [-1], "experience": [12]}) == 0


@pytest.mark.parametrize(
    ("days", "expected"), [(30, 1000), (365, 1000), (1040, 537), (1095, 537), (1169, 537), (1825, 0), (4000, 0)]
)
def test_recency_fades_in_steps_of_130_days_from_one_year_to_five(days, expected):
    assert value("recency", {"last_worked": cell(1, START - days)}, {"group": [1]}) == expected


def test_nobody_who_never_did_the_work_is_recent():
    assert value("recency", {}, {"group": [1]}) == 0


@pytest.mark.parametrize(
    ("had", "wanted", "expected"),
    [
        ([0, 0, 0], [0, 0, 0], 1000),
        ([0, 3, 0], [0, 3, 0], 700),
        ([0, 4, 0], [0, 3, 0], 850),
        ([0, 6, 0], [0, 3, 0], 1000),
        ([0, 1, 0], [0, 3, 0], 233),
        ([2, 3, 0], [2, 6, 0], 525),
    ],
)
def test_language_counts_the_level_asked_and_two_steps_more(had, wanted, expected):
    assert value("language", {"languages": [had]}, {"languages": [wanted]}) == expected


@pytest.mark.parametrize(("wish", "expected"), [(None, 500), (0, 1000), (1, 0)])
def test_a_wish_met_counts_in_full_and_none_stated_half(wish, expected):
    entries = Entries((), (), ()) if wish is None else cell(wish, 1)
    assert value("destination_wish", {"destinations": entries}, {"country": [0]}) == expected
    assert value("sector_wish", {"sectors": entries}, {"sector": [0]}) == expected


@pytest.mark.parametrize(
    ("wish", "expected"), [([0, 0], 1000), ([6, 6], 1000), ([7, 9], 750), ([8, 9], 500), ([1, 5], 750), ([0, 1], 0)]
)
def test_duration_loses_a_quarter_for_each_month_outside_the_wish(wish, expected):
    assert value("duration_wish", {"months_away": [wish]}) == expected


@pytest.mark.parametrize(
    ("floor", "currency", "expected"), [(0, -1, 1000), (1000, 0, 1000), (2000, 0, 505), (2000, 1, 500), (500, 1, 500)]
)
def test_pay_is_compared_in_one_currency_only(floor, currency, expected):
    worker = {"pay_floor": [floor], "pay_currency": [currency]}
    assert value("pay_wish", worker, {"pay": [1000], "currency": [0]}) == expected


@pytest.mark.parametrize(
    ("late", "expected"), [(-400, 1000), (0, 1000), (6, 1000), (7, 860), (25, 580), (50, 20), (90, 0)]
)
def test_availability_loses_a_little_for_each_week_late(late, expected):
    assert value("availability", {"earliest_start": [START + late]}) == expected


@pytest.mark.parametrize(("seasons", "expected"), [(0, 0), (1, 333), (3, 1000), (9, 1000)])
def test_returns_on_time_are_full_at_three(seasons, expected):
    assert value("returned_on_time", {"returned_on_time": [seasons]}) == expected


def better_level(profile, row, column):
    levels, evidence = profile.skills.toarray(), profile.evidence.toarray()
    levels[row, column] = min(levels[row, column] + 1, 4)
    evidence[row, column] = max(evidence[row, column], 1)
    return replace(profile, skills=csr_array(levels), evidence=csr_array(evidence))


def better_evidence(profile, row, column):
    evidence = profile.evidence.toarray()
    evidence[row, column] = min(evidence[row, column] + 1, 4) * (profile.skills.toarray()[row, column] > 0)
    return replace(profile, evidence=csr_array(evidence))


def more_months(profile, row, column):
    months = profile.experience.toarray()
    months[row, column % months.shape[1]] += 7
    return replace(profile, experience=csr_array(months))


def better_language(profile, row, column):
    languages = profile.languages.copy()
    languages[row, column % 3] = min(languages[row, column % 3] + 1, 6)
    return replace(profile, languages=languages)


def later_work(profile, row, column):
    days = profile.last_worked.toarray()
    days[row, column % days.shape[1]] = max(days[row, column % days.shape[1]], START - 400) + 30
    return replace(profile, last_worked=csr_array(days))


@given(SEEDS, st.integers(0, 5), st.integers(0, 4))
@pytest.mark.parametrize("gain", [better_level, better_evidence, more_months, better_language, later_work])
def test_more_of_a_good_thing_never_lowers_a_feature_or_the_score(gain, seed, row, column):
    pool, demand = worlds.pool(seed, 6, WORDS), worlds.demand(seed, 5, WORDS)
    vacancy, worker = np.arange(5), np.full(5, row)
    before = feature_values(attributes_of(pool.profile, EPOCH), demand, vacancy, worker)
    after = feature_values(attributes_of(gain(pool.profile, row, column), EPOCH), demand, vacancy, worker)
    assert (after >= before).all()
    card = expert_scorecard()
    assert (card.contributions(after).sum(axis=1) >= card.contributions(before).sum(axis=1)).all()


@given(st.integers(0, 300))
def test_a_wish_value_is_the_sum_of_what_the_worker_asked_for(seed):
    pool, demand = worlds.pool(seed, 12), worlds.demand(seed, 4)
    vacancy, worker = (axis.ravel() for axis in np.indices((4, 12)))
    workers = attributes_of(pool.profile, worlds.TODAY.toordinal())
    values = feature_values(workers, demand, vacancy, worker)
    found = wish_values(workers, demand, vacancy, worker)
    assert found.tolist() == values[:, [ROW[wish] for wish in WISHES]].sum(axis=1).tolist()
    assert 0 <= found.min() <= found.max() <= 1000 * len(WISHES)


def test_only_what_workers_say_they_want_counts_as_a_wish():
    assert WISHES == ("destination_wish", "sector_wish", "duration_wish", "pay_wish", "availability")
