"""Suggestions: an officer makes a draft, or sets one aside; a suggestion never becomes a declaration by itself."""

from datetime import date

import pytest
import sqlalchemy as sa

from mobility.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, TransitionError
from mobility.models.platform.audit import AuditEvent
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.rules.cases.publications import SuggestionState
from mobility.rules.cases.shortages import ShortageState
from mobility.services.shortages import suggestions
from tests.services.shortages.test_shortages import terms

DESTINATION = OrganisationKind.DESTINATION_MINISTRY


@pytest.fixture
def officer(make):
    return make.actor(DESTINATION, "US", Role.SHORTAGE_OFFICER)


def test_a_draft_of_a_suggestion_is_a_draft_and_both_know_each_other(session, make, officer, at):
    suggestion = make.suggestion(officer)

    made = suggestions.draft(session, officer, suggestion.ref, terms(), version=suggestion.version, at=at)

    assert made.state is ShortageState.DRAFT
    assert (suggestion.state, suggestion.shortage_id) == (SuggestionState.DRAFTED, made.id)
    assert session.scalars(sa.select(AuditEvent.action).order_by(AuditEvent.id)).all()[-2:] == [
        "shortage.draft",
        "shortage_suggestion.draft",
    ]


def test_a_suggestion_is_used_once(session, make, officer, at):
    suggestion = make.suggestion(officer)
    suggestions.draft(session, officer, suggestion.ref, terms(), version=suggestion.version, at=at)
    with pytest.raises(TransitionError):
        suggestions.draft(session, officer, suggestion.ref, terms(), version=suggestion.version, at=at)


def test_a_draft_that_does_not_fit_leaves_the_suggestion_open(session, make, officer, at):
    suggestion = make.suggestion(officer)
    with pytest.raises(InvalidError):
        suggestions.draft(
            session, officer, suggestion.ref, terms(valid_to=date(2020, 1, 1)), version=suggestion.version, at=at
        )
    assert (suggestion.state, suggestion.shortage_id) == (SuggestionState.OPEN, None)


def test_what_is_set_aside_keeps_its_reason_until_it_is_taken_up_again(session, make, officer, at):
    suggestion = make.suggestion(officer)

    suggestions.set_aside(session, officer, suggestion.ref, "Covered at home", version=suggestion.version, at=at)
    assert (suggestion.state, suggestion.reason) == (SuggestionState.SET_ASIDE, "Covered at home")
    with pytest.raises(TransitionError):
        suggestions.draft(session, officer, suggestion.ref, terms(), version=suggestion.version, at=at)
    suggestions.reopen(session, officer, suggestion.ref, version=suggestion.version, at=at)

    assert (suggestion.state, suggestion.reason) == (SuggestionState.OPEN, None)


def test_somebody_elses_page_is_a_conflict(session, make, officer, at):
    suggestion = make.suggestion(officer)
    with pytest.raises(ConflictError, match="stale"):
        suggestions.set_aside(session, officer, suggestion.ref, "No", version=suggestion.version + 1, at=at)


def test_strangers_see_nothing_and_colleagues_of_another_role_change_nothing(session, make, officer, at):
    from mobility.models.accounts.organisations import Organisation

    suggestion = make.suggestion(officer)
    home = session.get_one(Organisation, officer.organisation_id)
    colleague = make.actor(DESTINATION, "US", Role.REVIEWER, of=home)
    assert suggestions.get(session, colleague, suggestion.ref).ref == suggestion.ref
    with pytest.raises(ForbiddenError):
        suggestions.set_aside(session, colleague, suggestion.ref, "No", version=suggestion.version, at=at)
    with pytest.raises(NotFoundError):
        suggestions.get(session, make.actor(DESTINATION, "CA", Role.SHORTAGE_OFFICER), suggestion.ref)
