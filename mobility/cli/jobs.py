"""``mobility jobs``: the process that works on background jobs."""

import signal
from types import FrameType

import click

from mobility.clock import now
from mobility.jobs import KINDS_WITHOUT_CLUSTER, housekeeping
from mobility.jobs.match_run import MatchHandlers, scoring_executor
from mobility.jobs.runner import Outcome, Runner
from mobility.security.installation import open_database
from mobility.settings import Settings


@click.group("jobs")
def group() -> None:
    """Background work: match runs, expiry by date."""


@group.command()
@click.option("--once", is_flag=True, help="Work on one job, if one is due, and stop.")
@click.option("--until-empty", is_flag=True, help="Stop when no job is left.")
def run(*, once: bool, until_empty: bool) -> None:
    """Work on jobs until stopped; a stop lets the job in hand finish."""
    settings = Settings.from_env()
    sessions = open_database(settings)
    with scoring_executor(settings.dask) as executor:
        handlers = {**MatchHandlers(executor).handlers(), **KINDS_WITHOUT_CLUSTER}
        runner = Runner(sessions, handlers, now, lease_seconds=settings.job_lease_seconds)
        _stop_on_signals(runner)
        housekeeping(sessions, at=now())
        if once:
            click.echo("Nothing to do." if runner.once() is Outcome.EMPTY else "One job was worked on.")
        elif until_empty:
            runner.until_empty()
            click.echo("No job is left.")
        else:
            click.echo("Working on jobs (Ctrl+C stops)")
            runner.forever(each_day=lambda: housekeeping(sessions, at=now()))


def _stop_on_signals(runner: Runner) -> None:
    def stop(_signal: int, _frame: FrameType | None) -> None:
        runner.stop()

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, stop)
