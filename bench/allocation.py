"""Allocation beside its peers: deferred acceptance, minimum-cost flow, best-first, the `matching` package."""

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any, NamedTuple

import click
import numpy as np

from bench.edges import World, world
from bench.measure import Timing, alternating, show_machine, show_table
from mobility.matching.allocation import Limits, Method, ScoredPairs, allocate, check_allocation, no_quotas, sort_pairs
from mobility.matching.allocation.best_first import Queue, common_order
from mobility.matching.allocation.check import Allocation, reasons_of
from mobility.matching.allocation.flow_audit import arcs_of, flow_library, solve
from mobility.matching.allocation.loads import limit_arrays_of

OWN, CHECKED, GREEDY, FLOW, PACKAGE = (
    "deferred acceptance (own)",
    "its check of stability and caps",
    "best first (own)",
    "minimum-cost flow (OR-Tools)",
    "HospitalResident (matching)",
)


class Held(NamedTuple):
    """Who a method proposes, and how long it took."""

    name: str
    held: np.ndarray
    timing: Timing


@click.command("allocation")
@click.option("--vacancies", default=10_000, show_default=True, help="Lists of the large world.")
@click.option("--listed", default=500, show_default=True, help="Workers on each list.")
@click.option("--workers", default=1_000_000, show_default=True, help="Workers to draw from.")
@click.option("--a-worker", default=1, show_default=True, help="Offers a worker may have.")
@click.option("--small", default=50, show_default=True, help="Vacancies of the world that the package can solve.")
@click.option("--runs", default=3, show_default=True, help="Runs of each, in turn.")
def command(vacancies: int, listed: int, workers: int, a_worker: int, small: int, runs: int) -> None:
    """Who is proposed where: time, total score, blocking pairs, broken quotas."""
    show_machine(("numpy", "numba", "ortools", "matching"))
    click.echo(f"\n{vacancies:,} vacancies by {listed} of {workers:,} workers, a tree of quotas\n")
    _compare(world(vacancies, listed, workers, a_worker=a_worker), runs)
    if find_spec("matching") is None:
        click.echo("\nmatching is not installed, so the small world is left out")
        return
    click.echo(f"\n{small} vacancies by {listed}, no quotas: what the package can express\n")
    _beside_package(world(small, listed, small * 100), runs)


def _compare(made: World, runs: int) -> None:
    pairs, limits, _, _ = made
    flow = flow_library()
    last: dict[str, Any] = {}

    def kept(name: str, action: Callable[[], Any]) -> Callable[[], None]:
        def run() -> None:
            last[name] = action()

        return run

    ready = sort_pairs(pairs, limits)
    allocation = allocate(pairs, limits, ready)
    timings = alternating(
        {
            OWN: kept(OWN, lambda: allocate(pairs, limits).proposed),
            FLOW: kept(FLOW, lambda: solve(flow, arcs_of(pairs, limits))[: len(pairs.score)] > 0),
            GREEDY: kept(GREEDY, lambda: _greedy(made)),
            CHECKED: kept(CHECKED, lambda: check_allocation(pairs, limits, allocation, ready)),
        },
        runs=runs,
    )
    found = [Held(name, last[name], timings[name]) for name in (OWN, FLOW, GREEDY)]
    _show(made, found)
    check = timings[CHECKED]
    click.echo(f"\n{CHECKED}, pairs sorted already: {check.median:.2f} s, {check.cpu_median:.2f} CPU s")


def _greedy(made: World) -> np.ndarray:
    ready = sort_pairs(made.pairs, made.limits)
    ground = limit_arrays_of(ready, made.limits)
    parts = (ground.cell, ground.pointer, ground.limit, ground.cap, ground.open_cap, ground.reserved, ground.kept)
    queue = Queue(ready.best, made.pairs.worker, *parts)
    return common_order(queue, int(made.pairs.worker.max()) + 1, made.limits.a_worker)


def _show(made: World, found: list[Held]) -> None:
    score = made.pairs.score.astype(np.int64)
    best = max(int(score[each.held].sum()) for each in found)
    own = found[0].timing
    rows = []
    for each in found:
        check = _checked(made, each.held)
        rows.append(
            (
                each.name,
                f"{each.timing.median:.2f}",
                f"{each.timing.cpu_median:.2f}",
                f"{each.timing.cpu_median / own.cpu_median:.1f}",
                f"{int(each.held.sum()):,}",
                f"{100 * int(score[each.held].sum()) / best:.2f} %",
                f"{made.pairs.wish[each.held].mean():.0f}",
                f"{check.blocking_pairs:,}",
                check.over_places + check.over_quotas + check.over_workers,
            )
        )
    heading = (
        "method",
        "wall s",
        "CPU s",
        "times own",
        "proposals",
        "of best total",
        "mean wish",
        "blocking",
        "over caps",
    )
    show_table(heading, rows)


def _checked(made: World, held: np.ndarray) -> Any:
    """Check any method's outcome by what workers wish and vacancies rank."""
    ready = sort_pairs(made.pairs, made.limits)
    reason, quota = reasons_of(made.limits, limit_arrays_of(ready, made.limits), held)
    outcome = Allocation(reason, np.zeros(len(held), np.int32), quota, Method.DEFERRED_ACCEPTANCE)
    return check_allocation(made.pairs, made.limits, outcome, ready)


def _beside_package(made: World, runs: int) -> None:
    """Solve a world without quotas by the package as well; both must find the workers' best stable outcome."""
    games = import_module("matching.games")
    pairs = made.pairs
    limits = Limits(made.limits.places, no_quotas(len(made.limits.places), int(pairs.worker.max()) + 1), 1)
    residents, hospitals = _lists(pairs.order_of_workers(), pairs), _lists(pairs.order(), pairs, of_workers=False)
    capacity = {hospital: int(limits.places[hospital]) for hospital in hospitals}
    last: dict[str, Any] = {}

    def own() -> None:
        last[OWN] = allocate(pairs, limits).proposed

    def package() -> None:
        game = games.HospitalResident.create_from_dictionaries(residents, hospitals, capacity)
        last[PACKAGE] = game.solve(optimal="resident")

    timings = alternating({OWN: own, PACKAGE: package}, runs=runs)
    mine = set(zip(pairs.vacancy[last[OWN]].tolist(), pairs.worker[last[OWN]].tolist(), strict=True))
    theirs = {(hospital.name, resident.name) for hospital, chosen in last[PACKAGE].items() for resident in chosen}
    ratio = timings[PACKAGE].median / timings[OWN].median
    show_table(
        ("method", "wall s", "times own", "same outcome"),
        [
            (OWN, f"{timings[OWN].median:.4f}", "1.0", ""),
            (PACKAGE, f"{timings[PACKAGE].median:.2f}", f"{ratio:,.0f}", "yes" if mine == theirs else "no"),
        ],
    )


def _lists(order: np.ndarray, pairs: ScoredPairs, *, of_workers: bool = True) -> dict[int, list[int]]:
    """Return whom each side ranks, best first, as the package takes it."""
    found: dict[int, list[int]] = {}
    for pair in order.tolist():
        worker, vacancy = int(pairs.worker[pair]), int(pairs.vacancy[pair])
        one, other = (worker, vacancy) if of_workers else (vacancy, worker)
        found.setdefault(one, []).append(other)
    return found
