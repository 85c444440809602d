"""What a simulation tells, before and after: totals, groups (small cells hidden), waterfall, steps, cover, ratios."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mobility.matching.core import Flags, Rows, Whole
from mobility.matching.facts import FactColumn
from mobility.matching.runs import Bounds, Filled, Simulation, eligible_keys, ever_eligible, filled, gain
from mobility.rules.cases.simulations import hide_pair
from mobility.rules.figures.fairness import Counts, hide_small, rates
from mobility.rules.law.rulesets import Rule, each_loosened
from mobility.services.simulations.worlds import World

#: Groups that everybody who may simulate sees, and those that only who may see fairness figures does.
OPEN_GROUPS, PROTECTED_GROUPS = ("origin", "region", "occupation"), ("sex", "age")
#: Stands for a worker whose region is not recorded.
NOWHERE = ""
REGION, OCCUPATION = "worker.residence_region", "vacancy.occupation"
Json = dict[str, Any]
Pair = tuple[Counts, Counts]


@dataclass(frozen=True, eq=False)
class Side:
    """One side of a comparison: a run, the vacancies that count, who is eligible, which positions are filled.

    ``people`` are keys; the rows are those of the pool, of who is eligible and of who fills a position.
    """

    run: Simulation
    rules: tuple[Rule, ...]
    bounds: Bounds
    open: Flags
    people: NDArray[np.int64]
    filled: Filled
    eligible_rows: Rows
    filled_rows: Rows


def side(run: Simulation, rules: Sequence[Rule], bounds: Bounds, open_: Flags) -> Side:
    """Work out one side; ``bounds`` has the places of the vacancies that count and no others."""
    people, placed, keys = eligible_keys(run, open_), filled(run, bounds), run.pool.key
    rows = np.searchsorted(keys, people), np.searchsorted(keys, placed.worker)
    return Side(run, tuple(rules), bounds, open_, people, placed, *rows)


def figures(world: World, before: Side, after: Side) -> Json:
    """Return all figures of a comparison as JSON; small cells are hidden in it already."""
    return {
        "workers": world.workers,
        "vacancies": len(before.run.demand),
        "positions": int(before.run.demand.positions.sum()),
        "before": totals(before),
        "after": totals(after),
        "lost": len(np.setdiff1d(before.people, after.people)),
        "gained": len(np.setdiff1d(after.people, before.people)),
        "groups": groups(world, before, after),
        "protected": protected(world, before, after),
        "waterfall": waterfall(after),
        "steps": steps(after),
        "cover": cover(world, before, after),
        "fairness": fairness(world, before, after),
    }


def totals(one: Side) -> Json:
    """Return people, pairs and positions of one side."""
    eligible = one.run.result.rule_counts.counts.eligible[one.open]
    return {
        "people": len(one.people),
        "pairs": int(eligible.sum()),
        "vacancies": int(one.open.sum()),
        "empty": int((eligible == 0).sum()),
        "places": int(one.bounds.places.sum()),
        "filled": len(one.filled.worker),
        "short": one.filled.short,
    }


def groups(world: World, before: Side, after: Side) -> Json:
    """Return eligible people and filled positions by origin, region of residence and occupation."""
    region = world.run.pool.facts.get(REGION)
    found = {
        "origin": _by_people(before, after, world.kinds.origin, world.kinds.of_worker),
        "region": _by_people(before, after, *_regions(region, world.workers)),
        "occupation": _by_occupation(world, before, after),
    }
    return {name: found[name] for name in OPEN_GROUPS}


def protected(world: World, before: Side, after: Side) -> Json:
    """Return the same by groups that only who may see fairness figures is shown."""
    return {by: _by_people(before, after, *world.groups[by]) for by in PROTECTED_GROUPS}


def _regions(region: FactColumn | None, workers: int) -> tuple[Sequence[str], Whole]:
    if region is None:
        return (NOWHERE,), np.zeros(workers, np.int64)
    return (*(str(value) for value in region.values), NOWHERE), np.where(
        region.codes < 0, len(region.values), region.codes
    )


def _by_people(before: Side, after: Side, names: Sequence[str], code: Whole) -> Json:
    """Count by a group that each worker is in exactly one of; names may repeat."""

    def count(rows: Any) -> dict[str, int]:
        sums: dict[str, int] = {}
        for name, number in zip(names, np.bincount(code[rows], minlength=len(names)).tolist(), strict=True):
            sums[name] = sums.get(name, 0) + number
        return sums

    pool = count(slice(None))
    eligible = count(before.eligible_rows), count(after.eligible_rows)
    placed = count(before.filled_rows), count(after.filled_rows)
    here = [name for name, number in pool.items() if number]
    return _shown(_only(pool, here), tuple(_only(each, here) for each in eligible), _both(placed, here))


def _both(sides: tuple[Counts, Counts], names: Iterable[str]) -> Pair:
    kept = list(names)
    return _only(sides[0], kept), _only(sides[1], kept)


def _only(counts: Counts, names: Iterable[str]) -> dict[str, int]:
    return {name: counts.get(name, 0) for name in names}


def _shown(pool: Counts | None, eligible: Any, placed: Pair) -> Json:
    """Return the cells of one grouping with small ones hidden, those that would give them away too."""
    known = () if pool is None else ((pool, pool),)
    return {
        "workers": None if pool is None else hide_small(pool),
        "eligible": list(_hidden(eligible, known)),
        "filled": list(_hidden(placed, (eligible,))),
    }


def _hidden(pair: Pair, earlier: Sequence[Pair]) -> Any:
    return hide_pair(*pair, earlier=earlier)


def _by_occupation(world: World, before: Side, after: Side) -> Json:
    """Count by the occupation of vacancies: somebody may be eligible in several."""
    codes = [str(facts[OCCUPATION]) for facts in world.run.demand.facts]
    names, number = np.unique(np.array(codes, np.str_), return_inverse=True)
    eligible = _of_vacancies(before, names, number), _of_vacancies(after, names, number)
    placed = _placed(before, names, number), _placed(after, names, number)
    return {**_shown(None, eligible, placed), "places": [_places(each, names, number) for each in (before, after)]}


def _of_vacancies(one: Side, names: Any, number: Whole) -> dict[str, int]:
    found = {}
    for place, name in enumerate(names.tolist()):
        rows: Rows = np.flatnonzero((number == place) & one.open)
        found[name] = len(ever_eligible(one.run.snapshot, one.run.rule_columns.take(rows)))
    return found


def _placed(one: Side, names: Any, number: Whole) -> dict[str, int]:
    counts = np.bincount(number[one.filled.vacancy], minlength=len(names)).tolist()
    return dict(zip(names.tolist(), counts, strict=True))


def _places(one: Side, names: Any, number: Whole) -> dict[str, int]:
    sums = np.bincount(number, weights=one.bounds.places, minlength=len(names)).astype(int).tolist()
    return dict(zip(names.tolist(), sums, strict=True))


def waterfall(one: Side) -> list[Json]:
    """Return for each rule the pairs that it fails, leaves open, alone keeps out, and lets through."""
    rule_counts, rows = one.run.result.rule_counts, np.flatnonzero(one.open)
    columns = {
        "failed": rule_counts.failed,
        "unknown": rule_counts.unknown,
        "sole": rule_counts.counts.sole,
        "left": rule_counts.counts.left,
    }
    return [
        {"rule": rule.id, **{name: int(values[rows, place].sum()) for name, values in columns.items()}}
        for place, rule in enumerate(one.rules)
    ]


def steps(one: Side) -> list[Json]:
    """Return what each rule one step looser would bring, everything else as it is; nothing for rules without a step."""
    found = []
    for rule, rules in each_loosened(one.rules):
        brought = gain(one.run, [rules], one.open, len(one.people))
        found.append({"rule": rule.id, "params": rule.params, **brought._asdict()})
    return found


def cover(world: World, before: Side, after: Side) -> dict[str, Json]:
    """Return for each shortage the open positions tied to it and those filled, before and after."""
    refs = np.array(world.shortage, np.str_)
    found: dict[str, Json] = {}
    for ref in sorted(set(world.shortage) - {""}):
        mine = refs == ref
        found[ref] = {
            "places": [int(each.bounds.places[mine].sum()) for each in (before, after)],
            "filled": [int(mine[each.filled.vacancy].sum()) for each in (before, after)],
        }
    return found


def fairness(world: World, before: Side, after: Side) -> dict[str, Json]:
    """Return the ratio of each group's rate to the best group's, in percent, for eligibility and for positions."""
    return {by: _ratios(_by_people(before, after, *coded)) for by, coded in world.groups.items()}


def _ratios(shown: Json) -> Json:
    """Return (before, after) ratios by group; None where a cell is hidden or nobody was chosen."""
    found: Json = {}
    for step in ("eligible", "filled"):
        told = [rates(counts, shown["workers"]) for counts in shown[step]]
        found[step] = {
            group: [None if rate is None else rate.ratio for rate in (one[group] for one in told)]
            for group in shown["workers"]
        }
    return found


def people_of(counts: Mapping[str, int | None]) -> list[str]:
    """Return the groups of a table in order of their size, hidden ones last."""
    return sorted(counts, key=lambda name: (counts[name] is None, -(counts[name] or 0), name))
