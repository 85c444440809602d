"""A scheme's whole pool and open vacancies in memory, run once and ready to be asked; kept for a while, bounded."""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack
from sqlalchemy.orm import Session

from mobility.db import SessionFactory, read_tx
from mobility.errors import InvalidError
from mobility.matching.core import Vocabulary
from mobility.matching.eligibility import RuleColumns, rule_columns_of
from mobility.matching.facts import Demand, Pool, pool_from_columns
from mobility.matching.runs import Simulation, simulation, with_columns
from mobility.matching.snapshots import BlockArrays, Snapshot, blocks_of, check_pool
from mobility.models.match_runs import StoredScorecard
from mobility.queries.lists.match_run_lists import newest_use
from mobility.queries.lists.scheme_lists import today_of
from mobility.queries.lists.waiver_lists import waived_workers
from mobility.queries.pools import demands, fairness_groups, pools, simulation_pools
from mobility.queries.pools.arrow_source import arrow_source
from mobility.queries.pools.fairness_groups import Coded
from mobility.queries.pools.simulation_pools import Kinds
from mobility.queries.pools.worker_columns import joined_facts
from mobility.queries.pools.worker_vectors import Source, changed_since, newest_change, watermark
from mobility.rules.law.rulesets import Rule, about_workers, blocking, each_loosened
from mobility.security.actors import SYSTEM
from mobility.services.match_runs import scorecards
from mobility.services.schemes import safeguards

#: A pool up to this size is laid out while the page waits: about a second.
AT_ONCE = 20_000
#: Bytes of all pools that one process keeps; the one that was asked for least recently goes first.
MOST_BYTES = 700_000_000
#: What a worker takes at most, for refusing a pool that would not fit before it is read.
WORKER_BYTES = 450
#: A large pool is read anew after this; until then a page says how much has changed since.
LASTS = timedelta(hours=12)
#: Workers kept for each vacancy: so many for a position, and so many more.
DEPTH, SPARE = 3, 30
#: Of the lottery among equal scores: the same for every simulation.
SEED = 1
#: Answers kept of each pool.
_ANSWERS = 8
_log = logging.getLogger(__name__)

Progress = Callable[[int, int], object]


@dataclass(frozen=True, eq=False)
class World:
    """A scheme's pool as it was at a moment (``day`` at the destination), with the run under the rules of that day.

    ``watermark`` and ``stamp`` say which changes of workers and of vacancies are in it; ``never`` are pairs decided
    against, ``shortage`` the reference of each vacancy's shortage (empty for none), ``scorecard`` is what it was
    scored by, ``groups`` what fairness is measured by, ``safeguards`` the rule of the safeguard list, which no change
    leaves out.
    """

    scheme_id: int
    at: datetime
    day: date
    watermark: int
    stamp: str
    run: Simulation
    kinds: Kinds
    groups: dict[str, Coded]
    never: NDArray[np.int64]
    shortage: tuple[str, ...]
    scorecard: StoredScorecard
    safeguards: tuple[Rule, ...] = ()
    answers: dict[str, Any] = field(default_factory=dict)

    @property
    def workers(self) -> int:
        """People in the pool."""
        return len(self.run.pool)

    @property
    def nbytes(self) -> int:
        """Bytes of the arrays."""
        facts = sum(column.codes.nbytes for column in self.run.pool.facts.values())
        codes = self.kinds.of_worker.nbytes + sum(each.code.nbytes for each in self.groups.values())
        experience: Any = self.run.pool.profile.experience
        history = experience.data.nbytes + experience.indices.nbytes + experience.indptr.nbytes
        return int(self.run.snapshot.nbytes + facts + codes + history + self.run.result.eligible.keys.nbytes)

    def answer(self, key: str, ask: Callable[[], Any]) -> Any:
        """Return what was answered to the same question before, else ask and keep it."""
        if key not in self.answers:
            while len(self.answers) >= _ANSWERS:
                self.answers.pop(next(iter(self.answers)), None)
            self.answers[key] = ask()
        return self.answers[key]


def load(
    session: Session,
    scheme_id: int,
    rules: Sequence[Rule],
    *,
    at: datetime,
    mark: int,
    source: Source | None = None,
    progress: Progress | None = None,
) -> World:
    """Read a scheme's workers and open vacancies and run once under ``rules``; holds one chunk unpacked at a time.

    ``mark`` is a watermark taken before, in a transaction of its own.
    """
    day, words = today_of(session, scheme_id, at), pools.vocabulary(session)
    seen = simulation_pools.stamp(session, scheme_id)
    ids = np.array(pools.matchable(session, scheme_id, at=at), np.int64)
    jobs = demands.demand(session, words, demands.open_vacancies(session, scheme_id, at=at), on=day)
    occupations = {str(facts["vacancy.occupation"]) for facts in jobs.facts}
    binding = safeguards.rules_on(session, scheme_id, occupations, day)
    law = [(*blocking(about_workers(rules)), *binding)]
    plan = rule_columns_of(jobs, law, day, frozenset(pools.pool(session, words, (), on=day).facts))
    waived = waived_workers(session, scheme_id, on=day)
    people = pools.chunks(session, words, ids.tolist(), on=day, waived=waived, source=source)
    whole, chunks = _read(people, plan, day, len(ids), progress)
    held = Snapshot(words, day.toordinal(), frozenset(whole.facts), plan.columns, chunks)
    snapshot = _with_steps(held, whole, jobs, law[0], day)
    keep, card = jobs.positions * DEPTH + SPARE, scorecards.in_force(session)
    run = simulation(whole, snapshot, jobs, law, day, keep, scorecards.read(card), SEED)
    keys, tied = whole.key.astype(np.int64), simulation_pools.shortages_of(session, jobs.key.tolist())
    return World(
        scheme_id,
        at,
        day,
        mark,
        seen,
        run,
        simulation_pools.kinds(session, keys),
        fairness_groups.codes_of(session, SYSTEM, keys),
        simulation_pools.decided_against(session, scheme_id),
        tuple(tied.get(key, "") for key in jobs.key.tolist()),
        card,
        binding,
    )


def _read(
    parts: Iterable[Pool], plan: RuleColumns, day: date, total: int, progress: Progress | None
) -> tuple[Pool, tuple[BlockArrays, ...]]:
    """Lay out one part after another; returns what rules look at, and the chunks."""
    chunks: list[BlockArrays] = []
    slim: list[Pool] = []
    for pool in parts:
        check_pool(pool)
        if len(pool):
            chunks += blocks_of(pool, plan.questions, day.toordinal(), [np.arange(len(pool))])
        slim.append(_facts_alone(pool))
        if progress is not None:
            progress(sum(len(part) for part in slim), total)
    return _stacked(slim[0].vocabulary, slim), tuple(chunks)


def _with_steps(snapshot: Snapshot, pool: Pool, jobs: Demand, rules: Sequence[Rule], day: date) -> Snapshot:
    """Add the answers of each rule one step looser, so that no page has to work them out."""
    for _, looser in each_loosened(rules):
        snapshot = with_columns(snapshot, pool, rule_columns_of(jobs, [looser], day, snapshot.fact_names))
    return snapshot


def _facts_alone(pool: Pool) -> Pool:
    """Return a pool of what rules look at: facts, and months of experience; its skills stand in the snapshot."""
    empty = pool_from_columns(pool.vocabulary, key=pool.key)
    profile = replace(empty.profile, experience=pool.profile.experience)
    return replace(empty, facts=pool.facts, profile=profile, waived=pool.waived)


def _stacked(words: Vocabulary, parts: Sequence[Pool]) -> Pool:
    """Put such pools of consecutive workers together."""
    key = np.concatenate([part.key for part in parts])
    facts = {name: joined_facts([part.facts[name] for part in parts]) for name in parts[0].facts}
    experience = csr_array(vstack([part.profile.experience for part in parts], format="csr"))
    empty = pool_from_columns(words, key=key, facts=facts)
    profile = replace(empty.profile, experience=experience)
    return replace(empty, profile=profile, waived=parts[0].waived)


@dataclass
class Loading:
    """How far the reading of a pool is; ``failed`` once it stopped because of an error, ``over`` once it ended."""

    done: int = 0
    total: int = 0
    failed: bool = False
    over: Event = field(default_factory=Event)

    def tell(self, done: int, total: int) -> None:
        """Keep how far it is."""
        self.done, self.total = done, total


class SimulationCache:
    """The pools that one process keeps for simulations, by scheme; at most ``most_bytes`` together.

    Large ones are read one at a time in the background, so that no request waits and memory stays bounded.
    """

    def __init__(self, *, at_once: int = AT_ONCE, most_bytes: int = MOST_BYTES) -> None:
        self.at_once = at_once
        self.most_bytes = most_bytes
        self._worlds: dict[int, World] = {}
        self._loading: dict[int, Loading] = {}
        self._lock, self._turn = Lock(), Lock()

    def held(self, scheme_id: int) -> World | None:
        """Return the pool of a scheme that is here, and make it the one asked for most recently."""
        with self._lock:
            found = self._worlds.pop(scheme_id, None)
            if found is not None:
                self._worlds[scheme_id] = found
            return found

    def put(self, world: World) -> World:
        """Keep a pool; those asked for least recently go until all fit."""
        with self._lock:
            self._worlds.pop(world.scheme_id, None)
            self._worlds[world.scheme_id] = world
            while len(self._worlds) > 1 and sum(each.nbytes for each in self._worlds.values()) > self.most_bytes:
                self._worlds.pop(next(iter(self._worlds)))
        return world

    def drop(self, scheme_id: int) -> None:
        """Forget a scheme's pool, and that reading it failed."""
        with self._lock:
            self._worlds.pop(scheme_id, None)
            if scheme_id in self._loading and self._loading[scheme_id].failed:
                del self._loading[scheme_id]

    def check_size(self, workers: int) -> None:
        """Refuse a pool that would not fit (``simulation.too_large``)."""
        if workers * WORKER_BYTES > self.most_bytes:
            raise InvalidError("simulation.too_large", workers=workers, most=self.most_bytes // WORKER_BYTES)

    def loading(self, scheme_id: int) -> Loading | None:
        """Return how far the reading of a scheme's pool is, None if none is under way."""
        with self._lock:
            return self._loading.get(scheme_id)

    def begin(self, scheme_id: int, read: Callable[[Progress], World]) -> Loading:
        """Have a pool read in the background, unless that is under way."""
        with self._lock:
            if scheme_id in self._loading:
                return self._loading[scheme_id]
            begun = self._loading[scheme_id] = Loading()
        Thread(target=self._read, args=(scheme_id, read, begun), name=f"simulation-{scheme_id}", daemon=True).start()
        return begun

    def _read(self, scheme_id: int, read: Callable[[Progress], World], begun: Loading) -> None:
        try:
            with self._turn:
                self.put(read(begun.tell))
        except Exception:  # noqa: BLE001  nobody waits for this thread: the page must hear of it
            _log.exception("a pool could not be read for simulations: scheme id %d", scheme_id)
            begun.failed = True
        else:
            with self._lock:
                self._loading.pop(scheme_id, None)
        begun.over.set()


@cache
def shelf(instance_dir: Path) -> SimulationCache:
    """Return the shelf of an installation in this process."""
    del instance_dir
    return SimulationCache()


def is_current(session: Session, world: World, *, at: datetime) -> bool:
    """Tell whether nothing has changed since a pool was read: no worker, no open vacancy, not the day or scorecard."""
    return (
        is_scored_alike(session, world)
        and world.day == today_of(session, world.scheme_id, at)
        and world.watermark == newest_change(session)
        and world.stamp == simulation_pools.stamp(session, world.scheme_id)
    )


def is_scored_alike(session: Session, world: World) -> bool:
    """Tell whether a pool was scored by the scorecard that is in force."""
    return world.scorecard.id == newest_use(session).scorecard_id


def changes_since(session: Session, world: World) -> int:
    """Return how many workers, of whatever scheme, have changed since a pool was read."""
    return len(changed_since(session, world.watermark))


def read(
    sessions: SessionFactory, scheme_id: int, rules: Sequence[Rule], *, at: datetime, progress: Progress | None = None
) -> World:
    """Read a scheme's pool in transactions of its own, by the fastest way to packed workers."""
    with read_tx(sessions) as session:
        mark = watermark(session)
    with read_tx(sessions) as session, arrow_source(session) as source:
        return load(session, scheme_id, rules, at=at, mark=mark, source=source, progress=progress)
