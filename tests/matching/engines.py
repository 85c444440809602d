"""What tests of the engine share: results compared to the last bit, a slow ranking, snapshots of a world."""

from dataclasses import fields
from itertools import product

import numpy as np

from mobility.matching.core.ties import tie_order
from mobility.matching.eligibility.eligibility import PoolRules, Waterfall, eligible, sole_obstacle
from mobility.matching.eligibility.rule_columns import plan_of
from mobility.matching.scoring.attributes import attributes_of
from mobility.matching.scoring.features import feature_values
from mobility.matching.scoring.scorecard import scorecard_from
from mobility.matching.search.shortlist import Shortlist
from mobility.matching.snapshots.snapshot import snapshot_of
from tests.matching import worlds
from tests.matching.scorecards import rich_document

EPOCH = worlds.TODAY.toordinal()


def rich_terms(seed=0, **changes):
    """Return terms whose scorecard has steps, lines and a pair."""
    return worlds.terms(scorecard=scorecard_from(rich_document(seed)), **changes)


def planned(pool, demand, terms):
    return plan_of(demand, terms.schemes, terms.on, frozenset(pool.facts))


def snapshot(pool, demand, terms, rows=32_768):
    return snapshot_of(pool, planned(pool, demand, terms), EPOCH, implied=terms.implied, rows=rows)


def parts_of(chunk):
    """Return a chunk as plain lists, so that two can be compared to the last bit."""
    pairs = {
        f"{name}.{part.name}": getattr(getattr(chunk, name), part.name).tolist()
        for name, part in product(("eligible", "near"), fields(Shortlist))
    }
    falls = [[np.asarray(getattr(fall, part.name)).tolist() for part in fields(Waterfall)] for fall in chunk.waterfalls]
    return {"vacancies": chunk.vacancies.tolist(), "waterfalls": falls, **pairs}


def plain_ranking(pool, demand, terms, vacancy, rows):
    """Rank workers the slow way, by the definition of features and the lottery, one by one: (key, score)."""
    workers = attributes_of(pool.profile, EPOCH)
    scored = []
    for row in rows:
        values = feature_values(workers, demand, np.array([vacancy]), np.array([row]))
        tie = int(tie_order(terms.seed, demand.key[[vacancy]], pool.key[[row]])[0])
        scored.append((-int(terms.scorecard.contributions(values).sum()), tie, int(pool.key[row])))
    return [(key, -score) for score, _, key in sorted(scored)]


def plain_sets(pool, demand, terms, vacancy):
    """Return who passes every blocking rule of a vacancy and whom exactly one keeps out, by the rules themselves."""
    rules = PoolRules(pool, terms.schemes, terms.on)
    marks, blocking = rules.marks(demand, vacancy), rules.blocking(int(demand.scheme[vacancy]))
    obstacle = sole_obstacle(marks, blocking)
    return np.flatnonzero(eligible(marks, blocking)), np.flatnonzero(obstacle >= 0), obstacle
