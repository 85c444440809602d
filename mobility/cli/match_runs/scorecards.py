"""``mobility match scorecards``: which there are, what one counts, another one stored or put in force."""

from pathlib import Path

import click
from sqlalchemy.orm import Session

from mobility.cli.platform.database import database
from mobility.clock import now
from mobility.db import read_tx, write_tx
from mobility.queries.lists import match_run_lists
from mobility.rules.cases.match_runs import ScorecardOrigin
from mobility.security.actors import SYSTEM, Actor
from mobility.services.match_runs import scorecards
from mobility.settings import Settings

_BY = click.option("--by", help="E-mail of the operator in whose name it is done; without it, the installation's.")
_VERSION = click.argument("version", type=click.IntRange(min=1))


@click.group("scorecards")
def group() -> None:
    """What a score counts: stored versions, of which one is in force."""


@group.command("list")
def list_() -> None:
    """List the stored scorecards, newest first."""
    with database(Settings.from_env()) as sessions, read_tx(sessions) as session:
        cards, newest = match_run_lists.every_scorecard(session), match_run_lists.newest_use(session)
    for card in cards:
        state = f"in force since {newest.begun_at:%Y-%m-%d}" if card.id == newest.scorecard_id else "not in force"
        click.echo(f"{card.number}  {card.name}, {card.origin.value}, stored {card.stored_at:%Y-%m-%d}: {state}")


@group.command()
@_VERSION
def show(version: int) -> None:
    """Print what a scorecard counts, as the file that `add` reads."""
    with database(Settings.from_env()) as sessions, read_tx(sessions) as session:
        card = scorecards.read(scorecards.numbered(session, version))
    click.echo(card.text(), nl=False)


@group.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--origin",
    type=click.Choice([origin.value for origin in ScorecardOrigin]),
    default=ScorecardOrigin.LEARNED.value,
    show_default=True,
    help="Whether its points were learned from decisions or written by experts.",
)
@_BY
def add(file: Path, origin: str, by: str | None) -> None:
    """Store the scorecard of FILE under the next number, after checking it; it is not in force yet."""
    text = file.read_text(encoding="utf-8", errors="replace")
    with database(Settings.from_env()) as sessions, write_tx(sessions) as session:
        made = scorecards.store(session, _actor(session, by), text, ScorecardOrigin(origin), at=now())
    click.echo(f"Stored as scorecard {made.number}; `mobility match scorecards use {made.number}` puts it in force")


@group.command()
@_VERSION
@_BY
def use(version: int, by: str | None) -> None:
    """Have what begins from now on scored by a stored scorecard; runs that were started keep theirs."""
    with database(Settings.from_env()) as sessions, write_tx(sessions) as session:
        before = match_run_lists.newest_use(session)
        scorecards.put_in_force(session, _actor(session, by), version, after=before.number, at=now())
    click.echo(f"Scorecard {version} is in force instead of {before.scorecard.number}")


def _actor(session: Session, by: str | None) -> Actor:
    return SYSTEM if by is None else match_run_lists.user_named(session, by)
