"""What else was touched, each looked at in one place: transitions, permissions, roles, notices, codes, settings, columns."""

import importlib
import pkgutil
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.orm import InstrumentedAttribute


@dataclass
class Touched:
    """Names by kind of thing."""

    permissions: set[str] = field(default_factory=set)
    roles: set[str] = field(default_factory=set)
    codes: set[str] = field(default_factory=set)
    settings: set[str] = field(default_factory=set)
    read: set[str] = field(default_factory=set)
    pages: set[str] = field(default_factory=set)

    def forget(self) -> None:
        """Count from nothing again."""
        for names in vars(self).values():
            names.clear()


def watch(touched: Touched, *, columns: bool = True) -> None:
    """Put a watcher at each place that everything passes; before any other module takes the functions by name."""
    _watch_findings(touched)
    _watch_policy(touched)
    _watch_settings(touched)
    if columns:
        _watch_columns(touched)


def _watch_findings(touched: Touched) -> None:
    errors, findings = _module("errors"), _named("rules", "Finding")
    for kind in (errors.ConflictError, errors.InvalidError, errors.ForbiddenError):
        _after(kind, lambda made, args: touched.codes.add(str(args[0])))
    _after(findings, lambda made, _args: touched.codes.add(made.code))


def _after(kind: type, step: Any) -> None:
    made = kind.__init__

    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        made(self, *args, **kwargs)
        step(self, args or (kwargs.get("code", ""),))

    kind.__init__ = init  # type: ignore[misc]


def _watch_policy(touched: Touched) -> None:
    policy = _module("security.policy")
    asked = policy.require

    def require(actor: Any, permission: Any, thing: Any = None) -> None:
        asked(actor, permission, thing)
        granted(touched, actor, permission, thing)

    policy.require = require


def granted(touched: Touched, actor: Any, permission: Any, thing: Any = None) -> None:
    """Note what was granted to whom, and the roles without which it would not have been."""
    allowed = _module("security.policy").allowed
    touched.permissions.add(permission.value)
    if actor.roles and not allowed(replace(actor, roles=frozenset()), permission, thing):
        touched.roles |= {role.value for role in actor.roles}


def _watch_settings(touched: Touched) -> None:
    settings = _module("settings").Settings
    read = settings.__getattribute__

    def get(self: Any, name: str) -> Any:
        if name in settings.model_fields:
            touched.settings.add(name)
        return read(self, name)

    settings.__getattribute__ = get


def _watch_columns(touched: Touched) -> None:
    get = InstrumentedAttribute.__get__

    def read(self: Any, instance: Any, owner: Any) -> Any:
        touched.read.add(f"{self.class_.__tablename__}.{self.key}")
        return get(self, instance, owner)

    InstrumentedAttribute.__get__ = read  # type: ignore[method-assign]


def _module(name: str) -> Any:
    return importlib.import_module(f"mobility.{name}")


def modules(under: str) -> Iterable[Any]:
    """Yield every module below a package of the product."""
    package = _module(under)
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        yield importlib.import_module(found.name)


def _named(under: str, name: str) -> Any:
    return next(vars(module)[name] for module in modules(under) if name in vars(module))


def lifecycles() -> dict[type, list[Any]]:
    """Return the lifecycle tables by the enumeration of their states."""
    kind = _named("rules", "Lifecycle")
    found: dict[type, list[Any]] = {}
    for module in modules("rules"):
        values = list(vars(module).values())
        values += [each for value in values if hasattr(value, "values") for each in _values(value)]
        for value in values:
            if isinstance(value, kind) and value not in found.setdefault(type(value.initial), []):
                found[type(value.initial)].append(value)
    return found


def _values(mapping: Any) -> list[Any]:
    try:
        return list(mapping.values())
    except TypeError:
        return []


def all_codes() -> set[str]:
    """Return every code that a module of rules says it gives."""
    return {code for module in modules("rules") for code in getattr(module, "CODES", ())}


#: Every change of state, as the database saw it.
STEPS = "walked_step"


def states_of(metadata: sa.MetaData) -> dict[str, type]:
    """Return the lifecycle's enumeration for each table that has one."""
    kinds = set(lifecycles())
    return {
        table.name: column.type.enum_class
        for table in metadata.sorted_tables
        for column in table.columns
        if column.name == "state" and isinstance(column.type, sa.Enum) and column.type.enum_class in kinds
    }


def watch_states(connection: Connection, metadata: sa.MetaData) -> None:
    """Let the database write down each change of a state, whoever makes it and by whatever statement."""
    connection.exec_driver_sql(f'CREATE TABLE "{STEPS}" (thing TEXT, before TEXT, after TEXT)')
    for name in states_of(metadata):
        connection.exec_driver_sql(
            f'CREATE TRIGGER "walked_{name}" AFTER UPDATE OF state ON "{name}" WHEN OLD.state <> NEW.state '
            f"BEGIN INSERT INTO {STEPS} VALUES ('{name}', OLD.state, NEW.state); END"
        )
        connection.exec_driver_sql(
            f'CREATE TRIGGER "walked_new_{name}" AFTER INSERT ON "{name}" '
            f"BEGIN INSERT INTO {STEPS} VALUES ('{name}', '', NEW.state); END"
        )


def steps(connection: Connection) -> set[tuple[str, str, str]]:
    """Return the changes that were seen: table, state before (empty for a new row), state after."""
    return {tuple(row) for row in connection.exec_driver_sql(f"SELECT DISTINCT thing, before, after FROM {STEPS}")}


def untouched_steps(connection: Connection, metadata: sa.MetaData) -> tuple[set[str], set[str]]:
    """Return (all transitions, those that happened), each as ``worker: screening make_ready ready``."""
    seen, tables = steps(connection), states_of(metadata)
    every, happened = set(), set()
    for kind, found in lifecycles().items():
        table = next((name for name, states in tables.items() if states is kind), kind.__name__)
        for lifecycle in found:
            for row in lifecycle.transitions:
                name = f"{table}: {row.state.value} {row.event.value} {row.next.value}"
                every.add(name)
                begun = row.state == lifecycle.initial and (table, "", row.next.value) in seen
                if begun or (table, row.state.value, row.next.value) in seen:
                    happened.add(name)
    return every, happened


def columns(metadata: sa.MetaData) -> set[str]:
    """Return every column, but keys and counters that the database needs by itself."""
    aside = {"id", "version"}
    return {f"{table.name}.{each.name}" for table in metadata.sorted_tables for each in table.columns} - {
        f"{table.name}.{name}" for table in metadata.sorted_tables for name in aside
    }


def filled_columns(connection: Connection, metadata: sa.MetaData) -> set[str]:
    """Return the columns that hold something in some row."""
    found = set()
    for table in metadata.sorted_tables:
        counted = [sa.func.count(column).label(column.name) for column in table.columns]
        row = connection.execute(sa.select(*counted)).mappings().one()
        found |= {f"{table.name}.{name}" for name, number in row.items() if number}
    return found


def members(name: str, under: str) -> set[str]:
    """Return the values of an enumeration of the product."""
    return {member.value for member in _named(under, name)}


def pages(app: Any) -> set[str]:
    """Return every address by method and endpoint; ``static`` is the server's."""
    return {
        f"{method} {rule.endpoint}"
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static"
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
