"""The jobs of match runs: score a chunk, finish the run; each calls one use case and stores through its lease."""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from functools import partial
from importlib import import_module

from mobility.jobs.runner import Handler, NotYetError, Work
from mobility.queries.arrow_source import arrow_source
from mobility.services import jobs, match_runs, match_steps
from mobility.services.match_steps import Snapshot

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
    watch : callable, optional
        Told (stage, done, total): ``score`` counts vacancies, ``explain`` proposals.
    """

    def __init__(self, executor: Executor | None = None, *, watch: Watch = _unwatched) -> None:
        self.executor = executor
        self.watch = watch
        self._cut: Snapshot | None = None

    def handlers(self) -> dict[str, Handler]:
        """Return the handlers by kind of job."""
        return {match_runs.SCORE: self.score, match_runs.FINISH: self.finish}

    def score(self, work: Work) -> None:
        """Score one chunk and store it together with the end of the job."""
        ref, number = work.job.args["run"], work.job.args["chunk"]
        cut = self._snapshot(work, ref)
        chunks = match_steps.score(cut, number, executor=self.executor)
        with work.result() as session:
            match_runs.store_chunk(session, ref, number, chunks, at=work.clock())
            missing = {key for left in match_runs.missing_chunks(session, ref) for key in cut.plan[left - 1]}
        self.watch("score", len(cut.demand) - len(missing), len(cut.demand))

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
        cut = self._snapshot(work, ref)
        with work.sessions() as session:
            found = match_steps.conclude(session, ref, at=work.clock(), cut=cut, progress=partial(self._tell, work))
        work.beat(stage="store")
        with work.result() as session:
            match_runs.store(session, ref, found, at=work.clock())
        self._cut = None

    def _tell(self, work: Work, done: int, total: int) -> None:
        if done % _EVERY == 0 or done == total:
            work.beat(done=done, total=total, stage="explain")
            self.watch("explain", done, total)

    def _snapshot(self, work: Work, ref: str) -> Snapshot:
        if self._cut is None or self._cut.ref != ref:
            with work.sessions() as session, arrow_source(session) as source:
                self._cut = match_steps.snapshot(session, ref, source=source)
        return self._cut


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
