"""What every table shares: keys, public references, names of constraints; no table of its own."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from mobility.db import Txt, Utc, big_key, enum_of
from mobility.rules.basics.references import new_reference

REFERENCE_BYTES = 5

#: Where the random bytes of new references come from.
_entropy: ContextVar[Callable[[int], bytes]] = ContextVar("entropy", default=secrets.token_bytes)


def public_reference(prefix: str) -> Callable[[], str]:
    """Return a factory of random public references such as ``W-7K3M-9QXA-4``."""
    return lambda: new_reference(prefix, _entropy.get()(REFERENCE_BYTES))


@contextmanager
def references_from(entropy: Callable[[int], bytes]) -> Iterator[None]:
    """Take the bytes of references from ``entropy`` for a while: a demo world is the same for the same seed."""
    token = _entropy.set(entropy)
    try:
        yield
    finally:
        _entropy.reset(token)


class Base(DeclarativeBase):
    """The declarative base: constraint names by convention, own column types by annotation."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012
        datetime: Utc(),
        date: sa.Date(),
        list[str]: sa.JSON(none_as_null=True),
        list[dict[str, Any]]: sa.JSON(none_as_null=True),
        dict[str, Any]: sa.JSON(none_as_null=True),
    }

    id: Mapped[int] = mapped_column(big_key(), primary_key=True)

    @classmethod
    def __init_subclass__(cls, **kwargs: Any) -> None:
        options = {"sqlite_autoincrement": True}
        own = cls.__dict__.get("__table_args__", ())
        cls.__table_args__ = (*own, options) if isinstance(own, tuple) else own
        super().__init_subclass__(**kwargs)


class Versioned:
    """Counts the changes of a row; of two people who change it at once, the second meets ``StaleDataError``."""

    version: Mapped[int] = mapped_column()

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805  SQLAlchemy's hook
        return {"version_id_col": cls.version}


def reference_column(prefix: str) -> Mapped[str]:
    """Return the column of a public reference: random, unique, the only key that leaves the house."""
    return mapped_column(Txt(16), unique=True, default=public_reference(prefix))


def link(target: str, *, index: bool = True) -> Any:
    """Return a foreign key to ``target``'s id; nothing is ever deleted under a row that points to it."""
    return mapped_column(sa.ForeignKey(f"{target}.id", ondelete="RESTRICT"), index=index)


def choice(kind: type[Enum], *, name: str | None = None, default: Enum | None = None) -> Any:
    """Return a column that holds one value of an enumeration."""
    return mapped_column(enum_of(kind, name=name), default=default)
