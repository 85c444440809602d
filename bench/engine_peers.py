"""What the engine is measured against: NumPy, SciPy, scikit-learn, search engines and databases, and bare loops."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from typing import NamedTuple

import duckdb
import numpy as np
import polars as pl
import scipy.sparse as sp
import tantivy
from numba import njit
from numpy.typing import NDArray
from psycopg import connect
from sklearn.ensemble import HistGradientBoostingClassifier
from sparse_dot_topn import sp_matmul_topn

from bench.coverage import coverage_credit
from bench.world import ORIGINS, World, schemes
from mobility.matching.eligibility import RuleColumns
from mobility.matching.facts import Demand
from mobility.matching.kernels import blocking_columns, compile_batch
from mobility.matching.kernels.machine import lowest_bit
from mobility.matching.scoring.attributes import attributes_of
from mobility.matching.scoring.features import FEATURES, all_asked
from mobility.matching.search import RunSettings
from mobility.matching.snapshots import Snapshot
from mobility.rules.basics.dates import add_months
from tests.postgres import postgres as running_postgres

TOP = 100
#: Vacancies that the slowest peers are given.
_SLOW = 8
_FEATURES = len(FEATURES)
_YEAR = 10_000


class Asked(NamedTuple):
    """What the rules of one vacancy come to on raw columns."""

    language: str
    level: int
    origins: int
    born_after: int
    born_until: int
    passport: int
    police: int
    free: int


def raw_columns(made: World) -> dict[str, NDArray[np.int64]]:
    """Return the facts that the rules read as plain numbers; what is not known fails every comparison."""
    facts = made.pool.facts

    def numbers(name: str, of: Callable[..., int], unknown: int) -> NDArray[np.int64]:
        column = facts[f"worker.{name}"]
        return np.array([*(of(value) for value in column.values), unknown], dtype=np.int64)[column.codes]

    return {
        "literate": numbers("reads_and_writes", int, 0),
        **{name: numbers(f"language.{name}", int, -1) for name in ("en", "es", "fr")},
        "origins": numbers("nationalities", _origin_bits, 0),
        "born": numbers("birth_date", _day_number, 0),
        "passport": numbers("document_valid_until", date.toordinal, 0),
        "police": numbers("check.police_valid_until", date.toordinal, 0),
        "free": numbers("earliest_start", date.toordinal, 10**7),
    }


def _origin_bits(names: frozenset[str]) -> int:
    return sum(1 << ORIGINS.index(name) for name in names)


def _day_number(day: date) -> int:
    return day.year * _YEAR + day.month * 100 + day.day


def asked_of(demand: Demand, row: int) -> Asked:
    """Read what one vacancy's rules ask for from the rules themselves."""
    rules = {rule.id: rule.params for rule in schemes()[int(demand.scheme[row])]}
    start, end = (date.fromordinal(int(days[row])) for days in (demand.start, demand.end))
    levels = ("NONE", "A1", "A2", "B1", "B2", "C1", "C2")
    today = _day_number(start)
    return Asked(
        str(rules["language"]["field"])[-2:],
        levels.index(str(rules["language"]["level"])),
        _origin_bits(frozenset(rules["origin"]["values"])),
        today - (int(rules["age"]["max"]) + 1) * _YEAR,
        today - int(rules["age"]["min"]) * _YEAR,
        add_months(end, int(rules["passport"]["months"])).toordinal(),
        end.toordinal(),
        start.toordinal(),
    )


class Pipeline:
    """The usual way: Boolean masks, a sparse product, a dozen features, a gradient-boosted model, a partition."""

    def __init__(self, made: World, snapshot: Snapshot, keep: int, rounds: int) -> None:
        self.demand, self.keep, self.columns = made.demand, keep, raw_columns(made)
        workers = attributes_of(made.pool.profile, snapshot.epoch)
        self.skills = sp.csr_matrix(
            (np.ones(workers.skills.nnz, np.float32), workers.skills.indices, workers.skills.indptr),
            shape=workers.skills.shape,
        )
        self.record = np.column_stack([workers.record, workers.pay])
        self.asked = all_asked(made.demand)
        rng = np.random.default_rng(5)
        values = rng.random((20_000, len(FEATURES))).astype(np.float32)
        kept = values.sum(axis=1) + rng.normal(size=len(values)) > len(FEATURES) / 2
        self.model = HistGradientBoostingClassifier(
            max_iter=rounds, max_leaf_nodes=15, monotonic_cst=[1] * len(FEATURES)
        ).fit(values, kept)

    def passing(self, row: int) -> NDArray[np.bool_]:
        """Return who passes every rule of a vacancy."""
        held, asked = self.columns, asked_of(self.demand, row)
        return (
            (held["literate"] == 1)
            & (held[asked.language] >= asked.level)
            & (held["origins"] & asked.origins != 0)
            & (held["born"] > asked.born_after)
            & (held["born"] <= asked.born_until)
            & (held["passport"] >= asked.passport)
            & (held["police"] >= asked.police)
            & (held["free"] <= asked.free)
        )

    def best(self, row: int) -> NDArray[np.intp]:
        """Return the best workers for one vacancy."""
        fits = np.flatnonzero(self.passing(row))
        wanted = np.zeros(self.skills.shape[1], dtype=np.float32)
        first, last = self.asked.indptr[row], self.asked.indptr[row + 1]
        wanted[self.asked.indices[first:last]] = 1
        values = np.zeros((len(fits), len(FEATURES)), dtype=np.float32)
        values[:, 0] = self.skills[fits] @ wanted
        values[:, 1 : 1 + self.record.shape[1]] = self.record[fits]
        scores = self.model.decision_function(values)
        return fits[np.argpartition(-scores, min(self.keep, len(scores) - 1))[: self.keep]]


def count_peers(made: World, naive: Pipeline) -> Iterator[tuple[str, Callable[[int], int]]]:
    """Yield other ways to count who passes every rule of one vacancy."""
    frame = pl.DataFrame(naive.columns)
    database = duckdb.connect()
    database.execute("pragma threads=2")
    database.register("given", frame.to_arrow())
    database.execute("create table worker as select * from given")

    def by_polars(row: int) -> int:
        asked = asked_of(made.demand, row)
        return int(
            frame.lazy()
            .filter(
                (pl.col("literate") == 1)
                & (pl.col(asked.language) >= asked.level)
                & ((pl.col("origins") & asked.origins) != 0)
                & (pl.col("born") > asked.born_after)
                & (pl.col("born") <= asked.born_until)
                & (pl.col("passport") >= asked.passport)
                & (pl.col("police") >= asked.police)
                & (pl.col("free") <= asked.free)
            )
            .select(pl.len())
            .collect()
            .item()
        )

    def by_duckdb(row: int) -> int:
        asked = asked_of(made.demand, row)
        found = database.execute(
            f"select count(*) from worker where literate = 1 and {asked.language} >= ? and (origins & ?) <> 0 "  # noqa: S608
            "and born > ? and born <= ? and passport >= ? and police >= ? and free <= ?",
            list(asked[1:]),
        ).fetchone()
        return int(found[0]) if found else 0

    yield "NumPy masks", lambda row: int(naive.passing(row).sum())
    yield "Polars, lazy filter", by_polars
    yield "DuckDB, 2 threads", by_duckdb


class CoveragePeer(NamedTuple):
    """One way to find the best covered: ``run`` returns the shares of each vacancy's list, best first."""

    name: str
    vacancies: int
    run: Callable[[], list[NDArray[np.int64]]]


def recall(truth: NDArray[np.integer], found: NDArray[np.integer]) -> float:
    """Return the share of a true list whose score stands at the same place in another."""
    size = min(len(truth), len(found))
    return float((np.asarray(truth[:size]) == np.asarray(found[:size])).sum() / max(len(truth), 1))


class _Matrices(NamedTuple):
    asked: sp.csr_matrix
    held: sp.csr_matrix
    by_skill: sp.csr_matrix


def _matrices(made: World, demand: Demand) -> _Matrices:
    asked, skills = all_asked(demand), made.pool.profile.skills
    weight = coverage_credit(demand)[:, -1].astype(np.float32)
    held = sp.csr_matrix((np.ones(skills.nnz, np.float32), skills.indices, skills.indptr), shape=skills.shape)
    wanted = sp.csr_matrix((weight, asked.indices, asked.indptr), shape=asked.shape)
    return _Matrices(wanted, held, held.T.tocsr())


def coverage_peers(made: World, demand: Demand, *, postgres: bool) -> Iterator[CoveragePeer]:
    """Yield other ways to find the hundred best covered."""
    found = _matrices(made, demand)
    several, slow = min(len(demand), 64), min(len(demand), _SLOW)
    yield CoveragePeer("sparse_dot_topn, 2 threads", several, lambda: _topn(found, several))
    yield CoveragePeer("SciPy CSR product + partition", several, lambda: _product(found, several))
    yield CoveragePeer("tantivy, constant scores", several, _tantivy(found, several))
    yield CoveragePeer("DuckDB, 2 threads", slow, _duckdb(found, slow))
    yield CoveragePeer("Polars", slow, _polars(found, slow))
    if postgres:
        with ExitStack() as stack:
            run = _postgres(found, min(slow, 4), stack)
            if run is None:
                print("PostgreSQL: left out, there is none to run (see tests/postgres.py)")
            else:
                yield CoveragePeer("PostgreSQL, covering index", min(slow, 4), run)


def _best(shares: NDArray[np.floating]) -> NDArray[np.int64]:
    return np.sort(np.rint(shares).astype(np.int64))[::-1][:TOP]


def _topn(found: _Matrices, count: int) -> list[NDArray[np.int64]]:
    best = sp_matmul_topn(found.asked[:count], found.by_skill, top_n=TOP, n_threads=2, sort=True)
    return [_best(best.data[first:last]) for first, last in zip(best.indptr, best.indptr[1:], strict=False)]


def _product(found: _Matrices, count: int) -> list[NDArray[np.int64]]:
    lists = []
    for row in range(count):
        shares = (found.asked[[row]] @ found.by_skill).data
        place = np.argpartition(-shares, min(TOP, len(shares) - 1))[:TOP]
        lists.append(_best(shares[place]))
    return lists


def _terms(found: _Matrices, row: int) -> list[tuple[int, int]]:
    line = found.asked[[row]]
    return list(zip(line.indices.tolist(), line.data.astype(int).tolist(), strict=True))


def _tantivy(found: _Matrices, count: int) -> Callable[[], list[NDArray[np.int64]]]:
    schema = tantivy.SchemaBuilder().add_unsigned_field("skill", indexed=True).build()
    index = tantivy.Index(schema)
    writer = index.writer(heap_size=256_000_000, num_threads=1)
    held = found.held
    for row in range(held.shape[0]):
        document = tantivy.Document()
        for skill in held.indices[held.indptr[row] : held.indptr[row + 1]].tolist():
            document.add_unsigned("skill", skill)
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def one(row: int) -> NDArray[np.int64]:
        parts = []
        for skill, weight in _terms(found, row):
            term = tantivy.Query.const_score_query(tantivy.Query.term_query(schema, "skill", skill), float(weight))
            parts.append((tantivy.Occur.Should, term))
        hits = searcher.search(tantivy.Query.boolean_query(parts), TOP).hits
        return _best(np.array([score for score, _ in hits]))

    return lambda: [one(row) for row in range(count)]


def _rows(found: _Matrices) -> pl.DataFrame:
    held = found.held.tocoo()
    frame = pl.DataFrame({"worker": held.row.astype(np.int32), "skill": held.col.astype(np.int32)})
    return frame.sort("skill", "worker")


def _duckdb(found: _Matrices, count: int) -> Callable[[], list[NDArray[np.int64]]]:
    database = duckdb.connect()
    database.execute("pragma threads=2")
    database.register("given", _rows(found).to_arrow())
    database.execute("create table held as select * from given")

    def one(row: int) -> NDArray[np.int64]:
        values = ", ".join(f"({skill}, {weight})" for skill, weight in _terms(found, row))
        rows = database.execute(
            f"with asked(skill, weight) as (values {values}) select sum(weight) as share from held join asked "  # noqa: S608
            f"using (skill) group by worker order by share desc limit {TOP}"
        ).fetchall()
        return _best(np.array([share for (share,) in rows]))

    return lambda: [one(row) for row in range(count)]


def _polars(found: _Matrices, count: int) -> Callable[[], list[NDArray[np.int64]]]:
    held = _rows(found)

    def one(row: int) -> NDArray[np.int64]:
        asked = pl.DataFrame(_terms(found, row), schema={"skill": pl.Int32, "weight": pl.Int32}, orient="row")
        shares = (
            held.lazy()
            .join(asked.lazy(), on="skill")
            .group_by("worker")
            .agg(pl.col("weight").sum())
            .select(pl.col("weight").top_k(TOP))
            .collect()
        )
        return _best(shares["weight"].to_numpy())

    return lambda: [one(row) for row in range(count)]


def _postgres(found: _Matrices, count: int, stack: ExitStack) -> Callable[[], list[NDArray[np.int64]]] | None:
    url = stack.enter_context(running_postgres())
    if url is None:
        return None
    database = stack.enter_context(connect(url.replace("postgresql+psycopg", "postgresql"), autocommit=True))
    database.execute("create unlogged table held (worker int, skill int)")
    rows = _rows(found)
    with database.cursor().copy("copy held from stdin (format csv)") as copy:
        for part in rows.iter_slices(200_000):
            copy.write(part.write_csv(include_header=False))
    database.execute("create index on held (skill) include (worker)")
    database.execute("vacuum analyze held")

    def one(row: int) -> NDArray[np.int64]:
        values = ", ".join(f"({skill}, {weight})" for skill, weight in _terms(found, row))
        rows = database.execute(
            f"select sum(weight) as share from held join (values {values}) as asked(skill, weight) using (skill) "  # noqa: S608
            f"group by worker order by share desc limit {TOP}"
        ).fetchall()
        return _best(np.array([share for (share,) in rows]))

    return lambda: [one(row) for row in range(count)]


@njit(nogil=True, cache=False)
def _bare_cover(start, worker, asked_start, skill, shares):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    for v in range(asked_start.size - 1):
        shares[:] = 0
        for j in range(asked_start[v], asked_start[v + 1]):
            for i in range(np.int64(start[skill[j]]), np.int64(start[skill[j] + 1])):
                shares[worker[i]] += 1
        above = np.int16(0)
        for i in range(shares.size):
            above |= shares[i]


@njit(nogil=True, cache=False)
def _bare_walk(bits, passed, columns, lines, tables, fits):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    total = 0
    for v in range(columns.shape[0]):
        fits[:] = bits[0]
        for j in range(columns.shape[1]):
            if columns[v, j] >= 0:
                row = bits[passed[columns[v, j]]]
                for i in range(fits.size):
                    fits[i] &= row[i]
        for place in range(fits.size):
            word = fits[place]
            while word != np.uint64(0):
                line = lines[place * 64 + np.int64(lowest_bit(word))]
                word &= word - np.uint64(1)
                for f in range(_FEATURES):
                    total += tables[f, line[f]]
    return total


def coverage_floor(snapshot: Snapshot, demand: Demand) -> Callable[[], None]:
    """Return the least that exact coverage has to do: clear, add one for each posting, look at each total."""
    asked = all_asked(demand)
    start, skill = asked.indptr.astype(np.int64), asked.indices.astype(np.int64)

    def action() -> None:
        for chunk in snapshot.blocks:
            shares = np.zeros(chunk.bits.shape[1] * 64, dtype=np.int16)
            _bare_cover(chunk.skill_start, chunk.skill_worker, start, skill, shares)

    return action


def floor_of(
    snapshot: Snapshot, demand: Demand, rule_columns: RuleColumns, run_settings: RunSettings
) -> Callable[[], None]:
    """Return the least that exact scores have to do: rules, postings, twelve table entries for each who passes."""
    batch = compile_batch(demand, snapshot.epoch, run_settings.seed)
    columns = blocking_columns(rule_columns, snapshot.places(rule_columns))
    tables = np.zeros((_FEATURES, 256), dtype=np.int16)
    lines = [np.ascontiguousarray(np.tile(chunk.record, (1, _FEATURES))[:, :_FEATURES]) for chunk in snapshot.blocks]

    def action() -> None:
        for chunk, line in zip(snapshot.blocks, lines, strict=True):
            shares = np.zeros(chunk.bits.shape[1] * 64, dtype=np.int16)
            _bare_cover(chunk.skill_start, chunk.skill_worker, batch.skill_start, batch.skill, shares)
            fits = np.empty(chunk.bits.shape[1], dtype=np.uint64)
            _bare_walk(chunk.bits, chunk.passed, columns, line, tables, fits)

    return action
