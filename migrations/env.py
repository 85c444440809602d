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
    if lite:
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
    connection.commit()
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
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")
        connection.commit()


migrate(context.config.attributes["connection"])
