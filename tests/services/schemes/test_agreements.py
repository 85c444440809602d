"""Agreements: who takes them on record, and what they may not say."""

from datetime import date

import pytest
import sqlalchemy as sa

from mobility.errors import ForbiddenError, InvalidError
from mobility.models.accounts.organisations import Organisation
from mobility.models.accounts.users import User
from mobility.models.schemes.agreements import Agreement
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.rules.cases.agreements import CostBearer, CostKind
from mobility.security import audit
from mobility.security.actors import SYSTEM
from mobility.security.audit_verification import verify
from mobility.services.schemes import agreements
from mobility.services.schemes.agreements import AgreementTerms


def terms(officer, honduras, **changes):
    given = {
        "title": "Agreement on seasonal work",
        "destination": officer.organisation_ref,
        "origin": honduras.organisation_ref,
        "valid_from": date(2025, 1, 1),
        "sectors": ["forestry", "agriculture"],
        "costs": {CostKind.VISA: CostBearer.EMPLOYER, CostKind.PASSPORT: CostBearer.WORKER},
    }
    return AgreementTerms(**{**given, **changes})


def test_an_agreement_keeps_its_parties_and_who_bears_which_cost(session, officer, honduras, at):
    made = agreements.create(session, officer, terms(officer, honduras), at=at)

    session.expire(made)
    assert (made.destination_id, made.origin_id) == (officer.organisation_id, honduras.organisation_id)
    assert made.costs == {"visa": "employer", "passport": "worker"}
    assert made.sectors == ["agriculture", "forestry"]


def test_the_system_takes_one_on_record_too(session, officer, honduras, at):
    assert agreements.create(session, SYSTEM, terms(officer, honduras), at=at).ref.startswith("A-")


def test_nobody_else_does(session, make, officer, honduras, at):
    destination = session.get_one(Organisation, officer.organisation_id)
    reviewer = make.actor(OrganisationKind.DESTINATION_MINISTRY, "US", Role.REVIEWER, of=destination)
    for actor in (honduras, make.scheme_officer("CA"), reviewer):
        with pytest.raises(ForbiddenError):
            agreements.create(session, actor, terms(officer, honduras), at=at)
    assert session.scalars(sa.select(Agreement)).all() == []


@pytest.mark.parametrize("field", ["destination", "origin"])
def test_each_party_is_a_ministry_of_its_side(session, officer, honduras, at, field):
    other = {"destination": honduras, "origin": officer}[field]
    for ref in (other.organisation_ref, "O-0000-0000-0"):
        with pytest.raises(InvalidError, match=r"agreement.not_a_ministry") as refused:
            agreements.create(session, officer, terms(officer, honduras, **{field: ref}), at=at)
        assert refused.value.field == field


@pytest.mark.parametrize("bearer", [CostBearer.WORKER, CostBearer.SHARED])
@pytest.mark.parametrize("cost", [CostKind.RECRUITMENT, CostKind.VISA])
def test_no_recruitment_cost_falls_on_the_worker(session, officer, honduras, at, cost, bearer):
    with pytest.raises(InvalidError, match=r"recruitment_cost.on_worker"):
        agreements.create(session, officer, terms(officer, honduras, costs={cost: bearer}), at=at)


def test_an_agreement_does_not_end_before_it_begins(session, officer, honduras, at):
    with pytest.raises(InvalidError, match="period_reversed"):
        agreements.create(session, officer, terms(officer, honduras, valid_to=date(2024, 12, 31)), at=at)


def test_the_log_is_true_after_it(session, officer, honduras, at):
    for model in (Organisation, User):
        ids = session.scalars(sa.select(model.id)).all()
        audit.record_many(session, officer, "test.made", model, ids, at=at)
    agreements.create(session, officer, terms(officer, honduras), at=at)
    assert verify(session, None).faults == ()
