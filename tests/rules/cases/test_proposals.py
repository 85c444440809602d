from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.errors import ConflictError, ForbiddenError, InvalidError
from mobility.rules.cases import proposals
from mobility.rules.cases.placements import ENDED, PlacementState
from mobility.rules.cases.proposals import (
    ADVERSE,
    ADVERSE_STATES,
    LIFECYCLE,
    OPEN_STATES,
    REASONS_FOR,
    ProposalEvent,
    ProposalState,
    ReasonCode,
    Signatory,
    accepted_states,
    check_acceptance,
    check_approver,
    check_in_time,
    check_reason,
    is_over,
    lifecycle,
    needs_reason,
)
from mobility.rules.cases.schemes import ReviewOrder

S, E = ProposalState, ProposalEvent
NOW = datetime(2027, 5, 1, 12, tzinfo=UTC)
ORDERS = st.sampled_from(ReviewOrder)
PEOPLE = st.builds(Signatory, st.integers(1, 4), st.integers(1, 3))
each_order = pytest.mark.parametrize("order", ReviewOrder)

ROADS = {
    ReviewOrder.GOVERNMENTS_FIRST: (E.ENDORSE, E.APPROVE, E.ACCEPT, E.SELECT, E.PLACE),
    ReviewOrder.EMPLOYER_FIRST: (E.ENDORSE, E.SELECT, E.APPROVE, E.ACCEPT, E.PLACE),
}


@each_order
def test_a_proposal_is_placed_by_its_schemes_road_only(order):
    state = S.GENERATED
    for event in ROADS[order]:
        ways_on = set(lifecycle(order).events(state)) & set(ROADS[order])
        assert ways_on == {event}
        state = lifecycle(order).advance(state, event)
    assert state is S.PLACED


def test_the_usual_order_is_governments_first():
    assert LIFECYCLE is lifecycle(ReviewOrder.GOVERNMENTS_FIRST)
    assert lifecycle(ReviewOrder.EMPLOYER_FIRST) is not LIFECYCLE


@each_order
def test_nobody_is_placed_without_endorsement_approval_and_the_workers_yes(order):
    table = lifecycle(order)
    for skipped in (E.ENDORSE, E.APPROVE, E.ACCEPT):
        seen, todo = {S.GENERATED}, [S.GENERATED]
        while todo:
            state = todo.pop()
            for row in table.transitions:
                if row.state is state and row.event is not skipped and row.next not in seen:
                    seen.add(row.next)
                    todo.append(row.next)
        assert S.PLACED not in seen, f"placed without {skipped}"


@each_order
def test_adverse_events_lead_to_the_states_that_may_be_appealed(order):
    led_to = {row.next for row in lifecycle(order).transitions if row.event in ADVERSE}
    may_appeal = {row.state for row in lifecycle(order).transitions if row.event is E.APPEAL}
    assert led_to == may_appeal == ADVERSE_STATES


@each_order
def test_every_open_state_may_run_out_or_be_superseded_and_no_other(order):
    for event in (E.EXPIRE, E.SUPERSEDE):
        assert {row.state for row in lifecycle(order).transitions if row.event is event} == set(OPEN_STATES)


@each_order
def test_the_machine_never_decides(order):
    by_system = {row.event for row in lifecycle(order).transitions if row.by_system}
    assert by_system == {E.EXPIRE, E.SUPERSEDE, E.PLACE}


def test_declining_is_the_workers_own_and_not_adverse():
    assert sorted(ADVERSE) == ["not_endorse", "not_select", "refuse"]
    assert not needs_reason(E.DECLINE)


ENDORSER = Signatory(user=1, organisation=10)


@pytest.mark.parametrize(
    ("approver", "code"),
    [
        (Signatory(1, 20), "proposal.endorser_approves"),
        (Signatory(1, 10), "proposal.endorser_approves"),
        (Signatory(2, 10), "proposal.same_organisation"),
    ],
)
def test_the_endorser_and_their_organisation_may_not_approve(approver, code):
    with pytest.raises(ForbiddenError) as refusal:
        check_approver(ENDORSER, approver)
    assert str(refusal.value) == code
    assert code in proposals.CODES


def test_another_person_of_another_organisation_approves():
    check_approver(ENDORSER, Signatory(2, 20))


def test_nothing_is_approved_that_nobody_endorsed():
    with pytest.raises(ForbiddenError, match=r"proposal\.not_endorsed"):
        check_approver(None, Signatory(2, 20))


@given(PEOPLE, PEOPLE)
def test_four_eyes_are_four_eyes_of_two_organisations(endorser, approver):
    apart = endorser.user != approver.user and endorser.organisation != approver.organisation
    try:
        check_approver(endorser, approver)
        allowed = True
    except ForbiddenError:
        allowed = False
    assert allowed is apart


@pytest.mark.parametrize("event", ProposalEvent)
def test_adverse_decisions_and_outcomes_of_appeals_need_a_reason(event):
    if event in {E.NOT_ENDORSE, E.REFUSE, E.NOT_SELECT, E.UPHOLD, E.OVERTURN}:
        assert needs_reason(event)
        with pytest.raises(InvalidError) as refusal:
            check_reason(event, None)
        assert (refusal.value.code, refusal.value.field) == ("proposal.reason_missing", "reason")
    else:
        check_reason(event, None)


@pytest.mark.parametrize("event", ProposalEvent)
@pytest.mark.parametrize("reason", ReasonCode)
def test_a_reason_must_belong_to_its_event(event, reason):
    if reason in REASONS_FOR.get(event, ()):
        check_reason(event, reason)
    else:
        with pytest.raises(InvalidError) as refusal:
            check_reason(event, reason)
        assert refusal.value.code == "proposal.reason_not_for_event"
        assert refusal.value.params == {"event": event, "reason": reason}


def test_every_reason_is_of_use_and_listed_once_for_an_event():
    assert {reason for reasons in REASONS_FOR.values() for reason in reasons} == set(ReasonCode)
    assert all(len(set(reasons)) == len(reasons) for reasons in REASONS_FOR.values())
    assert all(REASONS_FOR[event] for event in ProposalEvent if needs_reason(event))


def test_praise_is_no_reason_against_and_blame_none_in_favour():
    for event in ADVERSE | {E.UPHOLD}:
        assert ReasonCode.MEETS_NEED not in REASONS_FOR[event]
    for event in (E.ENDORSE, E.APPROVE, E.SELECT):
        assert set(REASONS_FOR[event]) == {ReasonCode.MEETS_NEED, ReasonCode.OVERRIDES_RANKING}


def test_only_the_origin_gives_reasons_of_protection_and_safeguard():
    own = {ReasonCode.PROTECTION_CONCERN, ReasonCode.SAFEGUARD_LIMIT}
    assert own <= set(REASONS_FOR[E.NOT_ENDORSE])
    assert not own & {*REASONS_FOR[E.REFUSE], *REASONS_FOR[E.NOT_SELECT]}


@each_order
def test_a_worker_has_said_yes_from_accepting_until_being_placed(order):
    state, said_yes = S.GENERATED, False
    for event in ROADS[order]:
        state = lifecycle(order).advance(state, event)
        said_yes = (said_yes or event is E.ACCEPT) and state is not S.PLACED
        assert (state in accepted_states(order)) is said_yes


@given(st.lists(st.tuples(ORDERS, st.sampled_from(S)), max_size=6))
def test_a_second_yes_is_refused_while_the_first_one_holds(others):
    if any(state in accepted_states(order) for order, state in others):
        with pytest.raises(ConflictError) as refusal:
            check_acceptance(others)
        assert refusal.value.code == "proposal.other_accepted"
    else:
        check_acceptance(others)


def test_being_selected_binds_only_who_has_said_yes_before():
    check_acceptance([(ReviewOrder.EMPLOYER_FIRST, S.SELECTED)])
    with pytest.raises(ConflictError):
        check_acceptance([(ReviewOrder.GOVERNMENTS_FIRST, S.SELECTED)])


@given(st.lists(st.sampled_from(PlacementState)))
def test_a_placement_binds_until_it_has_ended(placements):
    if all(state in ENDED for state in placements):
        check_acceptance([], placements)
    else:
        with pytest.raises(ConflictError):
            check_acceptance([], placements)


@pytest.mark.parametrize(("seconds", "over"), [(-1, True), (0, True), (1, False)])
def test_a_proposal_is_open_up_to_its_expiry(seconds, over):
    expires_at = NOW + timedelta(seconds=seconds)
    assert is_over(expires_at, NOW) is over
    if over:
        with pytest.raises(ConflictError) as refusal:
            check_in_time(expires_at, NOW)
        assert (refusal.value.code, refusal.value.at) == ("proposal.over", expires_at)
        assert refusal.value.code in proposals.CODES
    else:
        check_in_time(expires_at, NOW)
