"""Whole match runs through the database: seconds by stage and the most memory that the job runner took."""

import os
import resource
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import click
import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bench.load_world import LEVELS, TRADES, Inventor, Place, fill
from bench.measure import show_machine, show_table
from mobility.cli.platform.database import database
from mobility.clock import now
from mobility.db import make_engine, make_sessions, read_tx, write_tx
from mobility.models.match_runs import MatchRun
from mobility.models.vacancies import VacancySkill
from mobility.queries.lists.match_run_lists import officer_for
from mobility.security.keyring import Keyring
from mobility.services.match_runs import costs, match_runs, steps
from mobility.services.platform import migrations
from mobility.settings import ROOT, Settings
from tests.factories import Make
from tests.factories.proposals import Corridor

PACKAGES = ("sqlalchemy", "pysqlite3", "numpy", "numba")
SKILLS_ASKED = 16.2
_KILOBYTES = 1000


def market(session: Session, place: Place, vacancies: int, positions: int, seed: int, today: date) -> Corridor:
    """Make a corridor with vacancies of ten trades, each asking for skills as many as a large taxonomy lists."""
    make = Make(session, now())
    corridor = make.corridor(workers=0, vacancies=0, cap=vacancies * positions)
    inventor, dice = Inventor(place, 0, seed + 1, today), np.random.default_rng([seed, 2])
    for number in range(vacancies):
        starts = today + timedelta(days=int(dice.integers(20, 120)))
        made = make.open_vacancy(
            corridor.scheme,
            positions=positions,
            occupation_id=place.occupations[TRADES[number % len(TRADES)]],
            starts_on=starts,
            ends_on=starts + timedelta(days=int(dice.integers(90, 200))),
        )
        made.skills += [
            VacancySkill(skill_id=key, essential=bool(dice.random() < 0.5), level=int(dice.integers(1, LEVELS + 1)))  # noqa: PLR2004
            for key in inventor.some_skills(SKILLS_ASKED)
            if key != made.skills[0].skill_id
        ]
        session.flush()
    return corridor


def run_in(folder: Path, sessions: Any, corridor: Corridor) -> tuple[MatchRun, float]:
    """Run a match by a job runner of its own; returns the run and the most megabytes that the runner held."""
    with write_tx(sessions) as session:
        ref = match_runs.start(session, corridor.destination, corridor.scheme.ref, at=now(), seed=7).ref
    environ = {name: value for name, value in os.environ.items() if not name.startswith("MOBILITY_")}
    environ |= {"MOBILITY_INSTANCE_DIR": str(folder), "MOBILITY_MODE": "demo"}
    command = [sys.executable, "-m", "mobility", "jobs", "run", "--until-empty"]
    subprocess.run(command, cwd=ROOT, env=environ, check=True, stdout=subprocess.DEVNULL)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / _KILOBYTES
    with read_tx(sessions) as session:
        return session.scalars(sa.select(MatchRun).where(MatchRun.ref == ref)).one(), peak


def load_and_score(scheme: str) -> None:
    """Lay out the workers of a scheme and score its open vacancies, in a transaction that is rolled back."""
    with database(Settings.from_env()) as sessions, sessions() as session:
        officer = officer_for(session, scheme, None)
        run = match_runs.start(session, officer, scheme, at=now(), seed=7)
        begun = perf_counter()
        given = steps.cut(session, run.ref)
        laid_out, eligible = perf_counter(), 0
        for number in range(1, run.parts + 1):
            found = steps.score(given, number)
            eligible += sum(waterfall.eligible for chunk in found.chunks for waterfall in chunk.waterfalls)
        scored = perf_counter()
        session.rollback()
    pairs = run.workers * run.vacancies
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KILOBYTES
    heading = ("workers", "vacancies", "eligible pairs", "load s", "score s", "ns a pair", "peak MB")
    show_table(
        heading,
        [
            (
                f"{run.workers:,}",
                f"{run.vacancies:,}",
                f"{eligible:,} ({eligible / pairs:.1%})",
                f"{laid_out - begun:.1f}",
                f"{scored - laid_out:.1f}",
                f"{(scored - laid_out) / pairs * 1e9:.2f}",
                f"{peak:,.0f}",
            )
        ],
    )


@click.command("runs")
@click.option("--workers", type=click.IntRange(1, 20_000_000), default=5_000, show_default=True)
@click.option("--vacancies", type=click.IntRange(1, 100_000), default=100, show_default=True)
@click.option("--positions", type=click.IntRange(1, 1000), default=2, show_default=True)
@click.option("--skills", type=float, default=13.2, show_default=True, help="Skills of a worker, on average.")
@click.option("--runs", type=click.IntRange(1, 20), default=2, show_default=True, help="The first finds no snapshot.")
@click.option("--seed", type=int, default=7, show_default=True)
@click.option("--scheme", help="Load and score this scheme of the installation of the environment; stores nothing.")
def command(
    *, workers: int, vacancies: int, positions: int, skills: float, runs: int, seed: int, scheme: str | None
) -> None:
    """Match through the database on SQLite, from start to stored proposals."""
    show_machine(PACKAGES)
    if scheme is not None:
        load_and_score(scheme)
        return
    with TemporaryDirectory() as scratch:
        folder, keyring = Path(scratch), Keyring.generate()
        keyring.save(folder / "keyring.json")
        engine = make_engine(f"sqlite:///{folder / 'mobility.db'}")
        migrations.upgrade(engine)
        place = fill(engine, workers, skills, seed, whole=True)
        sessions = make_sessions(engine, keyring=keyring)
        with write_tx(sessions) as session:
            corridor = market(session, place, vacancies, positions, seed, now().date())
        with read_tx(sessions) as session:
            cost = costs.planned(session, corridor.destination, corridor.scheme.ref, at=now())
        click.echo(f"\nPlanned: {cost.pairs:,} pairs, about {cost.seconds:.0f} s, {cost.megabytes:,} MB\n")
        rows = [_row(number, *run_in(folder, sessions, corridor)) for number in range(1, runs + 1)]
        engine.dispose()
    heading = ("run", "eligible pairs", "proposals", "load s", "score s", "conclude s", "peak MB", "digest")
    show_table(heading, rows)


def _row(number: int, run: MatchRun, peak: float) -> tuple[object, ...]:
    counts, effort = run.counts, run.counts["effort"]
    share = counts["eligible"] / max(counts["considered"], 1)
    return (
        number,
        f"{counts['eligible']:,} ({share:.1%})",
        counts["proposed"],
        *(f"{effort[stage]:.1f}" for stage in ("load", "score", "conclude")),
        f"{peak:,.0f}",
        (run.digest or "")[:12],
    )
