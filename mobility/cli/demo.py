"""``mobility demo``: an invented world on this machine, matched and served."""

import signal
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from types import FrameType

import click
import sqlalchemy as sa
from sqlalchemy.orm import joinedload
from tqdm import tqdm

from mobility.cli.lazy import loaded
from mobility.cli.platform.server import run_server
from mobility.clock import now
from mobility.db import SessionFactory, make_engine, read_tx, write_tx
from mobility.demo import world
from mobility.demo.seasons import Matching
from mobility.demo.world import Plan
from mobility.errors import InvalidError, MobilityError
from mobility.jobs.match_run import MatchHandlers, scoring_executor
from mobility.jobs.runner import Runner
from mobility.models.accounts.organisations import Organisation
from mobility.models.accounts.users import User, UserRole
from mobility.queries.figures import demo_figures
from mobility.rules.basics.organisations import Role
from mobility.security.actors import Actor
from mobility.security.demo_doors import DOMAIN, sign_in_token
from mobility.security.installation import load_secret_key, open_database
from mobility.services.match_runs import match_runs
from mobility.services.match_runs.snapshots import FOLDER
from mobility.services.platform import migrations
from mobility.settings import Settings

SEED = 20260101
WORKERS = 2000
#: The people whose doors the terminal shows: the walk of the README, in its order.
WALK = (
    (Role.SHORTAGE_OFFICER, "US"),
    (Role.SCHEME_OFFICER, "US"),
    (Role.SCHEME_OFFICER, "GT"),
    (Role.EMPLOYER_ADMINISTRATOR, "US"),
    (Role.REGISTRATION_OFFICER, "GT"),
    (Role.SCREENING_OFFICER, "GT"),
    (Role.REVIEWER, "GT"),
    (Role.REVIEWER, "US"),
    (Role.ADMINISTRATOR, "US"),
    (Role.AUDITOR, "US"),
    (Role.OPERATOR, "US"),
)


class DemoError(MobilityError):
    """The demo cannot go on; the message says what to do."""


@click.command()
@click.option("--serve/--no-serve", "wanted", default=True, help="Serve it, or end after the figures.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port; 0 takes a free one.")
@click.option(
    "--seed", type=click.IntRange(0, 2**31 - 1), default=SEED, show_default=True, help="Another seed, another world."
)
@click.option(
    "--workers", type=click.IntRange(1, 5_000_000), default=WORKERS, show_default=True, help="How many people register."
)
@click.pass_context
def demo(context: click.Context, *, wanted: bool, port: int | None, seed: int, workers: int) -> None:
    """Make an invented world, match it, and serve it on this machine."""
    settings = demo_settings()
    sessions = open_database(settings)
    prepare(settings, sessions, Plan(seed, workers))
    with read_tx(sessions) as session:
        for line in demo_figures.lines(demo_figures.counts(session)):
            click.echo(line)
    if wanted:
        _serve(context.obj, settings, sessions, settings.port if port is None else port)


def demo_settings() -> Settings:
    """Return the settings of a demo on this installation.

    Raises
    ------
    DemoError
        The installation is in production.
    """
    settings = Settings.from_env()
    if settings.production:
        raise DemoError("this installation is in production (MOBILITY_MODE): a demo needs one of its own")
    return settings.model_copy(update={"mode": "demo"})


def prepare(settings: Settings, sessions: SessionFactory, plan: Plan) -> None:
    """Migrate, and make the world unless it is there already.

    Raises
    ------
    DemoError
        The instance folder holds another world, or something that is no demo.
    """
    folder = settings.instance_dir
    present = world.planned(folder)
    if present not in {None, plan}:
        raise DemoError(
            f"{folder} holds another demo (--seed {present.seed} --workers {present.workers}): use these, remove the "
            "folder, or name another by MOBILITY_INSTANCE_DIR"
        )
    engine = make_engine(settings.url, pool_size=2)
    migrations.upgrade(engine)
    engine.dispose()
    if present is not None:
        click.echo(f"The demo of seed {plan.seed} is there already.")
        return
    _build(settings, sessions, plan, folder)


def _build(settings: Settings, sessions: SessionFactory, plan: Plan, folder: Path) -> None:
    began = last = time.perf_counter()

    def registered(number: int) -> None:
        nonlocal last
        bar.update(number)
        last = time.perf_counter()

    with tqdm(total=plan.workers, desc="Registering workers", unit=" workers") as bar:
        try:
            world.build(sessions, plan, folder, _matching(settings, sessions), today=now().date(), progress=registered)
        except InvalidError as error:
            if error.code != "demo.not_empty":
                raise
            raise DemoError(
                f"the database in {folder} is not empty and holds no whole demo: remove it, or name another folder by "
                "MOBILITY_INSTANCE_DIR"
            ) from None
    rate = plan.workers / (last - began)
    click.echo(f"World made in {time.perf_counter() - began:.0f} s; {rate:,.0f} workers/s registered.")


def _matching(settings: Settings, sessions: SessionFactory) -> Matching:
    """Return a function that runs a match to its end, with a progress bar."""

    def match(officer: Actor, scheme: str, at: datetime, seed: int) -> str:
        with write_tx(sessions) as session:
            ref = match_runs.start(session, officer, scheme, at=at, seed=seed).ref
        with scoring_executor(settings.dask) as executor, tqdm(desc=f"Matching {scheme}", unit=" vacancies") as bar:

            def watch(stage: str, done: int, total: int) -> None:
                if stage == "score":
                    bar.total = total
                    bar.update(done - bar.n)

            handlers = MatchHandlers(executor, folder=settings.instance_dir / FOLDER, watch=watch).handlers()
            Runner(sessions, handlers, lambda: at, lease_seconds=settings.job_lease_seconds).until_empty()
        return ref

    return match


def _serve(application: str, settings: Settings, sessions: SessionFactory, port: int) -> None:
    command = [sys.executable, "-m", "mobility", "jobs", "run"]
    runner = subprocess.Popen(command)  # noqa: S603  our own command

    def announce(address: str) -> None:
        click.echo(f"\nServing on {address} (Ctrl+C stops). Open a door; one click signs you in:\n")
        for line in doors(settings, sessions, address):
            click.echo(line)
        click.echo(f"\n  everybody else: {address}demo/")

    for each in (signal.SIGINT, signal.SIGTERM):  # also where whoever started us had them ignored
        signal.signal(each, _interrupt)
    try:
        run_server(loaded(application)(settings), settings, port, ready=announce)
    except KeyboardInterrupt:
        click.echo("Stopped.")
    finally:
        runner.terminate()
        runner.wait(timeout=30)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def doors(settings: Settings, sessions: SessionFactory, address: str) -> list[str]:
    """Return a line for each person of the walk: role, name, and the address that signs in as them."""
    secret, lines = load_secret_key(settings), []
    with read_tx(sessions) as session:
        for role, country in WALK:
            first = (
                sa.select(User)
                .join(Organisation)
                .join(UserRole)
                .where(UserRole.role == role, Organisation.country == country, User.email_folded.like(f"%@{DOMAIN}"))
                .options(joinedload(User.organisation))
                .order_by(User.id)
                .limit(1)
            )
            user = session.scalar(first)
            if user is not None:
                link = f"{address}demo/sign-in/{sign_in_token(secret, user.ref)}"
                lines.append(f"  {country} {role.replace('_', ' '):<24} {user.name:<28} {link}")
    return lines
