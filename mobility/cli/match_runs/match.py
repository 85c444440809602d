"""``mobility match``: a whole match run in the terminal, by the same jobs as in the background."""

from typing import Any, Self

import click
from tqdm import tqdm

from mobility.cli.match_runs import scorecards, vectors
from mobility.cli.platform.database import database
from mobility.clock import now
from mobility.db import SessionFactory, read_tx, write_tx
from mobility.errors import MobilityError
from mobility.instance import command_for_extra
from mobility.jobs.match_run import MatchHandlers, scoring_executor
from mobility.jobs.runner import Runner
from mobility.queries.lists import match_run_lists
from mobility.rules.cases.match_runs import MatchRunState
from mobility.services.match_runs import costs, match_runs, steps
from mobility.services.match_runs.match_runs import Parameters
from mobility.services.match_runs.snapshots import FOLDER
from mobility.settings import Settings

STAGES = {"load": "Loading workers", "score": "Scoring vacancies", "explain": "Explaining proposals"}


_NO_OPTIMUM = {
    "not_nested": "quotas of this scheme do not all lie within one another",
    "not_installed": f"the job runner has no OR-Tools; install it there: {command_for_extra('audit')}",
    "failed": "the solver failed",
}


class MatchFailedError(MobilityError):
    """The run ended without a result; its page and `mobility jobs` say why."""


@click.group("match")
def group() -> None:
    """Match workers with vacancies; people decide on what it proposes."""


group.add_command(vectors.group)
group.add_command(scorecards.group)


@group.command()
@click.option("--scheme", required=True, help="Reference of an active scheme, such as S-7K3M-9QXA-4.")
@click.option("--seed", type=click.IntRange(0, match_runs.LARGEST_SEED), help="Of the lottery among equal scores.")
@click.option("--by", help="E-mail of the officer in whose name it runs; without it, who drafted the scheme.")
@click.option("--yardstick", is_flag=True, help="Also measure the total score against the highest of the same lists.")
@click.option("--plan", is_flag=True, help="Only say what the run would look at and cost.")
def run(scheme: str, seed: int | None, by: str | None, *, yardstick: bool, plan: bool) -> None:
    """Match a scheme's open vacancies with the workers who are ready."""
    settings = Settings.from_env()
    with database(settings) as sessions:
        if plan and yardstick:
            raise click.UsageError("--yardstick measures a run, and --plan starts none: leave one of them out")
        if plan:
            _say_plan(sessions, scheme, by)
            return
        with write_tx(sessions) as session:
            officer = match_run_lists.officer_for(session, scheme, by)
            parameters = Parameters(yardstick=yardstick)
            ref = match_runs.start(session, officer, scheme, at=now(), seed=seed, parameters=parameters).ref
        click.echo(f"Match run {ref}, in the name of {officer.name} ({officer.organisation_name})")
        with scoring_executor(settings.dask) as executor, _Bars() as bars:
            handlers = MatchHandlers(executor, folder=settings.instance_dir / FOLDER, watch=bars.show).handlers()
            Runner(sessions, handlers, now, lease_seconds=settings.job_lease_seconds).until_empty()
        _say_result(sessions, ref)


def _say_plan(sessions: SessionFactory, scheme: str, by: str | None) -> None:
    with read_tx(sessions) as session:
        cost = costs.planned(session, match_run_lists.officer_for(session, scheme, by), scheme, at=now())
    basis = "the largest recent run here" if cost.measured else "our own measurements"
    click.echo(
        f"{cost.workers:,} workers x {cost.vacancies:,} vacancies = {cost.pairs:,} pairs, at most {cost.proposals:,} "
        f"proposals: about {cost.seconds:,.0f} s and {cost.megabytes:,} MB, by the rates of {basis}"
    )


def _say_result(sessions: SessionFactory, ref: str) -> None:
    with read_tx(sessions) as session:
        done = steps.find(session, ref)
    if done.state is not MatchRunState.FINISHED:
        raise MatchFailedError(f"match run {ref} is {done.state}")
    counts = done.counts
    click.echo(
        f"{counts['proposed']} proposals for {counts['vacancies_proposed']} of {counts['vacancies']} vacancies, "
        f"{counts['workers_proposed']} of {counts['workers']} workers; seed {done.seed}, digest {done.digest}"
    )
    if "optimum" in counts:
        click.echo(_yardstick(counts["optimum"], counts["no_optimum"]))


def _yardstick(optimum: dict[str, Any] | None, why_not: str) -> str:
    if optimum is None:
        return f"The highest total score cannot be told: {_NO_OPTIMUM[why_not]}."
    reached, highest = optimum["reached"], optimum["highest"]
    return f"Score left on the table: {optimum['left']:.2%} ({reached:,} of at most {highest:,} points)"


class _Bars:
    """One progress bar a stage."""

    def __init__(self) -> None:
        self.bars: dict[str, tqdm[Any]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        for bar in self.bars.values():
            bar.close()

    def show(self, stage: str, done: int, total: int) -> None:
        """Move the bar of a stage."""
        if stage not in self.bars:
            self.bars[stage] = tqdm(total=total, desc=STAGES[stage], mininterval=0.2)
        bar = self.bars[stage]
        bar.total = total
        bar.update(done - bar.n)
