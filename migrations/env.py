"""Alembic's environment: one set of migrations for both databases; never imports application types into versions."""

from typing import Any

import sqlalchemy as sa
from alembic import context
from sqlalchemy.dialects import sqlite
from sqlalchemy.types import TypeDecorator

from mobility.models.registry import METADATA

SQLITE = sqlite.dialect()


def plain_types(kind: str, item: Any, _context: Any) -> str | bool:
    """Render own column types as the plain types that they store."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return "sa." + repr(item.impl_instance)
    if kind == "type" and isinstance(item, sa.BigInteger) and isinstance(item.dialect_impl(SQLITE), sa.Integer):
        return "sa.BigInteger().with_variant(sa.Integer(), 'sqlite')"
    return False


def migrate(connection: sa.Connection) -> None:
    """Run the migrations on an open connection."""
    lite = connection.dialect.name == "sqlite"
    connection.commit()
    if lite:
        _foreign_keys(connection, "OFF")
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        render_as_batch=lite,
        render_item=plain_types,
        compare_type=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    if lite:
        connection.commit()
        _foreign_keys(connection, "ON")


def _foreign_keys(connection: sa.Connection, wanted: str) -> None:
    """Switch SQLite's foreign keys outside any transaction: within one the switch is silently left as it is."""
    driver: Any = connection.connection.driver_connection
    driver.execute(f"PRAGMA foreign_keys={wanted}")


migrate(context.config.attributes["connection"])
