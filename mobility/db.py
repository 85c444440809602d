"""Engine, sessions, write transactions and column types; knows no table and no rule."""

import hashlib
import re
import sqlite3
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.ext.mutable import MutableDict
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.types import TypeDecorator

#: First SQLite whose write-ahead log cannot lose committed pages to two checkpointing connections.
SAFE_WAL = (3, 51, 3)
#: What helps where the SQLite in use is older.
SAFER_SQLITE = "install pysqlite3 >= 0.6.1, take a Python whose sqlite3 is 3.51.3 or newer, or use PostgreSQL"

#: Sessions carry what services need besides the database (the keyring) in ``session.info``.
SessionFactory = sessionmaker[Session]


def wal_is_safe(version: tuple[int, ...]) -> bool:
    """Tell whether this SQLite may use a write-ahead log (sqlite.org: "WAL-reset bug"; two backports mend it)."""
    return version >= SAFE_WAL or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)


def _best_sqlite() -> ModuleType:
    """Return the standard library's driver where its SQLite is safe, else pysqlite3's where there is one."""
    if not wal_is_safe(sqlite3.sqlite_version_info) and find_spec("pysqlite3"):
        return import_module("pysqlite3.dbapi2")
    return sqlite3


_sqlite = _best_sqlite()
_IDLE, _SNAPSHOT_IDLE = "idle_in_transaction_session_timeout", "6h"
_POSTGRES_OPTIONS = f"-c timezone=utc -c statement_timeout=30000 -c lock_timeout=5000 -c {_IDLE}=60000"


def sqlite_module() -> ModuleType:
    """Return the SQLite driver in use: the interpreter's, or pysqlite3 with its own library."""
    return _sqlite


def sqlite_version() -> tuple[int, ...]:
    """Return the version of the SQLite library in use."""
    return tuple(_sqlite.sqlite_version_info)


def make_engine(url: str, *, pool_size: int = 10) -> sa.Engine:
    """Return an engine on which SQLite and PostgreSQL behave alike.

    SQLite: foreign keys, recursive triggers and secure delete on, LIKE case-sensitive, transactions begun by us, so
    that schema changes and savepoints are transactional. PostgreSQL: UTC, and limits on statements and lock waits.
    Errors never repeat a statement's parameters, which may be personal data.
    """
    try:
        sa.make_url(url)
    except ValueError:  # SQLAlchemy lets a malformed port through as it is
        raise sa.exc.ArgumentError("malformed database address") from None
    if not url.startswith("sqlite"):
        options = {"options": _POSTGRES_OPTIONS}
        return sa.create_engine(
            url, pool_size=pool_size, max_overflow=0, pool_pre_ping=True, connect_args=options, hide_parameters=True
        )
    memory = url in {"sqlite://", "sqlite:///:memory:"}
    pool: dict[str, Any] = {"poolclass": sa.StaticPool} if memory else {"pool_size": pool_size, "max_overflow": 0}
    connect = {"timeout": 30, "check_same_thread": False}
    engine = sa.create_engine(url, module=sqlite_module(), connect_args=connect, hide_parameters=True, **pool)
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    journal = "WAL" if wal_is_safe(sqlite_version()) else "DELETE"
    for pragma in (
        f"journal_mode={journal}",
        "synchronous=FULL",
        "foreign_keys=ON",
        "recursive_triggers=ON",
        "trusted_schema=OFF",
        "case_sensitive_like=ON",
        "secure_delete=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")
    connection.create_function("lower", 1, _unicode_lower, deterministic=True)


def _unicode_lower(text: Any) -> Any:
    return text.lower() if isinstance(text, str) else text


def _begin_sqlite(connection: sa.Connection) -> None:
    write = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def driver_reason(error: sa.exc.SQLAlchemyError) -> str:
    """Return what the database's driver says of a failed connection, in one line; of other errors only their kind.

    Only the former never hold what a person entered.
    """
    if not isinstance(error, sa.exc.OperationalError | sa.exc.InterfaceError) or error.orig is None:
        return type(error).__name__
    lines = str(error.orig).strip().splitlines()
    return lines[0].strip() if lines else type(error.orig).__name__


def make_sessions(engine: sa.Engine, **info: Any) -> SessionFactory:
    """Return a session factory whose sessions carry ``info``; objects stay readable after commit."""
    return sessionmaker(engine, expire_on_commit=False, info=info)


@contextmanager
def write_tx(make: SessionFactory) -> Iterator[Session]:
    """Open the one transaction in which rows may be changed; commits at the end, rolls back on any error."""
    with make() as session, session.begin():
        begin_write(session)
        yield session


@contextmanager
def read_tx(make: SessionFactory) -> Iterator[Session]:
    """Open a transaction for reading; whatever was changed in it is rolled back. What was loaded stays readable."""
    with make() as session:
        yield session
        session.expunge_all()
        session.rollback()


@contextmanager
def snapshot_tx(make: SessionFactory) -> Iterator[Session]:
    """Open a transaction for reading that sees everything as of one moment, its first statement's.

    What is read there may be worked on for minutes before the next statement, as a match run is when it is concluded:
    PostgreSQL ends it only after ``_SNAPSHOT_IDLE``.
    """
    with read_tx(make) as session:
        if session.get_bind().dialect.name == "postgresql":
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            session.execute(sa.select(sa.func.set_config(_IDLE, _SNAPSHOT_IDLE, sa.true())))
        yield session


def begin_write(session: Session) -> None:
    """Take the writer's lock before the first statement (on SQLite a later upgrade would fail at once)."""
    session.connection(execution_options={"write": True})


def hold(session: Session, *names: str) -> None:
    """Wait until no other transaction holds any of these names, and hold them until this one ends.

    For what is looked up before it is written and has no row to lock yet, such as a document that two officers register
    at once. On SQLite the writer's lock does it already. Names are hashed and taken in one order, so that two
    transactions never wait for each other in a ring; a collision of hashes only makes somebody wait.
    """
    if session.get_bind().dialect.name != "postgresql":
        return
    keys = {int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True) for name in names}
    for key in sorted(keys):
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))


def enum_of(kind: type[Enum], *, name: str | None = None) -> sa.Enum:
    """Return the column type of an enumeration: its values as text, held by a CHECK on both databases."""
    return sa.Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=32,
        name=name or kind.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )


class Utc(TypeDecorator[datetime]):
    """A moment: naive values are refused, stored as UTC, returned aware."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert to UTC; SQLite would drop the offset without converting."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the moment as aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Exact(TypeDecorator[Decimal]):
    """A decimal number as a scaled integer; more places than it keeps are refused, never rounded away."""

    impl = sa.BigInteger
    cache_ok = True

    def __init__(self, places: int = 2) -> None:
        super().__init__()
        self.places = places

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Scale to an integer.

        Raises
        ------
        ValueError
            Not a Decimal, not finite, or more places than the column keeps.
        """
        if value is None:
            return None
        if not isinstance(value, Decimal) or not value.is_finite():
            raise ValueError(f"{value!r} is not a finite decimal")
        scaled = value.scaleb(self.places)
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{value} has more than {self.places} places")
        return int(scaled)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:  # noqa: ARG002
        """Return the decimal number with its fixed places."""
        return None if value is None else Decimal(value).scaleb(-self.places)


#: NUL, which PostgreSQL refuses, and halves of surrogate pairs, which no encoding has.
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def is_storable(text: str, limit: int) -> bool:
    """Tell whether a column of ``limit`` characters takes the text, or may be compared with it."""
    return len(unicodedata.normalize("NFC", text)) <= limit and not UNSTORABLE.search(text)


class Txt(TypeDecorator[str]):
    """Text of at most ``limit`` characters in Unicode normal form C; NUL and longer text are refused on both sides."""

    impl = sa.String
    cache_ok = True

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Normalise and check.

        Raises
        ------
        ValueError
            NUL or a lone surrogate in the text, or text that is too long; the text itself is not repeated.
        """
        if value is None:
            return None
        text = unicodedata.normalize("NFC", value)
        if UNSTORABLE.search(text):
            raise ValueError("text holds a character that cannot be stored")
        if len(text) > self.limit:
            raise ValueError(f"text of {len(text)} characters where {self.limit} are allowed")
        return text


class Sealed(TypeDecorator[bytes]):
    """Ciphertext made by ``security.sealing``; comparing it in SQL is an error, since equal texts differ here."""

    impl = sa.LargeBinary
    cache_ok = True

    class comparator_factory(TypeDecorator.Comparator[bytes]):  # noqa: N801  SQLAlchemy's name
        """Refuses every operator but IS NULL."""

        def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
            """Allow only null checks."""
            if op in {sa.sql.operators.is_, sa.sql.operators.is_not}:
                return super().operate(op, *other, **kwargs)
            raise TypeError("a sealed column cannot be compared: look it up by its blind index")


def json_dict() -> Any:
    """Return the column type of a JSON object whose in-place edits are noticed."""
    return MutableDict.as_mutable(sa.JSON(none_as_null=True))


def big_key() -> sa.types.TypeEngine[int]:
    """Return the type of surrogate keys: 64 bits, and INTEGER on SQLite so that it numbers rows itself."""
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def fold(text: str) -> str:
    """Fold case, accents and spaces, for matching names on both databases alike (never by a collation)."""
    folded, before = text, ""
    while folded != before:  # decomposing can bring up letters that fold again
        before = folded
        decomposed = unicodedata.normalize("NFKD", folded.casefold())
        folded = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(folded.split())
