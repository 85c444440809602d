"""``mobility jobs``: the process that works on background jobs."""

import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import click

from mobility.cli.platform.database import database
from mobility.clock import now
from mobility.db import read_tx
from mobility.jobs import KINDS_WITHOUT_CLUSTER, daily, housekeeping
from mobility.jobs.match_run import MatchHandlers, scoring_executor
from mobility.jobs.runner import JobOutcome, Runner
from mobility.queries import place_days
from mobility.services.match_runs.snapshots import FOLDER
from mobility.settings import Settings


@click.group("jobs")
def group() -> None:
    """Background work: match runs, and what a new day changes."""


@group.command()
@click.option("--once", is_flag=True, help="Work on one job, if one is due, and stop.")
@click.option("--until-empty", is_flag=True, help="Stop when no job is left.")
def run(*, once: bool, until_empty: bool) -> None:
    """Work on jobs until stopped; a stop lets the job in hand finish."""
    settings = Settings.from_env()
    with database(settings) as sessions, scoring_executor(settings.dask) as executor:
        handlers = {
            **MatchHandlers(executor, folder=settings.instance_dir / FOLDER).handlers(),
            **KINDS_WITHOUT_CLUSTER,
        }
        runner = Runner(sessions, handlers, now, lease_seconds=settings.job_lease_seconds)
        housekeeping(sessions, at=now())
        with _stopped_by_signals(runner):
            _work(runner, lambda: housekeeping(sessions, at=now()), once=once, until_empty=until_empty)


@group.command("days")
def show_days() -> None:
    """Show the last day that was taken at each place, and what is still to be taken there."""
    at = now()
    with database(Settings.from_env()) as sessions, read_tx(sessions) as session:
        waiting = Counter(
            place.zone
            for place, _ in daily.to_take(place_days.places_in_use(session), place_days.taken(session), at=at)
        )
        rows = {place.zone: taken for place, taken in place_days.listed(session)}
    for zone in sorted({*rows, *waiting}):
        taken = rows.get(zone, [])
        last = min((row.day.isoformat() for row in taken), default="never")
        changed = sum(row.changed for row in taken)
        behind = f", {waiting[zone]} entries wait" if waiting[zone] else ""
        click.echo(f"{zone}: {last}, {changed} changed{behind}")


def _work(runner: Runner, each_hour: Callable[[], object], *, once: bool, until_empty: bool) -> None:
    if once:
        click.echo("Nothing to do." if runner.once() is JobOutcome.EMPTY else "One job was worked on.")
    elif until_empty:
        runner.until_empty()
        click.echo("No job is left.")
    else:
        click.echo("Working on jobs (Ctrl+C stops)")
        runner.forever(each_hour=each_hour)


@contextmanager
def _stopped_by_signals(runner: Runner) -> Iterator[None]:
    """Let SIGTERM and Ctrl+C stop the runner once its job is done, for as long as it works."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        runner.stop()

    before = {each: signal.signal(each, stop) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
