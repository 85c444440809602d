"""The policy simulator over a large pool in memory, beside the same question as SQL on PostgreSQL in the same run."""

import gc
import resource
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import click
import numpy as np
from psycopg import connect

from bench.engine_peers import Asked, asked_of, raw_columns
from bench.measure import Timing, alternating, show_machine, show_table
from bench.world import TODAY, World, world
from mobility.matching.allocation import Quotas, quotas_from_columns
from mobility.matching.core import Entries
from mobility.matching.eligibility import rule_columns_of
from mobility.matching.facts import Demand, Pool, pool_from_columns
from mobility.matching.runs import Bounds, Simulation, changed, filled, simulation, with_columns, with_remaining
from mobility.matching.search.search import CORES, counted
from mobility.matching.snapshots import Snapshot, snapshot_of
from mobility.queries.pools.fairness_groups import Coded
from mobility.queries.pools.simulation_pools import Kinds
from mobility.rules.law.rulesets import Rule, each_loosened, parse_rules, write_rules
from mobility.services.simulations import figures
from mobility.services.simulations.worlds import DEPTH, SEED, SPARE
from mobility.services.simulations.worlds import World as Held
from tests.postgres import postgres as running_postgres

KINDS, GROUPS = 48, 6
_PACKAGES = ("numpy", "scipy", "numba", "psycopg")
#: What is relaxed or tightened, one after another, so that no run finds its columns there already.
_CHANGES: tuple[tuple[str, str, Any], ...] = (
    ("language", "level", "A2"), ("age", "min", 21), ("passport", "months", 3), ("language", "level", "B2"),
    ("age", "max", 55), ("age", "min", 17), ("passport", "months", 9), ("age", "max", 50), ("age", "min", 25),
    ("language", "level", "C1"), ("passport", "months", 12), ("age", "max", 45),
)  # fmt: skip
_WARM: tuple[str, str, Any] = ("age", "min", 30)
#: What one vacancy's rules ask, one after another as a waterfall counts.
_STEPS = (
    "literate = 1",
    "{language} >= {level}",
    "(origins & {origins}) <> 0",
    "born > {born_after} and born <= {born_until}",
    "passport >= {passport}",
    "police >= {police}",
    "free <= {free}",
)


@click.command("simulator")
@click.option("--workers", default=1_000_000, show_default=True)
@click.option("--vacancies", default=10_000, show_default=True)
@click.option("--scheme", "of_scheme", default=500, show_default=True, help="Vacancies of the scheme that is changed.")
@click.option("--peer-vacancies", default=6, show_default=True, help="Vacancies that PostgreSQL is asked about.")
@click.option("--runs", type=click.IntRange(1, 10), default=5, show_default=True)
@click.option("--postgres/--no-postgres", default=True, show_default=True)
def command(*, workers: int, vacancies: int, of_scheme: int, peer_vacancies: int, runs: int, postgres: bool) -> None:
    """Ask a pool of invented workers what other rules and quotas would bring."""
    show_machine(_PACKAGES)
    made = world(workers, vacancies)
    mine = np.flatnonzero(made.demand.scheme == 0)[:of_scheme]
    peer_rows = mine[:peer_vacancies]
    with ExitStack() as stack:
        peer = _peer(made, stack) if postgres else None
        asked = [asked_of(made.demand, row) for row in peer_rows.tolist()]
        bench = _laid_out(made, mine)
        del made
        gc.collect()
        click.echo(f"\n{workers:,} workers, {vacancies:,} vacancies; the scheme that is changed has {len(mine):,}")
        _report(bench, peer, asked, runs)
    _memory(bench)


class Bench(NamedTuple):
    """All vacancies, and those of one scheme, over one pool of facts and one snapshot."""

    every: Simulation
    scheme: Simulation
    rules: tuple[Rule, ...]


def _laid_out(made: World, mine: Any) -> Bench:
    """Lay the pool out as the application does: skills in the snapshot, beside it what rules look at."""
    facts = [{**facts, "vacancy.occupation": f"9{number % 7:03}"} for number, facts in enumerate(made.demand.facts)]
    demand = replace(made.demand, facts=tuple(facts))
    held = frozenset(made.pool.facts)
    snapshot = snapshot_of(
        made.pool, rule_columns_of(demand, made.run_settings.schemes, TODAY, held), TODAY.toordinal()
    )
    slim, rules = _facts_alone(made.pool), tuple(made.run_settings.schemes[0])
    one = replace(demand.take(mine), scheme=np.zeros(len(mine), np.int32))
    for _, looser in each_loosened(rules):
        snapshot = with_columns(snapshot, slim, rule_columns_of(one, [looser], TODAY, held))
    every = _run(slim, snapshot, demand, made.run_settings.schemes, made)
    return Bench(every, _run(slim, snapshot, one, [rules], made), rules)


def _facts_alone(pool: Pool) -> Pool:
    empty = pool_from_columns(pool.vocabulary, key=pool.key)
    return replace(empty, facts=pool.facts, profile=replace(empty.profile, experience=pool.profile.experience))


def _run(pool: Pool, snapshot: Snapshot, demand: Demand, schemes: Any, made: World) -> Simulation:
    keep = demand.positions * DEPTH + SPARE
    return simulation(pool, snapshot, demand, schemes, TODAY, keep, made.run_settings.scorecard, SEED)


def _changed_rules(rules: tuple[Rule, ...], change: tuple[str, str, Any]) -> tuple[Rule, ...]:
    name, parameter, value = change
    written: list[dict[str, Any]] = write_rules(rules)  # type: ignore[assignment]
    return parse_rules(
        [{**rule, "params": {**rule["params"], parameter: value}} if rule["id"] == name else rule for rule in written]
    )


def _quotas(size: int) -> Quotas:
    """Return a cap on everything and one for each of twelve origins; a kind of worker has one origin."""
    rng = np.random.default_rng(7)
    vacancy, column = (part.ravel() for part in np.meshgrid(np.arange(size), np.arange(13), indexing="ij"))
    kind = np.arange(KINDS)
    return quotas_from_columns(
        size,
        KINDS,
        key=np.arange(13),
        remaining=[size * 4, *rng.integers(size // 4 + 1, size + 2, 12)],
        vacancies=_ones(vacancy, column),
        workers=_ones(np.concatenate([kind, kind]), np.concatenate([np.zeros(KINDS, int), 1 + kind % 12])),
    )


def _ones(row: Any, column: Any) -> Entries:
    return Entries(row, column, np.ones(len(row), int))


def _held(run: Simulation) -> Held:
    """Return what the application keeps of a scheme, with invented kinds and groups."""
    size, rng = len(run.pool), np.random.default_rng(3)
    kinds = Kinds(rng.integers(0, KINDS, size).astype(np.int32), tuple(f"{kind % 12:02}" for kind in range(KINDS)), ())
    groups = {
        name: Coded(tuple(str(group) for group in range(GROUPS)), rng.integers(0, GROUPS, size).astype(np.int16))
        for name in ("sex", "age", "origin", "displaced", "returning")
    }
    nobody = np.empty((0, 2), np.int64)
    return Held(0, datetime(2026, 3, 2, tzinfo=UTC), 0, "", run, kinds, groups, nobody, ("",) * len(run.demand))


def _report(bench: Bench, peer: "Peer | None", asked: list[Asked], runs: int) -> None:
    changes = iter([_WARM, *_CHANGES, *_CHANGES])
    pages = iter([("age", "min", 31), *(("age", "min", 32 + number) for number in range(12))])
    caps, kept = count(1), _held(bench.scheme)
    all_kept, quotas, all_quotas = _held(bench.every), _quotas(len(kept.run.demand)), _quotas(len(bench.every.demand))

    def rule() -> None:
        changed(bench.scheme, [_changed_rules(bench.rules, next(changes))])

    def page() -> None:
        rules = _changed_rules(bench.rules, next(pages))
        open_ = np.ones(len(kept.run.demand), np.bool_)
        bounds = _bounds(kept, quotas, 0)
        before = figures.side(bench.scheme, bench.rules, bounds, open_)
        after = figures.side(changed(bench.scheme, [rules]), rules, bounds, open_)
        figures.figures(kept, before, after)

    actions: dict[str, Callable[[], object]] = {
        "counts and waterfall of all vacancies": lambda: counted(
            bench.every.snapshot, bench.every.rule_columns, threads=CORES
        ),
        "one rule changed in the scheme, lists too": rule,
        "one quota changed in the scheme, all of it allocated anew": lambda: filled(
            kept.run, _bounds(kept, quotas, next(caps))
        ),
        "one quota changed over all vacancies, allocated anew": lambda: filled(
            bench.every, _bounds(all_kept, all_quotas, next(caps))
        ),
        "the whole page of a changed rule, steps and groups too": page,
    }
    if peer is not None:
        actions["PostgreSQL"] = lambda: [peer.fall(each) for each in asked]
        _same(bench, peer, asked)
    times = alternating(actions, runs=runs)
    _show(bench, times, len(asked))


def _bounds(kept: Held, quotas: Quotas, less: int) -> Bounds:
    remaining = quotas.remaining.copy()
    remaining[0] -= less
    places = kept.run.demand.positions.astype(np.int64)
    return Bounds(places, with_remaining(quotas, remaining), kept.kinds.of_worker, kept.never)


def _show(bench: Bench, times: dict[str, Timing], few: int) -> None:
    database = times.pop("PostgreSQL", None)
    sizes = {name: len(bench.every.demand) if "all vacancies" in name else len(bench.scheme.demand) for name in times}
    each = None if database is None else database.median / few
    click.echo("")
    show_table(
        ("question", "vacancies", "median s", "cpu s", "PostgreSQL, s", "ratio"),
        [
            (
                name,
                sizes[name],
                f"{found.median:.3f}",
                f"{found.cpu_median:.3f}",
                "–" if each is None or "quota" in name else f"{each * sizes[name]:.0f}",
                "–" if each is None or "quota" in name else f"{each * sizes[name] / found.median:.0f}",
            )
            for name, found in times.items()
        ],
    )
    if each is not None:
        click.echo(f"\nPostgreSQL counts the waterfall of one vacancy in {each:.3f} s (asked about {few}), no lists.")


def _memory(bench: Bench) -> None:
    gc.collect()
    status = Path("/proc/self/status").read_text(encoding="ascii") if Path("/proc/self/status").exists() else ""
    now = next((int(line.split()[1]) / 1e6 for line in status.splitlines() if line.startswith("VmRSS")), float("nan"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    size = _held(bench.scheme).nbytes / 1e6
    click.echo(
        f"\nThe scheme's pool in memory: {size:.0f} MB. This process now, with both pools of lists: {now:.2f} GB; "
        f"at its peak, with the invented world beside it: {peak:.2f} GB."
    )


class Peer:
    """Workers as one narrow table of whole numbers, as kind to SQL as can be: no join, nothing to decode."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    def fall(self, asked: Asked) -> list[int]:
        """Return how many are left after each rule of one vacancy, in one pass."""
        steps = [step.format(**asked._asdict()) for step in _STEPS]
        counts = ", ".join(
            f"count(*) filter (where {' and '.join(steps[: number + 1])})" for number in range(len(steps))
        )
        found: list[int] = list(self.connection.execute(f"select {counts} from worker").fetchone())  # noqa: S608
        return found


def _peer(made: World, stack: ExitStack) -> Peer | None:
    url = stack.enter_context(running_postgres())
    if url is None:
        click.echo("PostgreSQL: left out, there is none to run (see tests/postgres.py)")
        return None
    connection = stack.enter_context(connect(url.replace("postgresql+psycopg", "postgresql"), autocommit=True))
    columns = raw_columns(made)
    connection.execute(f"create unlogged table worker ({', '.join(f'{name} int' for name in columns)})")
    with connection.cursor().copy("copy worker from stdin") as copy:
        for rows in _batches(np.column_stack(list(columns.values()))):
            copy.write(rows)
    connection.execute("vacuum analyze worker")
    return Peer(connection)


def _batches(table: Any, size: int = 100_000) -> Iterator[str]:
    for first in range(0, len(table), size):
        yield "".join("\t".join(map(str, row)) + "\n" for row in table[first : first + size].tolist())


def _same(bench: Bench, peer: Peer, asked: list[Asked]) -> None:
    """Stop unless both count the same people at every rule."""
    left = bench.scheme.result.rule_counts.counts.left[: len(asked)].tolist()
    other = [peer.fall(each) for each in asked]
    if left != other:
        raise click.ClickException(f"PostgreSQL counts other workers: {left} and {other}")
    click.echo("Both count the same workers after each rule.")
