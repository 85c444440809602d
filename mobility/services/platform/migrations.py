"""Bringing the database's schema up to date, and telling whether it is."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from mobility.errors import MobilityError
from mobility.instance import PACKAGE, checkout
from mobility.models.registry import METADATA


class MigrationError(MobilityError):
    """The schema that is there and the migrations that are known do not fit together."""


def script_folder() -> Path:
    """Return where the migrations stand: beside the package in a checkout, inside it in an installed wheel."""
    return (checkout() or PACKAGE) / "migrations"


def configuration(connection: sa.Connection) -> Config:
    """Return Alembic's configuration for an open connection."""
    config = Config()
    config.set_main_option("script_location", str(script_folder()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def upgrade(engine: sa.Engine, revision: str = "head") -> None:
    """Apply all migrations up to ``revision``.

    Raises
    ------
    MigrationError
        The database was migrated by a newer version of the program.
    """
    with engine.connect() as connection:
        try:
            command.upgrade(configuration(connection), revision)
        except CommandError as error:
            raise MigrationError(f"the database does not fit this version of the program: {error}") from None


def downgrade(engine: sa.Engine, revision: str = "base") -> None:
    """Take migrations back, down to ``revision``."""
    with engine.connect() as connection:
        command.downgrade(configuration(connection), revision)


def is_current(engine: sa.Engine) -> bool:
    """Tell whether the newest migration was applied."""
    with engine.connect() as connection:
        return connection_is_current(connection)


def connection_is_current(connection: sa.Connection) -> bool:
    """Tell the same of the database behind an open connection."""
    head = ScriptDirectory.from_config(configuration(connection)).get_current_head()
    return MigrationContext.configure(connection).get_current_revision() == head


def differences(engine: sa.Engine) -> list[object]:
    """Return what the models say and the migrated schema does not; empty when they agree."""
    with engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), METADATA))
