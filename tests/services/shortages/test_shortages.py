"""Declaring shortages: who may, when, and that every step is recorded."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from mobility.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, TransitionError
from mobility.models.notices import Notice
from mobility.models.platform.audit import AuditEvent
from mobility.models.shortages.shortages import Shortage
from mobility.rules.basics.causes import Cause, Why
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.rules.cases.notices import NoticeKind
from mobility.rules.cases.shortages import EvidenceKind, ShortageState
from mobility.security.audit_verification import verify
from mobility.services.shortages import shortages
from mobility.services.shortages.shortages import Evidence, ShortageTerms
from tests.days import new_day

DESTINATION = OrganisationKind.DESTINATION_MINISTRY


@pytest.fixture
def officer(make):
    return make.actor(DESTINATION, "US", Role.SHORTAGE_OFFICER)


def rate(**changes):
    given = {
        "kind": EvidenceKind.VACANCY_RATE,
        "figure": Decimal("7.5"),
        "statement": None,
        "source": "Survey",
        "observed_on": date(2026, 4, 15),
        "period_from": date(2026, 1, 1),
        "period_to": date(2026, 3, 31),
    }
    return Evidence(**{**given, **changes})


def terms(**changes):
    given = {
        "occupation": "9211",
        "region": "US-FL",
        "headcount": 40,
        "valid_from": date(2026, 5, 1),
        "valid_to": date(2026, 11, 30),
        "evidence": [rate()],
    }
    return ShortageTerms(**{**given, **changes})


def test_a_draft_is_stored_with_its_evidence_and_recorded(session, make, officer, at):
    make.occupation("9211")

    shortage = shortages.draft(session, officer, terms(), at=at)

    assert (shortage.state, shortage.country, shortage.evidence[0].figure) == (
        ShortageState.DRAFT,
        "US",
        Decimal("7.5"),
    )
    assert session.scalars(sa.select(AuditEvent.action)).all() == ["shortage.draft"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"occupation": "9999"}, "occupation"),
        ({"region": "CA-ON"}, "region"),
        ({"region": "USX"}, "region"),
        ({"valid_to": date(2026, 4, 30)}, "valid_to"),
    ],
)
def test_a_draft_that_does_not_fit_is_refused_at_its_field(session, make, officer, at, changes, field):
    make.occupation("9211")
    with pytest.raises(InvalidError) as refused:
        shortages.draft(session, officer, terms(**changes), at=at)
    assert refused.value.field == field


def test_only_a_shortage_officer_of_a_destination_drafts(session, make, at):
    for kind, role in ((DESTINATION, Role.REVIEWER), (OrganisationKind.ORIGIN_MINISTRY, Role.SCHEME_OFFICER)):
        with pytest.raises(ForbiddenError):
            shortages.draft(session, make.actor(kind, "US", role), terms(), at=at)


def test_declaring_needs_evidence(session, make, officer, at):
    draft = make.shortage(officer, ShortageState.DRAFT)
    draft.evidence.clear()
    session.flush()

    with pytest.raises(InvalidError, match="shortage_evidence.none"):
        shortages.declare(session, officer, draft.ref, version=draft.version, at=at)


def test_a_past_period_cannot_be_declared(session, make, officer, at):
    draft = make.shortage(officer, ShortageState.DRAFT, valid_to=date(2026, 2, 1))
    with pytest.raises(InvalidError, match="shortage_period.past"):
        shortages.declare(session, officer, draft.ref, version=draft.version, at=at)


def test_another_ministry_does_not_even_see_it(session, make, officer, at):
    draft = make.shortage(officer, ShortageState.DRAFT)
    stranger = make.actor(DESTINATION, "CA", Role.SHORTAGE_OFFICER)
    with pytest.raises(NotFoundError):
        shortages.declare(session, stranger, draft.ref, version=draft.version, at=at)


def test_a_step_on_an_older_version_is_a_conflict(session, make, officer, at):
    draft = make.shortage(officer, ShortageState.DRAFT)
    with pytest.raises(ConflictError, match="stale"):
        shortages.declare(session, officer, draft.ref, version=draft.version + 1, at=at)


def test_suspending_and_resuming_keeps_the_log_true(session, make, officer, at):
    from mobility.models.accounts.organisations import Organisation
    from mobility.models.accounts.users import User
    from mobility.security import audit

    audit.record_many(session, officer, "organisation.create", Organisation, [officer.organisation_id], at=at)
    audit.record_many(session, officer, "user.create", User, [officer.user_id], at=at)
    shortage = make.shortage(officer, ShortageState.DRAFT)
    shortages.declare(session, officer, shortage.ref, version=shortage.version, at=at)
    shortages.suspend(session, officer, shortage.ref, Why(Cause.UNDER_REVIEW, "Flood"), version=shortage.version, at=at)
    with pytest.raises(TransitionError):
        shortages.declare(session, officer, shortage.ref, version=shortage.version, at=at)
    shortages.resume(session, officer, shortage.ref, version=shortage.version, at=at)

    assert shortage.state is ShortageState.DECLARED
    assert verify(session, None).faults == ()


def test_evidence_that_cannot_be_true_keeps_a_draft_from_being_stored(session, make, officer, at):
    make.occupation("9211")
    with pytest.raises(InvalidError, match="evidence.figure_implausible"):
        shortages.draft(session, officer, terms(evidence=[rate(figure=Decimal(750))]), at=at)
    assert session.scalars(sa.select(Shortage)).all() == []


def test_evidence_of_another_country_is_refused(session, make, officer, at):
    make.occupation("9211")
    with pytest.raises(InvalidError, match="shortage.region_abroad") as refused:
        shortages.draft(session, officer, terms(evidence=[rate(region="CA-ON")]), at=at)
    assert refused.value.field == "evidence_region"


def test_more_evidence_is_added_to_a_declaration_and_recorded(session, make, officer, at):
    shortage = make.shortage(officer)
    version = shortage.version

    shortages.add_evidence(session, officer, shortage.ref, rate(region="US-FL"), version=version, at=at)

    assert [piece.region for piece in shortage.evidence] == [None, "US-FL"]
    assert shortage.version > version
    assert session.scalars(sa.select(AuditEvent.action).order_by(AuditEvent.id)).all()[-1] == "shortage.add_evidence"


def test_an_expired_declaration_takes_no_evidence(session, make, officer, at):
    shortage = make.shortage(officer, ShortageState.EXPIRED)
    with pytest.raises(TransitionError):
        shortages.add_evidence(session, officer, shortage.ref, rate(), version=shortage.version, at=at)


def test_stale_evidence_alone_supports_no_declaration(session, make, officer, at):
    draft = make.shortage(officer, ShortageState.DRAFT)
    draft.evidence[0].observed_on = date(2022, 1, 1)
    session.flush()
    with pytest.raises(InvalidError, match="shortage_evidence.none"):
        shortages.declare(session, officer, draft.ref, version=draft.version, at=at)


def test_a_review_is_kept_with_its_reviewer_and_the_next_day(session, make, officer, at):
    shortage = make.shortage(officer)

    shortages.review(session, officer, shortage.ref, "Survey repeated", date(2026, 11, 1), version=1, at=at)

    review = shortages.get(session, officer, shortage.ref).reviews[0]
    assert (review.note, review.next_on, review.reviewer.id) == ("Survey repeated", date(2026, 11, 1), officer.user_id)
    with pytest.raises(ConflictError, match="stale"):
        shortages.review(session, officer, shortage.ref, "Again", date(2026, 11, 1), version=1, at=at)


@pytest.mark.parametrize("day", [date(2026, 5, 4), date(2027, 5, 5)])
def test_a_next_review_lies_within_a_year(session, make, officer, at, day):
    shortage = make.shortage(officer)
    with pytest.raises(InvalidError) as refused:
        shortages.review(session, officer, shortage.ref, "Note", day, version=shortage.version, at=at)
    assert refused.value.field == "next_on"


def test_a_draft_is_not_reviewed(session, make, officer, at):
    shortage = make.shortage(officer, ShortageState.DRAFT)
    with pytest.raises(TransitionError):
        shortages.review(session, officer, shortage.ref, "Note", date(2026, 11, 1), version=1, at=at)


def test_declarations_expire_by_date_and_drafts_and_running_ones_stay(session, make, officer, at):
    over = make.shortage(officer, valid_to=date(2026, 5, 3))
    frozen = make.shortage(officer, ShortageState.SUSPENDED, valid_to=date(2026, 5, 3))
    last_day = make.shortage(officer, valid_to=date(2026, 5, 4))
    draft = make.shortage(officer, ShortageState.DRAFT, valid_to=date(2026, 5, 3))

    assert new_day(shortages, session, at) == 2
    assert new_day(shortages, session, at) == 0

    assert [each.state for each in (over, frozen, last_day, draft)] == [
        ShortageState.EXPIRED,
        ShortageState.EXPIRED,
        ShortageState.DECLARED,
        ShortageState.DRAFT,
    ]


def test_whoever_declared_a_shortage_is_told_once_on_the_day_it_is_due_for_review(session, make, officer, at):
    shortage = make.shortage(officer, valid_to=date(2028, 5, 4), declared_at=at)
    due = shortages.next_review(shortages.get(session, officer, shortage.ref))
    days = (due - at.date()).days
    assert [new_day(shortages, session, at + timedelta(days=days + late)) for late in (-1, 0, 1, 30)] == [0, 1, 0, 0]
    notice = session.scalars(sa.select(Notice)).one()
    assert (notice.kind, notice.subject_ref, notice.organisation_id) == (
        NoticeKind.SHORTAGE_REVIEW_DUE,
        shortage.ref,
        officer.organisation_id,
    )
    later = at + timedelta(days=days + 31)
    piece = rate(observed_on=later.date())
    shortages.add_evidence(session, officer, shortage.ref, piece, version=shortage.version, at=later)
    shortages.review(
        session,
        officer,
        shortage.ref,
        "Still so",
        later.date() + timedelta(days=60),
        version=shortage.version,
        at=later,
    )
    assert [new_day(shortages, session, later + timedelta(days=ahead)) for ahead in (0, 59, 60, 61)] == [0, 0, 1, 0]
