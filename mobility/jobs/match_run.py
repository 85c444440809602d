"""The jobs of match runs: score a chunk, finish the run; each calls one use case and stores through its lease."""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from pathlib import Path
from time import perf_counter

from mobility.db import read_tx, snapshot_tx, write_tx
from mobility.jobs.runner import Handler, NotYetError, Work
from mobility.queries.pools.arrow_source import arrow_source
from mobility.queries.pools.worker_vectors import watermark
from mobility.services.match_runs import match_runs, snapshots, steps
from mobility.services.match_runs.snapshots import SnapshotElsewhereError
from mobility.services.match_runs.steps import Brief, Cut, Effort
from mobility.services.platform import jobs

#: Proposals explained between two reports.
_EVERY = 200

Watch = Callable[[str, int, int], object]


def _unwatched(_stage: str, _done: int, _total: int) -> None:
    """Let nobody know."""


class MatchHandlers:
    """Handlers of both kinds of job; they keep the arrays of the run that they worked on last.

    Parameters
    ----------
    executor : Executor, optional
        Where chunks are scored; here by default.
    folder : Path, optional
        Where snapshots are kept, shared by all runners of the installation; in memory by default.
    watch : callable, optional
        Told (stage, done, total): ``load`` counts workers, ``score`` vacancies, ``explain`` proposals.
    """

    def __init__(
        self, executor: Executor | None = None, *, folder: Path | None = None, watch: Watch = _unwatched
    ) -> None:
        self.executor = executor
        self.folder = folder
        self.watch = watch
        self._cut: Cut | None = None
        self._loading = 0.0

    def handlers(self) -> dict[str, Handler]:
        """Return the handlers by kind of job."""
        return {match_runs.SCORE: self.score, match_runs.FINISH: self.finish}

    def score(self, work: Work) -> None:
        """Score one chunk and store it together with the end of the job."""
        ref, number = work.job.args["run"], work.job.args["chunk"]
        cut = self._prepared(work, ref)
        plan = cut.brief.plan
        work.beat(stage="score", done=0, total=len(plan[number - 1]))
        began = perf_counter()
        scored = steps.score(cut, number, executor=self.executor)
        spent, self._loading = Effort(self._loading, perf_counter() - began), 0.0
        with work.result() as session:
            match_runs.store_chunk(session, ref, number, scored, at=work.clock(), spent=spent)
            missing = sum(len(plan[left - 1]) for left in match_runs.missing_chunks(session, ref))
        total = len(cut.brief.demand)
        self.watch("score", total - missing, total)

    def finish(self, work: Work) -> None:
        """Finish a run once all its chunks are there; give it up if one of them is dead."""
        ref = work.job.args["run"]
        with work.sessions() as session:
            missing = match_runs.missing_chunks(session, ref)
            given_up = missing and jobs.any_dead(session, [f"{ref}:{number}" for number in missing])
        if given_up:
            with work.result() as session:
                match_runs.abandon(session, ref, "match_run.chunk_dead", at=work.clock())
            return
        if missing:
            raise NotYetError(ref)
        self._cut = None
        began = perf_counter()
        with snapshot_tx(work.sessions) as session:
            found = steps.conclude(session, ref, at=work.clock(), progress=partial(self._tell, work, "explain"))
            before = steps.effort(session, ref)
        work.beat(stage="store")
        with work.result() as session:
            spent = before._replace(conclude=perf_counter() - began)
            match_runs.store(session, ref, found, at=work.clock(), spent=spent)

    def _tell(self, work: Work, stage: str, done: int, total: int) -> None:
        if stage == "load" or done % _EVERY == 0 or done == total:
            work.beat(done=done, total=total, stage=stage)
            self.watch(stage, done, total)

    def _prepared(self, work: Work, ref: str) -> Cut:
        """Return the workers laid out for a run: kept from its last job, read from its folder, or made now."""
        if self._cut is not None and self._cut.brief.ref == ref:
            return self._cut
        began = perf_counter()
        tell = partial(self._tell, work, "load")
        tell(0, 0)
        with read_tx(work.sessions) as session:
            asked = steps.brief(session, ref)
        if self.folder is None:
            self._cut = self._in_memory(work, asked)
        else:
            try:
                self._cut = snapshots.prepare(work.sessions, asked, self.folder, at=work.clock(), progress=tell)
            except SnapshotElsewhereError as error:
                raise NotYetError(ref) from error
        self._loading = perf_counter() - began
        return self._cut

    def _in_memory(self, work: Work, asked: Brief) -> Cut:
        with read_tx(work.sessions) as session:
            mark = watermark(session)
        with read_tx(work.sessions) as session, arrow_source(session) as source:
            laid_out = steps.lay_out(session, asked, source=source, progress=partial(self._tell, work, "load"))
        with write_tx(work.sessions) as session:
            match_runs.bind_watermark(session, asked.ref, mark, at=work.clock())
        return Cut(asked, laid_out, mark)


@contextmanager
def scoring_executor(address: str | None) -> Iterator[Executor | None]:
    """Yield the executor of a Dask cluster, or None where chunks are scored in the process itself.

    ``address`` is that of the scheduler (extra ``dask``); only pseudonymous numbers are sent to it.
    """
    if address is None:
        yield None
        return
    distributed = import_module("distributed")  # an extra: asked for only where a cluster is named
    with distributed.Client(address, set_as_default=False) as client:
        yield client.get_executor()
