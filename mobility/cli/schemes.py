"""``mobility scheme``: the schemes of an installation, with the numbers that other commands ask for."""

import os

import click

from mobility.cli.platform.database import database
from mobility.cli.refusals import terminal_language
from mobility.db import read_tx
from mobility.queries.lists import scheme_lists
from mobility.settings import Settings


@click.group("scheme")
def group() -> None:
    """The schemes of this installation."""


@group.command("list")
def list_() -> None:
    """Show number, state, countries and title of each scheme."""
    language = terminal_language(os.environ)
    with database(Settings.from_env()) as sessions, read_tx(sessions) as session:
        found = scheme_lists.every(session)
    for scheme in found:
        origins = ", ".join(sorted({each.agreement.origin.country for each in scheme.agreements}))
        title = getattr(scheme, f"title_{language}")
        click.echo(f"{scheme.ref}  {scheme.state:<10} {origins or 'nobody'} -> {scheme.country}  {title}")
    if not found:
        click.echo("There is no scheme yet: a scheme officer drafts one on the page Schemes.")
