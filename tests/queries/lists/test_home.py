"""What waits for an actor, and that the list which a task leads to has some of it."""

import pytest

from mobility.queries.lists import home, scheme_lists
from mobility.rules.cases.schemes import SchemeState


def to_sign(session, actor):
    return next(task for task in home.tasks(session, actor) if task.code == "sign_schemes")


@pytest.mark.parametrize("state", [SchemeState.SUBMITTED, SchemeState.APPROVED_BY_DESTINATION])
def test_a_scheme_to_sign_is_in_the_list_that_its_task_leads_to(session, make, state):
    destination, origin = make.scheme_officer(), make.scheme_officer("GT", origin=True)
    scheme = make.scheme(destination, origin, state=state)

    task = to_sign(session, origin)

    assert (task.count, task.state) == (1, state.value)
    assert [each.ref for each in scheme_lists.listed(session, origin, state=SchemeState(task.state)).rows] == [
        scheme.ref
    ]


def test_what_one_has_signed_waits_no_more(session, make):
    destination, origin = make.scheme_officer(), make.scheme_officer("GT", origin=True)
    make.scheme(destination, origin, state=SchemeState.APPROVED_BY_DESTINATION)
    task = to_sign(session, destination)
    assert (task.count, task.state) == (0, "submitted")
