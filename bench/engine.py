"""The engine beside its peers: a whole run, one shortlist, coverage, counts, memory; every peer in the same run."""

import gc
import resource
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import click
import numpy as np

from bench import engine_peers as peers
from bench.coverage import best_covered
from bench.measure import alternating, show_machine, show_table, timed
from bench.world import World, world
from mobility.matching.core import Rows
from mobility.matching.core.ties import scores_of
from mobility.matching.eligibility import RuleColumns, rule_columns_of
from mobility.matching.facts import Demand
from mobility.matching.kernels import blocking_columns, compile_batch, compile_card, compile_points, engine
from mobility.matching.kernels.lists import Lists, empty_lists
from mobility.matching.search.search import KeysToKeep, SearchResult, counted, search, search_all
from mobility.matching.snapshots import BlockArrays, Snapshot, snapshot_of

PARTS = ("run", "one", "coverage", "counts", "growth", "memory")
_QUARTER = 4
_PACKAGES = ("numpy", "scipy", "scikit-learn", "numba", "sparse-dot-topn", "tantivy", "duckdb", "polars")


@click.command("engine")
@click.option("--workers", default=1_000_000, show_default=True)
@click.option("--vacancies", default=10_000, show_default=True)
@click.option("--peer-vacancies", default=16, show_default=True, help="Vacancies that slow peers are given.")
@click.option("--keep", default=500, show_default=True, help="Workers kept of each vacancy.")
@click.option("--runs", default=3, show_default=True)
@click.option("--rounds", default=250, show_default=True, help="Boosting rounds of the peer's model.")
@click.option("--dense", is_flag=True, help="The dense world instead of the sparse one.")
@click.option("--postgres/--no-postgres", default=True, show_default=True)
@click.option("--part", "parts", type=click.Choice(PARTS), multiple=True, help="Only these parts.")
def command(
    *,
    workers: int,
    vacancies: int,
    peer_vacancies: int,
    keep: int,
    runs: int,
    rounds: int,
    dense: bool,
    postgres: bool,
    parts: tuple[str, ...],
) -> None:
    """Measure matching a pool of invented workers with invented vacancies."""
    show_machine(_PACKAGES)
    made = world(workers, vacancies, dense=dense)
    rule_columns = rule_columns_of(
        made.demand, made.run_settings.schemes, made.run_settings.on, frozenset(made.pool.facts)
    )
    built: list[Snapshot] = []
    laid = timed(lambda: built.append(_snapshot(made, rule_columns)), runs=1, warm_up=0)
    snapshot = built[0]
    click.echo(f"\n{workers:,} workers, {vacancies:,} vacancies, {'dense' if dense else 'sparse'} skills")
    click.echo(f"{len(rule_columns.columns)} rule columns, snapshot laid out in {laid.median:.1f} s")
    bench = Bench(made, rule_columns, snapshot, keep, runs, min(peer_vacancies, vacancies), rounds)
    for part in parts or PARTS:
        click.echo(f"\n### {part}\n")
        bench.coverage(postgres=postgres) if part == "coverage" else getattr(bench, part)()


def _snapshot(made: World, rule_columns: RuleColumns) -> Snapshot:
    return snapshot_of(made.pool, rule_columns, made.run_settings.on.toordinal())


def _few(demand: Demand, count: int, seed: int = 0) -> Rows:
    return np.sort(np.random.default_rng(seed).permutation(len(demand))[:count])


class Bench:
    """One world, laid out, and what is measured on it."""

    def __init__(
        self, made: World, rule_columns: RuleColumns, snapshot: Snapshot, keep: int, runs: int, few: int, rounds: int
    ) -> None:
        self.world, self.rule_columns, self.snapshot, self.keep, self.runs = made, rule_columns, snapshot, keep, runs
        self.few, self.rounds = _few(made.demand, few), rounds
        self._naive: peers.Pipeline | None = None

    @property
    def naive(self) -> peers.Pipeline:
        """NumPy masks, SciPy coverage and a gradient-boosted scikit-learn model."""
        if self._naive is None:
            self._naive = peers.Pipeline(self.world, self.snapshot, self.keep, self.rounds)
        return self._naive

    def found(self, rows: Rows, *, threads: bool = True, snapshot: Snapshot | None = None) -> SearchResult:
        """Search for some vacancies by the engine, in the whole snapshot or another."""
        made = self.world
        room = KeysToKeep(np.full(len(rows), self.keep), np.zeros(len(rows), np.int64))
        demand, rule_columns, source = made.demand.take(rows), self.rule_columns.take(rows), snapshot or self.snapshot
        if threads:
            return search_all([source], demand, rule_columns, room, made.run_settings.scorecard, made.run_settings.seed)
        return search(source, demand, rule_columns, room, made.run_settings.scorecard, made.run_settings.seed)

    def run(self) -> None:
        """All stages for all vacancies, against the peer on a few, and against the floor."""
        everything = np.arange(len(self.world.demand))
        self.found(everything[:4])
        times = timed(lambda: self.found(everything), runs=self.runs, warm_up=0)
        peer = alternating({"engine": lambda: self.found(self.few), "peer": self._peer}, runs=self.runs)
        self._same_eligible()
        rows = (
            ("engine, threads", len(everything), times),
            ("engine, few at once", len(self.few), peer["engine"]),
            ("NumPy + SciPy + HGB", len(self.few), peer["peer"]),
        )
        wall, cpu = times.median / len(everything), times.cpu_median / len(everything)
        show_table(
            ("all stages", "vacancies", "wall s", "cpu s", "wall ms each", "cpu ms each", "ratio wall", "ratio cpu"),
            [
                (name, size, f"{found.median:.2f}", f"{found.cpu_median:.2f}", f"{found.median / size * 1e3:.3f}",
                 f"{found.cpu_median / size * 1e3:.3f}", f"{found.median / size / wall:.1f}",
                 f"{found.cpu_median / size / cpu:.1f}")
                for name, size, found in rows
            ],
        )  # fmt: skip
        self._floor()

    def _peer(self) -> None:
        for row in self.few.tolist():
            self.naive.best(row)

    def _same_eligible(self) -> None:
        own = self.found(self.few).rule_counts.counts.eligible.tolist()
        other = [int(self.naive.passing(row).sum()) for row in self.few.tolist()]
        if own != other:
            raise click.ClickException(f"the peer finds other workers eligible: {own} and {other}")
        share = float(np.mean(own)) / len(self.snapshot)
        click.echo(f"Both find the same workers eligible, {share:.1%} of the pool on average.\n")

    def _floor(self) -> None:
        """Compare with the plainest loops over the same bytes: rules, postings and one look-up table a feature."""
        rows = _few(self.world.demand, 256)
        own = self._select(rows)
        floor = peers.floor_of(
            self.snapshot, self.world.demand.take(rows), self.rule_columns.take(rows), self.world.run_settings
        )
        times = alternating({"kernel": own, "floor": floor}, runs=self.runs)
        ratio = times["floor"].cpu_median / times["kernel"].cpu_median
        click.echo(
            f"\nKernel {times['kernel'].cpu_median / len(rows) * 1e3:.3f} cpu-ms a vacancy, "
            f"floor {times['floor'].cpu_median / len(rows) * 1e3:.3f}: {ratio:.2f} of the floor's speed."
        )

    def _select(self, rows: Rows) -> Callable[[], None]:
        demand, rule_columns, made = self.world.demand.take(rows), self.rule_columns.take(rows), self.world
        batch, card = (
            compile_batch(demand, self.snapshot.epoch, made.run_settings.seed),
            compile_card(made.run_settings.scorecard),
        )
        points, columns = (
            compile_points(batch, card),
            blocking_columns(rule_columns, self.snapshot.places(rule_columns)),
        )

        def action() -> None:
            best, near = empty_lists(np.full(len(rows), self.keep)), empty_lists(np.zeros(len(rows), np.int64))
            for chunk in self.snapshot.blocks:
                engine().select(chunk, batch, card, points, columns, best, near)

        return action

    def one(self) -> None:
        """One shortlist at a time, on one thread."""
        rows = _few(self.world.demand, min(len(self.world.demand), 200), 3)
        turn = iter(np.resize(rows, 100 * len(rows)).tolist())
        own = timed(lambda: self.found(np.array([next(turn)]), threads=False), runs=len(rows), warm_up=3)
        asked = iter(np.resize(self.few, 100 * len(self.few)).tolist())
        peer = timed(lambda: self.naive.best(next(asked)), runs=min(len(self.few), 16))
        show_table(
            ("one shortlist", "p50 ms", "p95 ms", "ratio"),
            [
                ("engine, one thread", f"{own.median * 1e3:.2f}", f"{own.percentile(0.95) * 1e3:.2f}", "1"),
                ("NumPy + SciPy + HGB", f"{peer.median * 1e3:.1f}", f"{peer.percentile(0.95) * 1e3:.1f}",
                 f"{peer.median / own.median:.0f}"),
            ],
        )  # fmt: skip

    def coverage(self, *, postgres: bool) -> None:
        """Exact top 100 by skills covered, where having a skill at all is enough, against other ways to find it."""
        rows = _few(self.world.demand, min(len(self.world.demand), 256), 5)
        demand = _any_level(self.world.demand.take(rows))
        own: list[Lists] = []
        best_covered([self.snapshot], demand.take(np.arange(2)), 100, 1)
        alone = timed(lambda: own.append(best_covered([self.snapshot], demand, 100, 1)), runs=self.runs)
        both = timed(lambda: _in_threads(self.snapshot, demand), runs=self.runs)
        each = both.median / len(rows)
        table = [
            ("engine, 2 threads", len(rows), f"{each * 1e3:.3f}", "1", "1.000"),
            ("engine, 1 thread", len(rows), f"{alone.median / len(rows) * 1e3:.3f}",
             f"{alone.median / len(rows) / each:.1f}", "1.000"),
        ]  # fmt: skip
        truth = _shares(own[-1], demand)
        for peer in peers.coverage_peers(self.world, demand, postgres=postgres):
            found: list[list[np.ndarray]] = []
            times = timed(lambda found=found, peer=peer: found.append(peer.run()), runs=self.runs, warm_up=0)
            recall = np.mean([peers.recall(one, other) for one, other in zip(truth, found[-1], strict=False)])
            per = times.median / peer.vacancies
            table.append((peer.name, peer.vacancies, f"{per * 1e3:.2f}", f"{per / each:.1f}", f"{recall:.3f}"))
        show_table(("coverage, top 100", "vacancies", "ms a vacancy", "ratio", "recall"), table)
        floor = peers.coverage_floor(self.snapshot, demand)
        times = alternating(
            {"kernel": lambda: best_covered([self.snapshot], demand, 100, 1), "floor": floor}, runs=self.runs
        )
        click.echo(f"\nShare of the floor's speed: {times['floor'].cpu_median / times['kernel'].cpu_median:.2f}")

    def counts(self) -> None:
        """Eligible counts with waterfall and sole blockers, against counts alone by others."""
        own = timed(lambda: counted(self.snapshot, self.rule_columns), runs=self.runs)
        each = own.cpu_median / len(self.rule_columns)
        table = [("engine, with waterfall", len(self.rule_columns), f"{own.cpu_median:.2f}", f"{each * 1e3:.4f}", "1")]
        expected = counted(self.snapshot, self.rule_columns.take(self.few)).counts.eligible.tolist()
        for name, count in peers.count_peers(self.world, self.naive):
            if [count(row) for row in self.few.tolist()] != expected:
                raise click.ClickException(f"{name} counts other workers")
            times = timed(lambda count=count: [count(row) for row in self.few.tolist()], runs=self.runs)
            per = times.median / len(self.few)
            table.append((name, len(self.few), f"{times.median:.2f}", f"{per * 1e3:.3f}", f"{per / each:.0f}"))
        show_table(("eligible counts", "vacancies", "s", "ms a vacancy", "ratio"), table)

    def growth(self) -> None:
        """All stages for all vacancies over a quarter of the workers, and over all of them."""
        everything = np.arange(len(self.world.demand))
        few = replace(self.snapshot, blocks=self.snapshot.blocks[: -(-len(self.snapshot.blocks) // _QUARTER)])
        times = alternating(
            {"a quarter": lambda: self.found(everything, snapshot=few), "all": lambda: self.found(everything)},
            runs=self.runs,
        )
        less, more = times["a quarter"], times["all"]
        show_table(
            ("workers", "wall s", "cpu s", "times the workers", "ratio wall", "ratio cpu"),
            [
                (f"{len(few):,}", f"{less.median:.2f}", f"{less.cpu_median:.2f}", "1", "1", "1"),
                (f"{len(self.snapshot):,}", f"{more.median:.2f}", f"{more.cpu_median:.2f}",
                 f"{len(self.snapshot) / len(few):.2f}", f"{more.median / less.median:.2f}",
                 f"{more.cpu_median / less.cpu_median:.2f}"),
            ],
        )  # fmt: skip

    def memory(self) -> None:
        """Bytes of a worker in the snapshot, and the peak of this process."""
        size = len(self.snapshot)
        rows = [
            (name, f"{sum(getattr(chunk, name).nbytes for chunk in self.snapshot.blocks) / size:.2f}")
            for name in BlockArrays._fields
        ]
        show_table(("array", "bytes a worker"), [*rows, ("all", f"{self.snapshot.nbytes / size:.1f}")])
        gc.collect()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        click.echo(f"\nPeak memory of this process, the world, the pool and the peers included: {peak:.2f} GB")


def _any_level(demand: Demand) -> Demand:
    """Return the vacancies with every skill asked at the lowest level, so that all peers can answer exactly."""
    essential, optional = demand.essential.copy(), demand.optional.copy()
    essential.data[:], optional.data[:] = 1, 1
    return replace(demand, essential=essential, optional=optional)


def _in_threads(snapshot: Snapshot, demand: Demand) -> None:
    with ThreadPoolExecutor(2) as pool:
        halves = np.array_split(np.arange(len(demand)), 2)
        for task in [pool.submit(best_covered, [snapshot], demand.take(half), 100, 1) for half in halves]:
            task.result()


def _shares(lists: Lists, demand: Demand) -> list[np.ndarray]:
    """Return the shares on each list, best first."""
    return [scores_of(keys) for keys in np.split(lists.keys, lists.start[1:-1])][: len(demand)]
