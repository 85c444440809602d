"""The state machine that every lifecycle table uses: who may do what in which state; no table stands here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Generic, TypedDict, TypeVar

from mobility.errors import InvalidError, TransitionError
from mobility.rules.basics.permissions import Permission

CODES = ("reason.missing",)

S = TypeVar("S", bound=StrEnum)
E = TypeVar("E", bound=StrEnum)


class Who(TypedDict, total=False):
    """The part of a row that says who may fire it; unpacked into :class:`Transition`."""

    permission: Permission
    by_system: bool


#: Dates, counters and other changes fire it; no person does.
SYSTEM: Who = {"by_system": True}


def by(permission: Permission, *, or_system: bool = False) -> Who:
    """Name the permission that a person needs; who holds it stands in the policy alone."""
    return {"permission": permission, "by_system": or_system}


@dataclass(frozen=True, slots=True)
class Transition(Generic[S, E]):
    """One row of a lifecycle table.

    Attributes
    ----------
    state, event, next : StrEnum
        In ``state``, ``event`` leads to ``next``.
    permission : Permission or None
        What a person must be allowed to do; None if only the system fires it.
    guard : str or None
        Name of the function that must be asked first, of the same module or as ``"module.function"``.
        ``…_findings`` return findings that must not block, ``check_…`` raise, ``is_…`` must be true.
    by_system : bool
        Whether a date or another change may fire it without a person.
    """

    state: S
    event: E
    next: S
    permission: Permission | None = None
    guard: str | None = None
    by_system: bool = False


class Lifecycle(Generic[S, E]):
    """A table of transitions, asked by services before anything changes.

    Parameters
    ----------
    initial : StrEnum
        State in which a new object starts.
    transitions : iterable of Transition
        At most one row for each (state, event).

    Raises
    ------
    ValueError
        If a (state, event) stands twice, a row has nobody who may fire it, or an event needs one permission here and
        another there.
    """

    def __init__(self, initial: S, transitions: Iterable[Transition[S, E]]) -> None:
        rows: dict[tuple[S, E], Transition[S, E]] = {}
        for row in transitions:
            if (row.state, row.event) in rows:
                raise ValueError(f"{row.event} follows {row.state} twice")
            if row.permission is None and not row.by_system:
                raise ValueError(f"nobody may fire {row.event} in {row.state}")
            rows[row.state, row.event] = row
        needed = {(row.event, row.permission) for row in rows.values()}
        twice = sorted({event for event, _ in needed if sum(each == event for each, _ in needed) > 1})
        if twice:
            raise ValueError(f"{twice[0]} needs several permissions")
        self.initial = initial
        self.rows: Mapping[tuple[S, E], Transition[S, E]] = MappingProxyType(rows)

    @property
    def transitions(self) -> tuple[Transition[S, E], ...]:
        """All rows, in the order in which they were declared."""
        return tuple(self.rows.values())

    @property
    def states(self) -> frozenset[S]:
        """Every state that the table names."""
        return frozenset({self.initial}.union(*({row.state, row.next} for row in self.rows.values())))

    @property
    def final(self) -> frozenset[S]:
        """States that nothing leaves."""
        return self.states - {state for state, _ in self.rows}

    def transition(self, state: S, event: E) -> Transition[S, E]:
        """Return the row for ``event`` in ``state``.

        Raises
        ------
        TransitionError
            If the table has none.
        """
        row = self.rows.get((state, event))
        if row is None:
            raise TransitionError(state, event)
        return row

    def advance(self, state: S, event: E) -> S:
        """Return the state that follows; the caller has asked the row's guard.

        Raises
        ------
        TransitionError
            If ``event`` cannot follow ``state``.
        """
        return self.transition(state, event).next

    def following(self, state: S) -> tuple[Transition[S, E], ...]:
        """Return the rows that lead out of ``state``, in table order."""
        return tuple(row for row in self.rows.values() if row.state == state)

    def events(self, state: S) -> tuple[E, ...]:
        """Return the events that may follow ``state``, in table order, whoever fires them."""
        return tuple(row.event for row in self.following(state))

    def permission(self, event: E) -> Permission:
        """Return what a person must be allowed to do to fire an event: the same in every row that has it.

        Raises
        ------
        LookupError
            If no person ever fires it.
        """
        for row in self.rows.values():
            if row.event == event and row.permission is not None:
                return row.permission
        raise LookupError(f"no person fires {event}")


def check_reason(reason: str | None) -> None:
    """Refuse an event that needs a reason without one.

    Raises
    ------
    InvalidError
        ``reason.missing``.
    """
    if not (reason or "").strip():
        raise InvalidError("reason.missing", field="reason")
