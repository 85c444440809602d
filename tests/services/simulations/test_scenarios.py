"""Scenarios: kept with their figures, seen by whom, attached to what is to be signed, put away."""

import pytest
import sqlalchemy as sa

from mobility.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from mobility.models.platform.audit import AuditEvent
from mobility.models.scenarios import Scenario
from mobility.queries.lists import scenario_lists
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.rules.cases.simulations import Changes
from mobility.security.audit_verification import verify
from mobility.services.match_runs import scorecards
from mobility.services.schemes import schemes
from mobility.services.simulations import scenarios

CHANGES = Changes(left_out=frozenset({"age"}), caps={"Q-1": 5})


@pytest.fixture
def corridor(make):
    return make.corridor(workers=1, vacancies=1)


def kept(session, corridor, at, name="Older", actor=None):
    who = actor or corridor.destination
    scheme = schemes.get(session, who, corridor.scheme.ref)
    card = scorecards.in_force(session).digest
    return scenarios.save(
        session, who, scheme, name, CHANGES, {"workers": 12}, scorecard=card, as_of=at, at=at, note="Why"
    )


def actions(session):
    found = session.scalars(sa.select(AuditEvent.action).order_by(AuditEvent.id)).all()
    return [action for action in found if action.startswith("scenario.")]


@pytest.fixture
def unsigned(session, make, corridor):
    """Issue a second version that waits for both signatures."""
    rules = make.changed_rules(schemes.get(session, corridor.destination, corridor.scheme.ref), "age", min=21)
    return make.later_version(corridor.destination, corridor.scheme, rules)


def test_a_scenario_keeps_changes_figures_and_who_saved_it(session, corridor, at):
    made = kept(session, corridor, at)
    found = scenarios.get(session, corridor.destination, made.ref)
    assert scenarios.changes_of(found) == CHANGES
    assert (found.figures, found.note, found.as_of) == ({"workers": 12}, "Why", at)
    assert found.created_by_id == corridor.destination.user_id
    assert found.ref.startswith("C-")
    assert actions(session) == ["scenario.save"]


def test_nothing_changed_is_no_scenario_and_a_name_is_taken_once(session, corridor, at):
    scheme = schemes.get(session, corridor.destination, corridor.scheme.ref)
    with pytest.raises(InvalidError, match=r"scenario\.nothing_changed"):
        scenarios.save(session, corridor.destination, scheme, "x", Changes(), {}, scorecard="", as_of=at, at=at)
    kept(session, corridor, at)
    with pytest.raises(InvalidError, match=r"scenario\.name_taken"):
        kept(session, corridor, at)
    kept(session, corridor, at, actor=corridor.origin)  # of another ministry


def test_a_ministry_keeps_no_more_than_it_can_look_through(session, corridor, at, monkeypatch):
    monkeypatch.setattr(scenarios, "MOST", 2)
    kept(session, corridor, at, "One")
    made = kept(session, corridor, at, "Two")
    with pytest.raises(InvalidError, match=r"scenario\.too_many"):
        kept(session, corridor, at, "Three")
    scenarios.delete(session, corridor.destination, made.ref, version=made.version, at=at)
    kept(session, corridor, at, "Two")


def test_only_scheme_officers_of_a_party_save(session, make, corridor, at):
    for actor in (corridor.endorser, corridor.approver):
        with pytest.raises(ForbiddenError):
            kept(session, corridor, at, actor=actor)
    with pytest.raises(NotFoundError):
        kept(session, corridor, at, actor=make.scheme_officer("CA"))


def test_others_see_it_only_once_it_is_attached(session, make, corridor, unsigned, at):
    made = kept(session, corridor, at)
    with pytest.raises(NotFoundError):
        scenarios.get(session, corridor.origin, made.ref)
    scenarios.attach(session, corridor.destination, made.ref, version=made.version, at=at)
    found = scenarios.get(session, corridor.origin, made.ref)
    newest = schemes.get(session, corridor.origin, corridor.scheme.ref).rule_sets[-1]
    assert found.rule_set_id == newest.id
    assert [each.ref for each in scenario_lists.attached_to(session, corridor.origin, newest.id)] == [made.ref]
    with pytest.raises(ForbiddenError):
        scenarios.delete(session, corridor.origin, made.ref, version=found.version, at=at)
    with pytest.raises(NotFoundError):
        scenarios.get(session, make.scheme_officer("CA"), made.ref)


def test_there_must_be_something_to_sign(session, corridor, at):
    made = kept(session, corridor, at)
    with pytest.raises(InvalidError, match=r"scenario\.nothing_to_sign"):
        scenarios.attach(session, corridor.destination, made.ref, version=made.version, at=at)
    assert made.rule_set_id is None


def test_what_somebody_signed_beside_it_stays(session, corridor, unsigned, at):
    made = kept(session, corridor, at)
    scenarios.attach(session, corridor.destination, made.ref, version=made.version, at=at)
    scenarios.detach(session, corridor.destination, made.ref, version=made.version, at=at)
    assert (made.rule_set_id, made.attached_at) == (None, None)
    scenarios.attach(session, corridor.destination, made.ref, version=made.version, at=at)
    now = schemes.get(session, corridor.destination, corridor.scheme.ref)
    schemes.sign(session, corridor.destination, corridor.scheme.ref, version=now.version, at=at)
    for step in (scenarios.detach, scenarios.delete):
        with pytest.raises(InvalidError, match=r"scenario\.signed_with"):
            step(session, corridor.destination, made.ref, version=made.version, at=at)
    assert made.deleted_at is None


def test_what_is_deleted_nobody_sees_and_the_log_still_verifies(session, make, corridor, at):
    made = kept(session, corridor, at)
    scenarios.delete(session, corridor.destination, made.ref, version=made.version, at=at)
    auditor = make.actor(OrganisationKind.OVERSIGHT_BODY, "US", Role.AUDITOR)
    for actor in (corridor.destination, auditor):
        with pytest.raises(NotFoundError):
            scenarios.get(session, actor, made.ref)
    assert scenario_lists.of_scheme(session, corridor.destination, corridor.scheme) == []
    assert session.scalar(sa.select(sa.func.count()).select_from(Scenario)) == 1
    assert actions(session) == ["scenario.save", "scenario.delete"]
    make.record_people()
    assert verify(session, None).faults == ()


def test_somebody_who_looks_at_an_older_state_is_told(session, corridor, at):
    made = kept(session, corridor, at)
    with pytest.raises(ConflictError, match="stale"):
        scenarios.delete(session, corridor.destination, made.ref, version=made.version + 1, at=at)


def test_figures_of_fairness_are_for_who_may_see_them(session, make, corridor, at):
    made = make.scenario(corridor.destination, corridor.scheme)
    assert scenarios.figures_of(corridor.destination, made)["protected"]["sex"]
    administrator = make.actor(OrganisationKind.DESTINATION_MINISTRY, "US", Role.ADMINISTRATOR)
    shown = scenarios.figures_of(administrator, made)
    assert (shown["protected"], shown["fairness"]) == ({}, {})
    assert shown["workers"] == 12
