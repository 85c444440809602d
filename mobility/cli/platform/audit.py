"""``mobility audit``: verify the chain, sign checkpoints."""

import sys
from pathlib import Path

import click

from mobility.clock import now
from mobility.db import read_tx
from mobility.security import audit_verification
from mobility.security.installation import open_database
from mobility.settings import Settings

SHOWN = 20


@click.group("audit")
def group() -> None:
    """The append-only log of every step."""


@group.command()
@click.option(
    "--checkpoints",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Signed checkpoints to hold it to.",
)
def verify(checkpoints: Path | None) -> None:
    """Verify the chain, its checkpoints and every audited row; exit status 1 if anything was changed by hand."""
    settings = Settings.from_env()
    with read_tx(open_database(settings)) as session:
        report = audit_verification.verify(session, checkpoints or settings.checkpoint_file)
    click.echo(f"{report.events} events, {report.objects} objects, {report.checkpoints} checkpoints verified")
    for fault in report.faults[:SHOWN]:
        click.echo(f"  {fault.code}: {fault.where}", err=True)
    if len(report.faults) > SHOWN:
        click.echo(f"  and {len(report.faults) - SHOWN} more", err=True)
    if report.faults:
        click.echo(f"NOT AS RECORDED: {len(report.faults)} faults", err=True)
        sys.exit(1)
    click.echo("Everything is as it was recorded.")


@group.command()
def checkpoint() -> None:
    """Sign the present head of every stream into the checkpoint file; copy that file to another system."""
    settings = Settings.from_env()
    with read_tx(open_database(settings)) as session:
        count = audit_verification.checkpoint(session, settings.checkpoint_file, at=now())
    click.echo(f"{count} streams signed into {settings.checkpoint_file}")
