"""The state machine that every lifecycle table uses: who may do what in which state; no table stands here."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Generic, TypedDict, TypeVar

from mobility.errors import InvalidError, TransitionError
from mobility.rules.basics.organisations import OrganisationKind, Role

CODES = ("reason.missing",)

S = TypeVar("S", bound=StrEnum)
E = TypeVar("E", bound=StrEnum)


class Who(TypedDict, total=False):
    """The part of a row that says who may fire it; unpacked into :class:`Transition`."""

    roles: frozenset[Role]
    kinds: frozenset[OrganisationKind]
    by_system: bool


#: Dates, counters and other changes fire it; no person does.
SYSTEM: Who = {"by_system": True}


def who(*roles: Role, at: Collection[OrganisationKind] = (), or_system: bool = False) -> Who:
    """Name the roles, and the kinds of organisation if a role exists in several."""
    return {"roles": frozenset(roles), "kinds": frozenset(at), "by_system": or_system}


@dataclass(frozen=True, slots=True)
class Transition(Generic[S, E]):
    """One row of a lifecycle table.

    Attributes
    ----------
    state, event, next : StrEnum
        In ``state``, ``event`` leads to ``next``.
    roles : frozenset of Role
        Who may fire it; empty if only the system does.
    guard : str or None
        Name of the function that must be asked first, of the same module or as ``"module.function"``.
        ``…_findings`` return findings that must not block, ``check_…`` raise, ``is_…`` must be true.
    kinds : frozenset of OrganisationKind
        Organisations whose users may fire it, where a role exists in several; empty for any.
    by_system : bool
        Whether a date or another change may fire it without a person.
    """

    state: S
    event: E
    next: S
    roles: frozenset[Role] = frozenset()
    guard: str | None = None
    kinds: frozenset[OrganisationKind] = frozenset()
    by_system: bool = False

    def open_to(self, role: Role, kind: OrganisationKind | None) -> bool:
        """Whether a user with this role at this kind of organisation (None: a worker) may fire it."""
        if role not in self.roles:
            return False
        if kind is None or role is Role.WORKER:
            return kind is None and role is Role.WORKER
        return not self.kinds or kind in self.kinds


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
        If a (state, event) stands twice, or a row has nobody who may fire it.
    """

    def __init__(self, initial: S, transitions: Iterable[Transition[S, E]]) -> None:
        rows: dict[tuple[S, E], Transition[S, E]] = {}
        for row in transitions:
            if (row.state, row.event) in rows:
                raise ValueError(f"{row.event} follows {row.state} twice")
            if not row.roles and not row.by_system:
                raise ValueError(f"nobody may fire {row.event} in {row.state}")
            rows[row.state, row.event] = row
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

    def events(self, state: S, roles: Collection[Role] | None = None) -> tuple[E, ...]:
        """Return the events that may follow ``state``, in table order; with ``roles``, only those open to one."""
        return tuple(
            row.event
            for row in self.rows.values()
            if row.state == state and (roles is None or not row.roles.isdisjoint(roles))
        )


def check_reason(reason: str | None) -> None:
    """Refuse an event that needs a reason without one.

    Raises
    ------
    InvalidError
        ``reason.missing``.
    """
    if not (reason or "").strip():
        raise InvalidError("reason.missing", field="reason")
