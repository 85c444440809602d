"""``mobility reference``: put the embedded reference data into the database, and compare the two."""

import sys

import click

from mobility.db import read_tx, write_tx
from mobility.security.installation import open_database
from mobility.services.platform import reference_data
from mobility.settings import Settings

SHOWN = 20


@click.group("reference")
def group() -> None:
    """Occupations, skills and their links, as shipped."""


@group.command()
def load() -> None:
    """Put occupations and skills into the database; running it again changes nothing."""
    with write_tx(open_database(Settings.from_env())) as session:
        done = reference_data.load(session)
    click.echo(f"{done.inserted} rows put in, {done.updated} mended, {done.deleted} taken out")


@group.command()
def check() -> None:
    """Compare the database with the files; exit status 1 if a row differs."""
    with read_tx(open_database(Settings.from_env())) as session:
        found = reference_data.differences(session)
    for each in found[:SHOWN]:
        click.echo(f"  {each.table} {each.key}: {each.kind}", err=True)
    if len(found) > SHOWN:
        click.echo(f"  and {len(found) - SHOWN} more", err=True)
    if found:
        click.echo("NOT AS SHIPPED: run `mobility reference load`", err=True)
        sys.exit(1)
    click.echo("Every row is as shipped.")
