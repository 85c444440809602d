"""Weights of the composite: stated by an officer, with a reason, recorded with what they were before."""

import json

import pytest
import sqlalchemy as sa

from mobility.errors import ConflictError, ForbiddenError, InvalidError
from mobility.models.platform.audit import AuditEvent
from mobility.models.shortages.publications import TightnessWeights
from mobility.queries.figures.tightness_figures import weighing
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.rules.figures.tightness import EQUAL_WEIGHTS, IndicatorKind
from mobility.services.shortages import tightness

I = IndicatorKind  # noqa: E741
OWN = {I.VACANCY_RATE: 40, I.UNEMPLOYMENT: 30, I.WAGE_GROWTH: 20, I.DAYS_TO_FILL: 10}


@pytest.fixture
def officer(make):
    return make.actor(OrganisationKind.DESTINATION_MINISTRY, "US", Role.SHORTAGE_OFFICER)


def test_weights_are_equal_until_a_ministry_states_its_own(session, make, officer, at):
    assert weighing(session, officer.organisation_id).weights == EQUAL_WEIGHTS

    stated = tightness.weigh(session, officer, OWN, "Rates matter most", version=0, at=at)

    found = weighing(session, officer.organisation_id)
    assert (found.weights, found.stated.reason) == (OWN, "Rates matter most")
    assert stated.changed_by_id == officer.user_id
    assert weighing(session, make.scheme_officer("CA").organisation_id).weights == EQUAL_WEIGHTS


def test_a_change_is_recorded_with_what_was_before(session, officer, at):
    tightness.weigh(session, officer, OWN, "First", version=0, at=at)
    tightness.weigh(session, officer, dict(EQUAL_WEIGHTS), "Second", version=1, at=at)

    bodies = session.scalars(sa.select(AuditEvent.body).where(AuditEvent.action == "tightness.weigh")).all()
    facts = json.loads(bodies[-1])["facts"]
    assert facts["before"] == {indicator.value: weight for indicator, weight in OWN.items()}
    assert facts["after"] == {indicator.value: 25 for indicator in I}
    assert len(session.scalars(sa.select(TightnessWeights)).all()) == 1


def test_two_officers_at_once_do_not_overwrite_each_other(session, officer, at):
    tightness.weigh(session, officer, OWN, "First", version=0, at=at)
    with pytest.raises(ConflictError, match="stale"):
        tightness.weigh(session, officer, dict(EQUAL_WEIGHTS), "Second", version=0, at=at)


def test_weights_that_are_no_shares_change_nothing(session, officer, at):
    with pytest.raises(InvalidError, match="tightness.weights_not_whole"):
        tightness.weigh(session, officer, {**OWN, I.DAYS_TO_FILL: 11}, "Slip", version=0, at=at)
    assert session.scalars(sa.select(TightnessWeights)).all() == []


def test_only_shortage_officers_weigh(session, make, at):
    with pytest.raises(ForbiddenError):
        tightness.weigh(session, make.scheme_officer("US"), OWN, "Mine", version=0, at=at)
