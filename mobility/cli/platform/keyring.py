"""``mobility keyring``: make the keys of an installation."""

import click

from mobility.errors import ConflictError
from mobility.security.keyring import Keyring
from mobility.settings import Settings


@click.group("keyring")
def group() -> None:
    """The keys that seal personal fields and chain the audit log."""


@group.command()
def create() -> None:
    """Make a keyring for production; never over an existing one. Back it up apart from the database."""
    file = Settings.from_env().keyring_file
    try:
        Keyring.generate().save(file)
    except FileExistsError:
        raise ConflictError(f"{file} exists: sealed data would be lost with it; move it away first") from None
    click.echo(f"Keyring written to {file}. Without it, personal fields cannot be read: keep a copy in a safe.")
