"""Every step of a person names a permission, and the policy says who holds it; services fire no step beside that."""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

import mobility
from mobility.rules.basics.lifecycles import Lifecycle
from mobility.rules.basics.organisations import ROLES_OF, OrganisationKind, Role
from mobility.rules.cases import appeals, jobs, placements, proposals
from mobility.rules.cases.schemes import ReviewOrder, SchemeEvent
from mobility.security.policy import AWAITED, POLICY, allowed
from mobility.security.steps import LIFECYCLES
from tests.security.test_policy import FULL, person, thing

TABLES: dict[str, Lifecycle] = {
    **{model.__tablename__: lifecycle for model, lifecycle in LIFECYCLES.items()},
    "match_proposal, employer first": proposals.lifecycle(ReviewOrder.EMPLOYER_FIRST),
    "placement": placements.LIFECYCLE,
    "appeal": appeals.LIFECYCLE,
    "job": jobs.LIFECYCLE,
}
ROWS = [
    pytest.param(row, id=f"{name}: {row.state} {row.event}")
    for name, lifecycle in TABLES.items()
    for row in lifecycle.transitions
    if row.permission is not None
]
STAFF = [person(kind, role) for kind, roles in ROLES_OF.items() for role in sorted(roles)]
#: Whatever an object can have to do with a person, but that they did the step before (four eyes).
OWN = FULL - {"registered", "endorsed"}
SERVICES = Path(mobility.__file__).parent / "services"
#: Steps of many rows at once, or of an event that is an argument; ``end_open`` takes endings, which nobody is asked for.
ENDINGS = {"proposals/endings.py"}


@pytest.mark.parametrize("row", ROWS)
def test_somebody_on_staff_holds_the_permission_that_a_row_names_or_its_feature_is_named_as_still_to_come(row):
    holders = [actor for actor in STAFF if allowed(actor, row.permission, thing(actor, OWN))]
    assert bool(holders) is (row.permission not in AWAITED)
    assert (row.permission in POLICY) is (row.permission not in AWAITED)


def test_every_lifecycle_of_the_rules_is_looked_at():
    cases = Path(mobility.__file__).parent / "rules" / "cases"
    found = [
        value
        for path in sorted(cases.glob("[a-z]*.py"))
        for value in vars(importlib.import_module(f"mobility.rules.cases.{path.stem}")).values()
        if isinstance(value, Lifecycle)
    ]
    assert found
    assert all(any(each is known for known in TABLES.values()) for each in found)


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(SERVICES.rglob("*.py")):
        yield path.relative_to(SERVICES).as_posix(), ast.parse(path.read_text())


def calls(tree: ast.AST, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            function = node.func
            if (isinstance(function, ast.Name) and function.id == name) or (
                isinstance(function, ast.Attribute) and function.attr == name
            ):
                yield node


def test_services_take_the_steps_of_people_through_the_policy_and_only_the_system_beside_it():
    """A lifecycle is asked directly only for what no person fires: ``steps.advance`` asks the permission of its row."""
    rows = [row for lifecycle in TABLES.values() for row in lifecycle.transitions if row.by_system]
    by_name = {f"{type(row.event).__name__}.{row.event.name}" for row in rows}
    beside = [
        f"{name}:{call.lineno}"
        for name, tree in modules()
        if name not in ENDINGS
        for call in calls(tree, "advance")
        if isinstance(call.func, ast.Attribute) and ast.unparse(call.args[1]) not in by_name
    ]
    assert beside == []


def test_whoever_locks_a_row_for_a_step_takes_that_step_or_one_that_needs_the_same():
    """The event that a service names when it locks and those that it fires name one permission, so neither drifts."""
    kinds = {type(row.event).__name__: lifecycle for lifecycle in TABLES.values() for row in lifecycle.transitions}

    def needed(node: ast.expr) -> str:
        kind, _, event = ast.unparse(node).partition(".")
        if kind not in kinds or not event:
            return ast.unparse(node)  # an event that is an argument: the same name in both places
        events = {row.event.name: row.event for row in kinds[kind].transitions}
        return kinds[kind].permission(events[event]).value

    drifted, checked = [], 0
    for name, tree in modules():
        for function in ast.walk(tree):
            if not isinstance(function, ast.FunctionDef):
                continue
            locks = {needed(call.args[4]) for call in calls(function, "locked") if "Event" in ast.unparse(call.args[4])}
            fired = {
                needed(call.args[2])
                for call in calls(function, "advance")
                if isinstance(call.func, ast.Name) and "Event." in ast.unparse(call.args[2])
                if ast.unparse(call.args[0]) == "actor"
            }
            checked += bool(locks and fired)
            if locks and fired and not locks & fired:
                drifted.append(f"{name}:{function.lineno}")
    assert drifted == []
    assert checked > 10


def test_each_side_signs_for_itself_alone():
    sides = {
        OrganisationKind.DESTINATION_MINISTRY: SchemeEvent.APPROVE_AS_DESTINATION,
        OrganisationKind.ORIGIN_MINISTRY: SchemeEvent.APPROVE_AS_ORIGIN,
    }
    for kind, event in sides.items():
        actor = person(kind, Role.SCHEME_OFFICER)
        signed = [
            each for each in sides.values() if allowed(actor, TABLES["scheme"].permission(each), thing(actor, OWN))
        ]
        assert signed == [event]
