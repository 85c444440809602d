"""Employers: registered, vetted, verified; suspended and debarred with a reason; every step recorded."""

import pytest
import sqlalchemy as sa

from mobility.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, TransitionError
from mobility.models.accounts.organisations import Organisation
from mobility.models.accounts.users import User
from mobility.models.platform.audit import AuditEvent
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.rules.cases.employers import REQUIRED_ITEMS, EmployerState, VettingItem
from mobility.security import audit
from mobility.security.audit_verification import verify
from mobility.services import employers
from mobility.services.employers import EmployerTerms

DESTINATION = OrganisationKind.DESTINATION_MINISTRY
ALL_WELL = dict.fromkeys(REQUIRED_ITEMS, True)


def test_registering_makes_the_organisation_with_the_employer(session, officer, at):
    made = employers.register(session, officer, EmployerTerms(" Sunny Farm ", " REG-1 "), at=at)

    assert (made.state, made.country, made.registration_number) == (EmployerState.REGISTERED, "US", "REG-1")
    assert (made.organisation.name, made.organisation.kind) == ("Sunny Farm", OrganisationKind.EMPLOYER)
    assert session.scalars(sa.select(AuditEvent.action)).all() == ["employer.register"]


@pytest.mark.parametrize(
    ("name", "number", "field"),
    [("", "1", "name"), ("  ", "1", "name"), ("Farm", "", "registration_number"), ("Farm", " ", "registration_number")],
)
def test_an_employer_needs_a_name_and_a_number(session, officer, at, name, number, field):
    with pytest.raises(InvalidError) as refused:
        employers.register(session, officer, EmployerTerms(name, number), at=at)
    assert refused.value.field == field


def test_a_number_is_registered_once_in_a_country(session, make, officer, at):
    make.employer(registration_number="REG-1", country="US")
    with pytest.raises(InvalidError, match=r"employer.registered_before in registration_number"):
        employers.register(session, officer, EmployerTerms("Other", "REG-1"), at=at)

    elsewhere = make.scheme_officer("CA")
    assert employers.register(session, elsewhere, EmployerTerms("Other", "REG-1"), at=at).country == "CA"


@pytest.mark.parametrize(
    ("kind", "role"),
    [
        (OrganisationKind.ORIGIN_MINISTRY, Role.SCHEME_OFFICER),
        (DESTINATION, Role.REVIEWER),
        (OrganisationKind.OVERSIGHT_BODY, Role.AUDITOR),
    ],
)
def test_nobody_but_a_scheme_officer_of_the_destination_registers(session, make, at, kind, role):
    with pytest.raises(ForbiddenError):
        employers.register(session, make.actor(kind, "US", role), EmployerTerms("Farm", "1"), at=at)


def test_the_way_from_registration_to_verified(session, make, officer, at):
    employer = make.employer(EmployerState.REGISTERED)

    employers.begin_vetting(session, officer, employer.ref, version=1, at=at)
    assert employer.state is EmployerState.VETTING
    employers.verify(session, officer, employer.ref, ALL_WELL, version=2, at=at)

    assert employer.state is EmployerState.VERIFIED
    assert employers.looked_at(employer) == ALL_WELL


def test_an_item_not_looked_at_keeps_an_employer_from_being_verified(session, make, officer, at):
    employer = make.employer(EmployerState.VETTING)
    with pytest.raises(InvalidError, match=r"employer_vetting.missing in wage_record"):
        employers.verify(
            session,
            officer,
            employer.ref,
            {VettingItem.LEGAL_EXISTENCE: True, VettingItem.SOLVENCY: True},
            version=1,
            at=at,
        )
    assert (employer.state, employer.vetting_items) == (EmployerState.VETTING, None)


def test_an_item_not_in_order_keeps_an_employer_from_being_verified(session, make, officer, at):
    employer = make.employer(EmployerState.VETTING)
    with pytest.raises(InvalidError, match=r"employer_vetting.failed in housing"):
        employers.verify(session, officer, employer.ref, {**ALL_WELL, VettingItem.HOUSING: False}, version=1, at=at)


def test_a_vetting_without_outcome_forgets_what_was_seen(session, make, officer, at):
    employer = make.employer(EmployerState.VETTING)
    employer.vetting_items = {"solvency": True}
    session.flush()
    employers.return_to_registered(session, officer, employer.ref, "Papers missing", version=employer.version, at=at)
    assert (employer.state, employer.state_reason) == (EmployerState.REGISTERED, "Papers missing")
    assert employers.looked_at(employer) == {}


@pytest.mark.parametrize("step", [employers.return_to_registered, employers.suspend, employers.debar])
def test_a_step_against_an_employer_needs_a_reason(session, make, officer, at, step):
    start = {
        employers.return_to_registered: EmployerState.VETTING,
        employers.suspend: EmployerState.VERIFIED,
        employers.debar: EmployerState.SUSPENDED,
    }[step]
    employer = make.employer(start)
    with pytest.raises(InvalidError, match="reason.missing"):
        step(session, officer, employer.ref, "  ", version=1, at=at)
    assert employer.state is start


def test_a_suspended_employer_is_reinstated_on_what_is_known_or_debarred(session, make, officer, at):
    employer = make.employer()
    employers.suspend(session, officer, employer.ref, "Unpaid wages", version=1, at=at)
    assert employer.state_reason == "Unpaid wages"
    employers.reinstate(session, officer, employer.ref, version=2, at=at)
    assert (employer.state, employer.state_reason) == (EmployerState.VERIFIED, None)

    employers.suspend(session, officer, employer.ref, "Again", version=3, at=at)
    employers.debar(session, officer, employer.ref, "For good", version=4, at=at)
    assert employer.state is EmployerState.DEBARRED
    with pytest.raises(TransitionError):
        employers.reinstate(session, officer, employer.ref, version=5, at=at)


def test_what_is_looked_at_again_replaces_what_was_found_before(session, make, officer, at):
    employer = make.employer(EmployerState.SUSPENDED)
    with pytest.raises(InvalidError, match=r"employer_vetting.failed in wage_record"):
        employers.reinstate(session, officer, employer.ref, {VettingItem.WAGE_RECORD: False}, version=1, at=at)


def test_a_stale_step_is_a_conflict(session, make, officer, at):
    employer = make.employer(EmployerState.REGISTERED)
    with pytest.raises(ConflictError, match="stale"):
        employers.begin_vetting(session, officer, employer.ref, version=9, at=at)


def test_another_country_does_not_even_see_it(session, make, at):
    employer, stranger = make.employer(country="US"), make.scheme_officer("CA")
    with pytest.raises(NotFoundError):
        employers.get(session, stranger, employer.ref)
    with pytest.raises(NotFoundError):
        employers.suspend(session, stranger, employer.ref, "x", version=1, at=at)


@pytest.mark.parametrize("role", [Role.SHORTAGE_OFFICER, Role.REVIEWER, Role.ADMINISTRATOR])
def test_other_officers_of_the_ministry_see_but_do_not_vet(session, make, at, role):
    employer = make.employer()
    colleague = make.actor(DESTINATION, "US", role)
    assert employers.get(session, colleague, employer.ref) is employer
    with pytest.raises(ForbiddenError):
        employers.suspend(session, colleague, employer.ref, "x", version=1, at=at)


def test_an_employer_sees_itself_and_no_other(session, make):
    mine, other = make.employer(), make.employer()
    boss = make.employer_actor(mine)
    assert employers.get(session, boss, mine.ref) is mine
    with pytest.raises(NotFoundError):
        employers.get(session, boss, other.ref)


def test_an_employer_does_not_vet_itself(session, make, at):
    employer = make.employer(EmployerState.REGISTERED)
    with pytest.raises(ForbiddenError):
        employers.begin_vetting(session, make.employer_actor(employer), employer.ref, version=1, at=at)


def test_findings_tell_what_speaks_for_and_against(make):
    verdicts = {
        (finding.code, finding.params.get("item")): finding.verdict.value
        for finding in employers.findings_of(make.employer(EmployerState.VETTING), {VettingItem.SOLVENCY: False})
    }
    assert verdicts["employer_vetting.failed", VettingItem.SOLVENCY] == "fail"
    assert verdicts["employer_vetting.missing", VettingItem.LEGAL_EXISTENCE] == "unknown"
    assert verdicts["employer_registration.met", None] == "pass"


def test_every_step_leaves_the_log_true(session, make, officer, at):
    audit.record_many(session, officer, "organisation.create", Organisation, [officer.organisation_id], at=at)
    audit.record_many(session, officer, "user.create", User, [officer.user_id], at=at)
    made = employers.register(session, officer, EmployerTerms("Farm", "REG-9"), at=at)
    employers.begin_vetting(session, officer, made.ref, version=1, at=at)
    employers.verify(session, officer, made.ref, ALL_WELL, version=2, at=at)
    employers.suspend(session, officer, made.ref, "Unpaid", version=3, at=at)

    assert verify(session, None).faults == ()
    actions = session.scalars(sa.select(AuditEvent.action).where(AuditEvent.object_ref == made.ref)).all()
    assert actions == ["employer.register", "employer.begin_vetting", "employer.verify", "employer.suspend"]
