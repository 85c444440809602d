"""What tests of the engine share: results compared to the last bit, a slow ranking, snapshots of a world."""

from dataclasses import fields
from itertools import product

import numpy as np

from mobility.matching.core.ties import tie_order
from mobility.matching.eligibility.eligibility import PoolRules, Waterfall, eligible, sole_obstacle
from mobility.matching.eligibility.rule_columns import rule_columns_of
from mobility.matching.scoring.attributes import attributes_of
from mobility.matching.scoring.features import feature_values
from mobility.matching.scoring.scorecard import scorecard_from
from mobility.matching.search.shortlist import Shortlist
from mobility.matching.snapshots.snapshot import snapshot_of
from tests.matching import worlds
from tests.matching.scorecards import rich_document

EPOCH = worlds.TODAY.toordinal()


def rich_settings(seed=0, **changes):
    """Return run_settings whose scorecard has steps, lines and a pair."""
    return worlds.run_settings(scorecard=scorecard_from(rich_document(seed)), **changes)


def planned(pool, demand, run_settings):
    return rule_columns_of(demand, run_settings.schemes, run_settings.on, frozenset(pool.facts))


def snapshot(pool, demand, run_settings, rows=32_768):
    return snapshot_of(pool, planned(pool, demand, run_settings), EPOCH, implied=run_settings.implied, rows=rows)


def parts_of(batch):
    """Return a batch as plain lists, so that two can be compared to the last bit."""
    pairs = {
        f"{name}.{part.name}": getattr(getattr(batch, name), part.name).tolist()
        for name, part in product(("eligible", "near"), fields(Shortlist))
    }
    rule_counts = [
        [np.asarray(getattr(waterfall, part.name)).tolist() for part in fields(Waterfall)]
        for waterfall in batch.waterfalls
    ]
    return {"vacancies": batch.vacancies.tolist(), "waterfalls": rule_counts, **pairs}


def plain_ranking(pool, demand, run_settings, vacancy, rows):
    """Rank workers the slow way, by the definition of features and the lottery, one by one: (key, score)."""
    workers = attributes_of(pool.profile, EPOCH)
    scored = []
    for row in rows:
        values = feature_values(workers, demand, np.array([vacancy]), np.array([row]))
        tie = int(tie_order(run_settings.seed, demand.key[[vacancy]], pool.key[[row]])[0])
        scored.append((-int(run_settings.scorecard.contributions(values).sum()), tie, int(pool.key[row])))
    return [(key, -score) for score, _, key in sorted(scored)]


def plain_sets(pool, demand, run_settings, vacancy):
    """Return who passes every blocking rule of a vacancy and whom exactly one keeps out, by the rules themselves."""
    rules = PoolRules(pool, run_settings.schemes, run_settings.on)
    marks, blocking = rules.marks(demand, vacancy), rules.blocking(int(demand.scheme[vacancy]))
    obstacle = sole_obstacle(marks, blocking)
    return np.flatnonzero(eligible(marks, blocking)), np.flatnonzero(obstacle >= 0), obstacle
