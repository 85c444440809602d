"""Schemes: who drafts, who signs, when the state moves, and which rules are in force on a day."""

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from mobility.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, TransitionError
from mobility.models.accounts.organisations import Organisation
from mobility.models.accounts.users import User
from mobility.models.notices import Notice
from mobility.models.platform.audit import AuditEvent
from mobility.models.proposals import ProposalEnding
from mobility.models.schemes.quotas import Quota
from mobility.models.schemes.schemes import RuleSet, Signature
from mobility.models.vacancies import Vacancy
from mobility.queries.lists import scheme_lists
from mobility.rules.basics.causes import Cause, Why
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.rules.cases.agreements import Side
from mobility.rules.cases.notices import NoticeKind
from mobility.rules.cases.proposals import EndReason, ProposalState
from mobility.rules.cases.schemes import SchemeEvent, SchemeKind, SchemeState
from mobility.rules.cases.vacancies import VacancyState
from mobility.rules.law.rulesets import parse_rules, write_rules
from mobility.rules.quotas.counters import QuotaDimension
from mobility.rules.quotas.places import quotas_of
from mobility.security import audit
from mobility.security.audit_verification import verify
from mobility.services.match_runs import match_runs
from mobility.services.schemes import entries, rule_versions, schemes
from mobility.services.schemes.entries import QuotaTerms
from tests.factories.schemes import example

LATER = datetime(2026, 6, 1, 12, tzinfo=UTC)
S = SchemeState


@pytest.fixture
def guatemala(make):
    return make.scheme_officer("GT", origin=True)


CAUSES = {"suspend": Cause.RIGHTS_AT_RISK, "close": Cause.REPLACED}


def step(session, actor, scheme, name, *more, at, **given):
    """Do one step on the scheme as it stands now; what is said of suspending and closing is a note on the cause."""
    home = rule_versions if name == "new_version" else schemes
    said = [Why(CAUSES[name], note) for note in more] if name in CAUSES else more
    return getattr(home, name)(session, actor, scheme.ref, *said, version=scheme.version, at=at, **given)


def other_rules(limit=20):
    rules = write_rules(example().rules)
    return [{**rule, "params": {**rule["params"], "min": limit}} if rule["id"] == "age" else rule for rule in rules]


# --- drafting


def test_a_draft_keeps_terms_rules_and_quotas(session, make, officer, honduras, at):
    pact = make.agreement(officer, honduras)

    scheme = schemes.draft(session, officer, make.scheme_terms(pact), at=at)

    quota = session.scalars(sa.select(Quota)).one()
    assert (scheme.state, scheme.kind, scheme.country, scheme.max_stay_months) == (
        S.DRAFT,
        SchemeKind.SEASONAL,
        "US",
        36,
    )
    assert (quota.scheme_id, quota.cap, quota.committed) == (scheme.id, 100, 0)
    assert parse_rules(scheme.rule_sets[0].rules) == example().rules
    assert scheme.rule_sets[0].digest == schemes.digest_of(write_rules(example().rules))


def test_a_draft_is_recorded_with_its_rules_and_quotas(session, make, officer, honduras, at):
    scheme = make.scheme(officer, honduras, state=S.DRAFT)

    body = session.scalars(sa.select(AuditEvent.body).where(AuditEvent.action == "scheme.draft")).one()

    quota = session.scalars(sa.select(Quota)).one()
    for name in (f"scheme:{scheme.ref}", f"rule_set:{scheme.rule_sets[0].ref}", f"quota:{quota.ref}"):
        assert name in body
    assert scheme.rule_sets[0].digest in body


def test_equal_rules_have_one_digest_however_they_are_typed(at):
    rules = write_rules(example().rules)
    turned = [dict(reversed(rule.items())) for rule in rules]
    assert schemes.digest_of(rules) == schemes.digest_of(turned)
    assert schemes.digest_of(rules) != schemes.digest_of(other_rules())


def test_the_examples_quotas_come_with_a_floor_as_what_it_leaves_to_others():
    whole, floor = entries.quotas_of_example(example())
    assert (whole.dimension, whole.cap) == (QuotaDimension.TOTAL, 5000)
    assert (floor.dimension, floor.value, floor.cap) == (QuotaDimension.SEX_FLOOR, "female", 4500)


@pytest.mark.parametrize("code", ["ca_sawp_like", "disaster_response", "es_gecco_like", "us_h2b_like"])
def test_every_example_can_be_drafted_with_its_own_quotas(session, make, at, code):
    found = example(code)
    officer = make.scheme_officer(found.destination)
    pacts = [make.agreement(officer, make.scheme_officer(origin, origin=True)) for origin in found.origins]
    terms = entries.terms_of_example(found, [pact.ref for pact in pacts], date(2026, 1, 1))

    scheme = schemes.draft(session, officer, terms, at=at)

    assert len(scheme.agreements) == len(found.origins)
    followed = quotas_of(found.places) if found.places else ()
    assert len(session.scalars(sa.select(Quota.id)).all()) == len(found.quotas) + len(followed)


YEAR = (date(2026, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"agreements": ()}, "scheme.no_agreement", "agreements"),
        ({"agreements": ("A-0000-0000-0",)}, "scheme.unknown_agreement", "agreements"),
        ({"max_stay_months": 0}, "scheme.stay_out_of_range", "max_stay_months"),
        ({"max_stay_months": 121}, "scheme.stay_out_of_range", "max_stay_months"),
        ({"rules": []}, "scheme_rule_set.none", "rules"),
        ({"rules": "[]"}, "rules.not_a_list", "rules"),
        ({"rules": [{"id": "age", "operator": "older_than"}]}, "rules.required", "rules[0].valid_from"),
        ({"quotas": [QuotaTerms(YEAR[1], YEAR[0], 10)]}, "period_reversed", "period_to"),
        ({"quotas": [QuotaTerms(*YEAR, -1)]}, "quota.negative_cap", "cap"),
        ({"quotas": [QuotaTerms(*YEAR, 1), QuotaTerms(*YEAR, 2)]}, "quota.twice", "cap"),
        ({"quotas": [QuotaTerms(*YEAR, 1, QuotaDimension.ORIGIN, "MX")]}, "quota.origin_outside", "cap"),
    ],
)
def test_a_draft_that_does_not_fit_is_refused_at_its_field(session, make, officer, honduras, at, changes, code, field):
    terms = make.scheme_terms(make.agreement(officer, honduras), **changes)
    with pytest.raises(InvalidError) as refused:
        schemes.draft(session, officer, terms, at=at)
    assert (refused.value.code, refused.value.field) == (code, field)


def test_discriminatory_rules_are_refused_with_the_reason(session, make, officer, honduras, at):
    rule = {**other_rules()[0], "params": {"field": "worker.marital_status", "values": ["single"]}}
    terms = make.scheme_terms(make.agreement(officer, honduras), rules=[rule])
    with pytest.raises(InvalidError, match=r"facts.discriminatory.*discrimination.marital_status"):
        schemes.draft(session, officer, terms, at=at)


def test_two_agreements_with_one_origin_are_refused(session, make, officer, honduras, at):
    pacts = [make.agreement(officer, honduras) for _ in range(2)]
    with pytest.raises(InvalidError, match=r"scheme.origin_twice"):
        schemes.draft(session, officer, make.scheme_terms(*pacts), at=at)


def test_an_agreement_of_another_destination_is_unknown(session, make, officer, honduras, at):
    pact = make.agreement(make.scheme_officer("CA"), honduras)
    with pytest.raises(InvalidError, match=r"scheme.unknown_agreement"):
        schemes.draft(session, officer, make.scheme_terms(pact), at=at)


@pytest.mark.parametrize(
    ("kind", "role"),
    [
        (OrganisationKind.DESTINATION_MINISTRY, Role.REVIEWER),
        (OrganisationKind.ORIGIN_MINISTRY, Role.SCHEME_OFFICER),
        (OrganisationKind.EMPLOYER, Role.EMPLOYER_ADMINISTRATOR),
    ],
)
def test_only_a_scheme_officer_of_a_destination_drafts(session, make, officer, honduras, at, kind, role):
    terms = make.scheme_terms(make.agreement(officer, honduras))
    with pytest.raises(ForbiddenError):
        schemes.draft(session, make.actor(kind, "US", role), terms, at=at)


# --- submitting


def test_origins_see_a_scheme_once_it_is_submitted(session, make, officer, honduras, at):
    scheme = make.scheme(officer, honduras, state=S.DRAFT)
    with pytest.raises(NotFoundError):
        schemes.get(session, honduras, scheme.ref)

    step(session, officer, scheme, "submit", at=at)

    assert schemes.get(session, honduras, scheme.ref).state is S.SUBMITTED


def test_submitting_needs_a_quota(session, make, officer, honduras, at):
    scheme = make.scheme(officer, honduras, state=S.DRAFT, quotas=())
    with pytest.raises(InvalidError, match=r"scheme_quota.none"):
        step(session, officer, scheme, "submit", at=at)


def test_submitting_needs_an_agreement_in_force(session, make, officer, honduras, at):
    over = make.agreement(officer, honduras, valid_to=date(2026, 1, 31))
    scheme = schemes.draft(session, officer, make.scheme_terms(over), at=at)
    with pytest.raises(InvalidError, match=r"scheme_agreement.none_in_force"):
        step(session, officer, scheme, "submit", at=at)


def test_a_submitted_scheme_is_not_submitted_again(session, make, officer, honduras, at):
    scheme = make.scheme(officer, honduras, state=S.SUBMITTED)
    with pytest.raises(TransitionError):
        step(session, officer, scheme, "submit", at=at)


@pytest.mark.parametrize("name", ["submit", "sign", "activate", "resume"])
def test_a_step_on_another_version_is_a_conflict(session, make, officer, honduras, at, name):
    scheme = make.scheme(officer, honduras, state=S.DRAFT)
    with pytest.raises(ConflictError, match="stale"):
        getattr(schemes, name)(session, officer, scheme.ref, version=scheme.version + 1, at=at)


# --- signing


def test_destination_then_origin_approve(session, make, officer, honduras, at):
    scheme = make.scheme(officer, honduras, state=S.SUBMITTED)
    assert step(session, officer, scheme, "sign", at=at).state is S.APPROVED_BY_DESTINATION
    assert step(session, honduras, scheme, "sign", at=at).state is S.APPROVED


def test_origin_then_destination_approve(session, make, officer, honduras, at):
    scheme = make.scheme(officer, honduras, state=S.SUBMITTED)
    assert step(session, honduras, scheme, "sign", at=at).state is S.APPROVED_BY_ORIGIN
    assert step(session, officer, scheme, "sign", at=at).state is S.APPROVED


def test_all_origins_must_sign_before_the_state_moves(session, make, officer, honduras, guatemala, at):
    scheme = make.scheme(officer, honduras, guatemala, state=S.SUBMITTED)

    one = step(session, honduras, scheme, "sign", at=at)
    assert one.state is S.SUBMITTED
    assert [each.country for each in scheme_lists.unsigned(one, one.rule_sets[0])] == ["US", "GT"]
    assert step(session, guatemala, scheme, "sign", at=at).state is S.APPROVED_BY_ORIGIN
    assert step(session, officer, scheme, "sign", at=at).state is S.APPROVED


def test_a_signature_says_who_for_whom_and_when(session, make, officer, honduras, at):
    scheme = make.scheme(officer, honduras, state=S.APPROVED)
    given = [(each.side, each.organisation_id, each.user_id, each.signed_at) for each in scheme.rule_sets[0].signatures]
    assert given == [
        (Side.DESTINATION, officer.organisation_id, officer.user_id, at),
        (Side.ORIGIN, honduras.organisation_id, honduras.user_id, at),
    ]


def test_a_ministry_signs_once_even_by_another_officer(session, make, officer, honduras, at):
    scheme = make.scheme(officer, honduras, state=S.APPROVED_BY_DESTINATION)
    colleague = make.scheme_officer(of=session.get_one(Organisation, officer.organisation_id))
    for signer in (officer, colleague):
        with pytest.raises(ConflictError, match=r"scheme.already_signed"):
            step(session, signer, scheme, "sign", at=at)
    assert len(session.scalars(sa.select(Signature.id)).all()) == 1


def test_one_person_signs_for_one_ministry_only(session, make, officer, honduras, at):
    from dataclasses import replace

    scheme = make.scheme(officer, honduras, state=S.APPROVED_BY_DESTINATION)
    moved = replace(honduras, user_id=officer.user_id)
    with pytest.raises(ForbiddenError, match=r"scheme.signs_for_both"):
        step(session, moved, scheme, "sign", at=at)


def test_a_draft_is_not_signed(session, make, officer, honduras, at):
    scheme = make.scheme(officer, honduras, state=S.DRAFT)
    with pytest.raises(TransitionError):
        step(session, officer, scheme, "sign", at=at)


def test_a_ministry_that_takes_no_part_does_not_see_the_scheme(session, make, officer, honduras, guatemala, at):
    scheme = make.scheme(officer, honduras, state=S.SUBMITTED)
    for stranger in (guatemala, make.scheme_officer("CA")):
        with pytest.raises(NotFoundError):
            step(session, stranger, scheme, "sign", at=at)


def test_only_scheme_officers_sign(session, make, officer, honduras, at):
    scheme = make.scheme(officer, honduras, state=S.SUBMITTED)
    for home in (officer, honduras):
        organisation = session.get_one(Organisation, home.organisation_id)
        reviewer = make.actor(home.kind, home.country, Role.REVIEWER, of=organisation)
        with pytest.raises(ForbiddenError):
            step(session, reviewer, scheme, "sign", at=at)


# --- running


def test_a_scheme_runs_once_all_have_signed(session, make, officer, honduras, at):
    scheme = make.scheme(officer, honduras, state=S.APPROVED)
    assert step(session, officer, scheme, "activate", at=at).state is S.ACTIVE


def test_a_scheme_does_not_run_before_its_rules(session, make, officer, honduras, at):
    scheme = make.scheme(officer, honduras, state=S.APPROVED, rules_from=date(2026, 5, 5))
    with pytest.raises(InvalidError, match=r"scheme_rule_set.not_yet_valid"):
        step(session, officer, scheme, "activate", at=at)
    assert step(session, officer, scheme, "activate", at=LATER).state is S.ACTIVE


def test_a_scheme_that_one_side_approved_does_not_run(session, make, officer, honduras, at):
    scheme = make.scheme(officer, honduras, state=S.APPROVED_BY_DESTINATION)
    with pytest.raises(TransitionError):
        step(session, officer, scheme, "activate", at=at)


def test_origins_do_not_run_it(session, make, officer, honduras, at):
    scheme = make.scheme(officer, honduras, state=S.APPROVED)
    with pytest.raises(ForbiddenError):
        step(session, honduras, scheme, "activate", at=at)


def test_suspending_keeps_the_reason_until_it_is_resumed(session, make, officer, honduras, at):
    scheme = make.scheme(officer, honduras)

    step(session, officer, scheme, "suspend", "Wages unpaid", at=at)
    assert (scheme.state, scheme.suspension_reason) == (S.SUSPENDED, "Wages unpaid")
    step(session, officer, scheme, "resume", at=LATER)
    assert (scheme.state, scheme.suspension_reason) == (S.ACTIVE, None)


# --- closing


def test_a_scheme_in_which_nothing_is_under_way_closes_for_good(session, make, officer, honduras, at):
    scheme = make.scheme(officer, honduras)

    step(session, officer, scheme, "close", " The agreement ended ", at=at)

    assert (scheme.state, scheme.suspension_reason) == (S.CLOSED, "The agreement ended")
    for name in ("suspend", "resume", "close"):
        more = () if name == "resume" else ("again",)
        with pytest.raises(TransitionError):
            step(session, officer, scheme, name, *more, at=at)


def test_a_suspended_scheme_closes_too(session, make, officer, honduras, at):
    scheme = make.scheme(officer, honduras, state=S.SUSPENDED)
    assert step(session, officer, scheme, "close", "Over", at=at).state is S.CLOSED


@pytest.mark.parametrize("state", [S.DRAFT, S.SUBMITTED, S.APPROVED])
def test_what_never_ran_does_not_close(session, make, officer, honduras, at, state):
    scheme = make.scheme(officer, honduras, state=state)
    with pytest.raises(TransitionError):
        step(session, officer, scheme, "close", "Over", at=at)


def test_closing_needs_a_reason_and_the_ministry_that_runs_it(session, make, officer, honduras, at):
    scheme = make.scheme(officer, honduras)
    with pytest.raises(InvalidError, match=r"reason\.missing"):
        step(session, officer, scheme, "close", "  ", at=at)
    with pytest.raises(ForbiddenError):
        step(session, honduras, scheme, "close", "Over", at=at)
    assert scheme.state is S.ACTIVE


def test_closing_ends_proposals_revokes_vacancies_and_tells_everybody(session, make, at):
    corridor = make.corridor(workers=3, vacancies=2)
    found = make.proposals(make.match(corridor))
    scheme = schemes.get(session, corridor.destination, corridor.scheme.ref)

    touched = schemes.touched_by(session, corridor.destination, scheme, SchemeEvent.CLOSE)
    assert (touched.waiting, touched.approved, touched.vacancies) == (len(found), 0, 2)
    step(session, corridor.destination, scheme, "close", "Over", at=at, seen=touched.mark)

    assert {each.state for each in found} == {ProposalState.SUPERSEDED}
    ended = session.scalars(sa.select(ProposalEnding)).all()
    assert {(each.reason, each.cause) for each in ended} == {(EndReason.SCHEME_CLOSED, Cause.REPLACED)}
    assert {(each.state, each.cause) for each in session.scalars(sa.select(Vacancy))} == {
        (VacancyState.REVOKED, Cause.SCHEME_CLOSED)
    }
    kinds = set(session.scalars(sa.select(Notice.kind)))
    assert kinds >= {NoticeKind.SCHEME_CLOSED, NoticeKind.VACANCY_REVOKED, NoticeKind.WORKER_PROPOSAL_ENDED}


def test_closing_is_refused_if_what_it_touches_changed_since_it_was_shown(session, make, at):
    corridor = make.corridor(workers=2, vacancies=1)
    scheme = schemes.get(session, corridor.destination, corridor.scheme.ref)
    shown = schemes.touched_by(session, corridor.destination, scheme, SchemeEvent.CLOSE)
    make.proposals(make.match(corridor))

    with pytest.raises(ConflictError, match=r"ending\.changed"):
        step(session, corridor.destination, scheme, "close", "Over", at=at, seen=shown.mark)


def test_a_queued_match_run_keeps_a_scheme_open(session, make, at):
    corridor = make.corridor(workers=1, vacancies=1)
    scheme = schemes.get(session, corridor.destination, corridor.scheme.ref)
    match_runs.start(session, corridor.destination, scheme.ref, at=at)
    corridor.vacancies[0].state = VacancyState.WITHDRAWN
    with pytest.raises(InvalidError, match=r"scheme_match_runs\.open"):
        step(session, corridor.destination, scheme, "close", "Over", at=at)


def test_another_schemes_business_keeps_nobody_from_closing(session, make, officer, honduras, at):
    make.match(make.corridor(workers=2, vacancies=1))
    scheme = make.scheme(officer, honduras)
    assert step(session, officer, scheme, "close", "Over", at=at).state is S.CLOSED


# --- later versions


def test_a_later_version_ends_the_one_before_once_all_signed(session, make, officer, honduras, at):
    scheme = make.scheme(officer, honduras)

    step(session, officer, scheme, "new_version", other_rules(), date(2026, 7, 1), at=at)
    step(session, officer, scheme, "sign", at=at)
    assert scheme.rule_sets[0].valid_to is None
    assert schemes.rule_set_in_force(session, scheme, date(2026, 7, 1)).number == 1
    signed = step(session, honduras, scheme, "sign", at=at)

    assert signed.state is S.ACTIVE
    assert [(each.number, each.valid_from, each.valid_to) for each in signed.rule_sets] == [
        (1, date(2026, 1, 1), date(2026, 6, 30)),
        (2, date(2026, 7, 1), None),
    ]
    assert schemes.rule_set_in_force(session, scheme, date(2026, 6, 30)).number == 1
    assert schemes.rule_set_in_force(session, scheme, date(2026, 7, 1)).number == 2


def test_no_rules_are_in_force_before_the_first_day_or_unsigned(session, make, officer, honduras, at):
    scheme = make.scheme(officer, honduras, state=S.APPROVED)
    draft = make.scheme(officer, make.scheme_officer("GT", origin=True), state=S.APPROVED_BY_DESTINATION)
    with pytest.raises(InvalidError, match=r"scheme.no_rules_in_force \(day=2025-12-31\)"):
        schemes.rule_set_in_force(session, scheme, date(2025, 12, 31))
    with pytest.raises(InvalidError, match=r"scheme.no_rules_in_force"):
        schemes.rule_set_in_force(session, draft, date(2026, 2, 1))


def test_a_version_waits_for_the_one_before(session, make, officer, honduras, at):
    scheme = make.scheme(officer, honduras)
    step(session, officer, scheme, "new_version", other_rules(), date(2026, 7, 1), at=at)
    with pytest.raises(ConflictError, match=r"scheme.version_pending"):
        step(session, officer, scheme, "new_version", other_rules(21), date(2026, 8, 1), at=at)


def test_a_version_that_was_not_signed_in_time_is_replaced(session, make, officer, honduras, at):
    scheme = make.scheme(officer, honduras)
    step(session, officer, scheme, "new_version", other_rules(), date(2026, 5, 20), at=at)

    with pytest.raises(InvalidError, match=r"scheme.version_overdue"):
        step(session, honduras, scheme, "sign", at=LATER)
    step(session, officer, scheme, "new_version", other_rules(21), date(2026, 7, 1), at=LATER)
    step(session, officer, scheme, "sign", at=LATER)
    step(session, honduras, scheme, "sign", at=LATER)

    assert schemes.rule_set_in_force(session, scheme, date(2026, 6, 30)).number == 1
    assert schemes.rule_set_in_force(session, scheme, date(2026, 7, 1)).number == 3


@pytest.mark.parametrize(
    ("rules", "first_day", "code"),
    [
        (other_rules(), date(2026, 5, 4), "scheme.version_not_ahead"),
        (write_rules(example().rules), date(2026, 7, 1), "scheme.version_unchanged"),
        ([], date(2026, 7, 1), "scheme_rule_set.none"),
    ],
)
def test_a_version_that_does_not_fit_is_refused(session, make, officer, honduras, at, rules, first_day, code):
    scheme = make.scheme(officer, honduras)
    with pytest.raises(InvalidError, match=code):
        step(session, officer, scheme, "new_version", rules, first_day, at=at)


def test_a_draft_has_no_later_version(session, make, officer, honduras, at):
    scheme = make.scheme(officer, honduras, state=S.APPROVED)
    with pytest.raises(TransitionError):
        step(session, officer, scheme, "new_version", other_rules(), date(2026, 7, 1), at=at)


def test_resuming_under_a_later_version_asks_for_the_one_in_force(session, make, officer, honduras, at):
    scheme = make.scheme(officer, honduras)
    step(session, officer, scheme, "new_version", other_rules(), date(2026, 5, 20), at=at)
    step(session, officer, scheme, "sign", at=at)
    step(session, honduras, scheme, "sign", at=at)
    step(session, officer, scheme, "suspend", "Flood", at=at)

    step(session, officer, scheme, "resume", at=LATER)

    facts = session.scalars(sa.select(AuditEvent.body).where(AuditEvent.action == "scheme.resume")).one()
    assert scheme.rule_sets[1].digest in facts


def test_the_log_is_true_after_every_step(session, make, officer, honduras, guatemala, at):
    scheme = make.scheme(officer, honduras, guatemala)
    step(session, officer, scheme, "new_version", other_rules(), date(2026, 5, 20), at=at)
    for signer in (officer, honduras, guatemala):
        step(session, signer, scheme, "sign", at=at)
    step(session, officer, scheme, "suspend", "Flood", at=at)
    step(session, officer, scheme, "resume", at=LATER)
    for model in (Organisation, User):
        ids = session.scalars(sa.select(model.id)).all()
        audit.record_many(session, officer, "test.made", model, ids, at=at)

    assert verify(session, None).faults == ()
    assert len(session.scalars(sa.select(RuleSet.id)).all()) == 2


def test_the_list_is_the_actors_own(session, make, officer, honduras, guatemala, at):
    mine = make.scheme(officer, honduras, state=S.DRAFT)
    make.scheme(make.scheme_officer("CA"), honduras, state=S.SUBMITTED)

    assert [each.ref for each in scheme_lists.listed(session, officer).rows] == [mine.ref]
    assert scheme_lists.listed(session, officer, state=S.ACTIVE).total == 0
    assert scheme_lists.listed(session, honduras).total == 1
    assert scheme_lists.listed(session, guatemala).total == 0


def test_agreements_to_choose_from_are_those_in_force(session, make, officer, honduras, guatemala):
    held = make.agreement(officer, honduras)
    make.agreement(officer, guatemala, valid_to=date(2026, 1, 31))
    make.agreement(make.scheme_officer("CA"), honduras)
    assert scheme_lists.agreements_in_force(session, officer, date(2026, 5, 4)) == [held]
