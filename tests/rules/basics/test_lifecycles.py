import importlib
from enum import StrEnum, auto
from typing import NamedTuple

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from mobility.errors import InvalidError, TransitionError
from mobility.rules.basics import lifecycles
from mobility.rules.basics.lifecycles import SYSTEM, Lifecycle, Transition, by, check_reason
from mobility.rules.basics.permissions import Permission
from mobility.rules.cases import (
    agreements,
    appeals,
    employers,
    jobs,
    match_runs,
    placements,
    proposals,
    schemes,
    shortages,
    vacancies,
    workers,
)
from mobility.rules.cases.schemes import ReviewOrder
from tests.rules import lifecycle_tables as expected


class Table(NamedTuple):
    """A lifecycle under test: the module that holds it, its enums, what it must be and where it must end."""

    module: object
    lifecycle: Lifecycle
    states: type[StrEnum]
    events: type[StrEnum]
    written: str
    final: set[str]


def table(module, name, written, final, lifecycle=None):
    return Table(
        module,
        lifecycle or module.LIFECYCLE,
        getattr(module, f"{name}State"),
        getattr(module, f"{name}Event"),
        written,
        set(final.split()),
    )


ENDS = "declined placed upheld overturned expired superseded"
TABLES = {
    "shortage": table(shortages, "Shortage", expected.SHORTAGE, "expired"),
    "agreement": table(agreements, "Agreement", expected.AGREEMENT, "ended"),
    "scheme": table(schemes, "Scheme", expected.SCHEME, "closed"),
    "employer": table(employers, "Employer", expected.EMPLOYER, "debarred"),
    "vacancy": table(vacancies, "Vacancy", expected.VACANCY, "refused expired withdrawn revoked"),
    "worker": table(workers, "Worker", expected.WORKER, ""),
    "proposal, governments first": table(
        proposals,
        "Proposal",
        expected.PROPOSAL_GOVERNMENTS_FIRST,
        ENDS,
        proposals.lifecycle(ReviewOrder.GOVERNMENTS_FIRST),
    ),
    "proposal, employer first": table(
        proposals, "Proposal", expected.PROPOSAL_EMPLOYER_FIRST, ENDS, proposals.lifecycle(ReviewOrder.EMPLOYER_FIRST)
    ),
    "placement": table(placements, "Placement", expected.PLACEMENT, "closed"),
    "appeal": table(appeals, "Appeal", expected.APPEAL, "upheld overturned"),
    "match run": table(match_runs, "MatchRun", expected.MATCH_RUN, "finished failed cancelled"),
    "job": table(jobs, "Job", expected.JOB, "done cancelled"),
}
each_table = pytest.mark.parametrize("name", TABLES)


def rows_written(text):
    """Read a hand-written table: (state, event) -> (next, who)."""
    rows = [line.split() for line in text.splitlines() if line.strip()]
    read = {(state, event): (after, who_) for state, event, after, who_ in rows}
    assert len(read) == len(rows), "the written table says something twice"
    return read


def reachable(lifecycle, start):
    seen, todo = {start}, [start]
    while todo:
        state = todo.pop()
        for row in lifecycle.transitions:
            if row.state == state and row.next not in seen:
                seen.add(row.next)
                todo.append(row.next)
    return seen


@each_table
def test_table_is_the_one_written_down(name):
    _, lifecycle, _, _, written, _ = TABLES[name]
    ours = {
        (str(row.state), str(row.event)): (
            str(row.next),
            ",".join([str(row.permission)] * (row.permission is not None) + ["system"] * row.by_system),
        )
        for row in lifecycle.transitions
    }
    assert ours == rows_written(written)


@each_table
def test_every_state_is_reachable_from_the_first(name):
    _, lifecycle, states, _, _, _ = TABLES[name]
    assert reachable(lifecycle, lifecycle.initial) == set(states) == lifecycle.states
    assert lifecycle.initial == next(iter(states))


@each_table
def test_every_event_is_used(name):
    _, lifecycle, _, events, _, _ = TABLES[name]
    assert {row.event for row in lifecycle.transitions} == set(events)


@each_table
def test_final_states_are_these_and_have_no_exit(name):
    _, lifecycle, _, _, _, final = TABLES[name]
    assert {str(state) for state in lifecycle.final} == final
    assert all(lifecycle.events(state) == () for state in lifecycle.final)


@each_table
def test_some_end_can_always_be_reached(name):
    _, lifecycle, states, _, _, final = TABLES[name]
    for state in states:
        ends = reachable(lifecycle, state) & lifecycle.final
        assert ends or not final, f"{state} is a trap"


@each_table
def test_enum_values_are_lower_case_member_names(name):
    _, _, states, events, _, _ = TABLES[name]
    assert all(member.value == member.name.lower() for kind in (states, events) for member in kind)


@each_table
def test_what_the_table_lacks_is_refused_and_named(name):
    _, lifecycle, states, events, written, _ = TABLES[name]
    legal = rows_written(written)
    for state in states:
        for event in events:
            if (state, event) not in legal:
                with pytest.raises(TransitionError) as refusal:
                    lifecycle.advance(state, event)
                assert (refusal.value.state, refusal.value.event) == (state, event)


@each_table
def test_an_event_needs_the_same_permission_wherever_it_can_follow(name):
    lifecycle = TABLES[name].lifecycle
    for row in lifecycle.transitions:
        if row.permission is None:
            with pytest.raises(LookupError, match=f"no person fires {row.event}"):
                lifecycle.permission(row.event)
        else:
            assert lifecycle.permission(row.event) is row.permission


def _home_of(stem):
    """Return the module of rules that a guard names by its stem."""
    return f"mobility.rules.{'basics' if stem == 'lifecycles' else 'cases'}.{stem}"


@each_table
def test_every_guard_is_a_function_named_for_how_it_answers(name):
    module, lifecycle, *_ = TABLES[name]
    for guard in {row.guard for row in lifecycle.transitions} - {None}:
        where, _, function = guard.rpartition(".")
        home = importlib.import_module(_home_of(where)) if where else module
        assert callable(getattr(home, function)), guard
        assert function.startswith(("check_", "is_", "needs_")) or function.endswith("_findings"), guard
        assert getattr(home, function).__module__ == home.__name__, f"{guard} lives elsewhere"


@pytest.mark.parametrize("module", sorted({t.module.__name__ for t in TABLES.values()}))
def test_guards_of_a_module_with_findings_are_asked_by_its_table(module):
    home = importlib.import_module(module)
    asked = {row.guard for t in TABLES.values() if t.module is home for row in t.lifecycle.transitions}
    named = {
        name
        for name, value in vars(home).items()
        if name.endswith("_findings") and getattr(value, "__module__", "") == module
    }
    assert named - asked <= {"cover_findings", "cost_findings"}


def path_to(legal, start, goal):
    """Return the fewest events that lead from one state to another by the written table."""
    paths, todo = {str(start): ()}, [str(start)]
    for state in todo:
        for (before, event), (after, _) in legal.items():
            if before == state and after not in paths:
                paths[after] = (*paths[state], event)
                todo.append(after)
    return paths[goal]


def machine_for(lifecycle, states, events, legal, seen):
    """Build a state machine in which half of the steps are legal, the oracle being the written table."""

    class Walk(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            self.state = lifecycle.initial

        def moves(self):
            return sorted(event for state, event in legal if state == self.state)

        @precondition(lambda self: self.moves())
        @rule(pick=st.integers(0, 2**16))
        def fire_a_legal_event(self, pick):
            moves = self.moves()
            event = events(moves[pick % len(moves)])
            seen.add((str(self.state), str(event)))
            after = lifecycle.advance(self.state, event)
            assert after == legal[self.state, event][0]
            assert lifecycle.transition(self.state, event).next is after
            self.state = after

        @rule(event=st.sampled_from(list(events)))
        def fire_any_event(self, event):
            before = self.state
            if (before, event) in legal:
                seen.add((str(before), str(event)))
                self.state = lifecycle.advance(before, event)
                assert self.state == legal[before, event][0]
                return
            with pytest.raises(TransitionError):
                lifecycle.advance(before, event)
            assert self.state is before

        @precondition(lambda self: not self.moves())
        @rule()
        def start_again(self):
            assert self.state in lifecycle.final
            self.state = lifecycle.initial

        @invariant()
        def the_state_is_one_of_ours(self):
            assert isinstance(self.state, states)

        @invariant()
        def the_events_offered_are_the_legal_ones(self):
            assert sorted(lifecycle.events(self.state)) == self.moves()

    return Walk


@each_table
def test_random_walks_keep_to_the_table_and_cover_all_of_it(name):
    _, lifecycle, states, events, written, _ = TABLES[name]
    legal, seen = rows_written(written), set()
    walk = machine_for(lifecycle, states, events, legal, seen)
    run_state_machine_as_test(
        walk,
        settings=settings(max_examples=60, stateful_step_count=50, deadline=None, database=None, derandomize=True),
    )
    for (before, event), (after, _) in legal.items():  # chance leaves out what lies deep: go there from the start
        state = lifecycle.initial
        for step in path_to(legal, lifecycle.initial, before):
            seen.add((str(state), step))
            state = lifecycle.advance(state, events(step))
        assert lifecycle.advance(state, events(event)) == after
        seen.add((str(state), event))
    assert seen == set(legal), f"{len(seen)} of {len(legal)} rows walked"


# The machine itself, on a table made for it.


class Light(StrEnum):
    RED = auto()
    GREEN = auto()
    DARK = auto()


class Signal(StrEnum):
    GO = auto()
    STOP = auto()
    BREAK = auto()


OFFICER = by(Permission.PROPOSAL_ENDORSE)
LIGHT = Lifecycle(
    Light.RED,
    (
        Transition(Light.RED, Signal.GO, Light.GREEN, **OFFICER, guard="is_clear"),
        Transition(Light.GREEN, Signal.STOP, Light.RED, **by(Permission.WORKER_EDIT, or_system=True)),
        Transition(Light.GREEN, Signal.BREAK, Light.DARK, **SYSTEM),
    ),
)


def test_a_row_twice_is_a_programming_error():
    row = Transition(Light.RED, Signal.GO, Light.GREEN, **SYSTEM)
    with pytest.raises(ValueError, match="go follows red twice"):
        Lifecycle(Light.RED, (row, Transition(Light.RED, Signal.GO, Light.DARK, **SYSTEM)))


def test_a_row_that_nobody_may_fire_is_a_programming_error():
    with pytest.raises(ValueError, match="nobody may fire go in red"):
        Lifecycle(Light.RED, (Transition(Light.RED, Signal.GO, Light.GREEN),))


def test_an_event_that_needs_two_permissions_is_a_programming_error():
    first = Transition(Light.RED, Signal.GO, Light.GREEN, **by(Permission.WORKER_EDIT))
    second = Transition(Light.DARK, Signal.GO, Light.GREEN, **by(Permission.WORKER_CHECK))
    with pytest.raises(ValueError, match="go needs several permissions"):
        Lifecycle(Light.RED, (first, second))


def test_events_come_in_table_order():
    assert LIGHT.events(Light.GREEN) == (Signal.STOP, Signal.BREAK)
    assert [row.next for row in LIGHT.following(Light.GREEN)] == [Light.RED, Light.DARK]
    assert LIGHT.events(Light.DARK) == ()


def test_a_row_names_its_permission_and_whether_it_may_come_by_itself():
    assert LIGHT.permission(Signal.GO) is Permission.PROPOSAL_ENDORSE
    stop, broken = LIGHT.transition(Light.GREEN, Signal.STOP), LIGHT.transition(Light.GREEN, Signal.BREAK)
    assert (stop.permission, stop.by_system) == (Permission.WORKER_EDIT, True)
    assert (broken.permission, broken.by_system) == (None, True)
    assert not LIGHT.transition(Light.RED, Signal.GO).by_system


def test_what_only_the_system_fires_has_no_permission():
    with pytest.raises(LookupError, match="no person fires break"):
        LIGHT.permission(Signal.BREAK)


def test_the_rows_cannot_be_changed():
    with pytest.raises(TypeError):
        LIGHT.rows[Light.DARK, Signal.GO] = LIGHT.transitions[0]
    with pytest.raises(AttributeError):
        LIGHT.transitions[0].next = Light.DARK


def test_the_refusal_says_what_cannot_follow_what():
    with pytest.raises(TransitionError, match="go cannot follow dark"):
        LIGHT.advance(Light.DARK, Signal.GO)


@pytest.mark.parametrize("reason", [None, "", "  \n\t"])
def test_a_blank_reason_is_no_reason(reason):
    with pytest.raises(InvalidError) as refusal:
        check_reason(reason)
    assert (refusal.value.code, refusal.value.field) == ("reason.missing", "reason")
    assert refusal.value.code in lifecycles.CODES


def test_a_reason_is_enough():
    check_reason("accident at the worksite")
