"""The next version of a scheme's rules: worked on, tried by worked examples, issued; signed versions never change."""

from datetime import date

import pytest
import sqlalchemy as sa

from mobility.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, TransitionError
from mobility.models.notices import Notice
from mobility.models.platform.audit import AuditEvent
from mobility.models.schemes.schemes import RuleDraft
from mobility.rules.cases.notices import NoticeKind
from mobility.rules.cases.schemes import SchemeState
from mobility.security.audit_verification import verify
from mobility.services.schemes import rule_drafts, schemes
from tests.factories.policy import AHEAD

WORDS = {"en": "At least 20.", "es": "Al menos 20.", "fr": "Au moins 20."}
RULE = {
    "id": "age",
    "operator": "range",
    "params": {"field": "worker.age", "min": 20},
    "severity": "block",
    "source": "Decree 7",
    "valid_from": AHEAD.isoformat(),
    "sentence": WORDS,
}
EXAMPLE = {"name": "A worker of 19", "on": AHEAD.isoformat(), "facts": {"worker.age": 19}, "expected": {"age": "fail"}}


@pytest.fixture
def scheme(make, officer, honduras):
    return make.scheme(officer, honduras)


def do(session, actor, scheme, name, *more, at, **options):
    """Do one step on the draft of a scheme as it stands now."""
    version = session.scalar(sa.select(type(scheme).version).where(type(scheme).ref == scheme.ref))
    return getattr(rule_drafts, name)(session, actor, scheme.ref, *more, version=version, at=at, **options)


def begun(session, officer, scheme, at, first_day=AHEAD):
    do(session, officer, scheme, "begin", first_day, at=at)
    return scheme


def now(session, officer, scheme):
    return rule_drafts.working(rule_drafts.get(session, officer, scheme.ref))


def test_without_a_draft_the_next_version_is_the_newest_one(session, officer, scheme):
    found = now(session, officer, scheme)
    assert found.draft is None
    assert [rule.id for rule in found.rules] == [rule["id"] for rule in scheme.rule_sets[0].rules]


def test_a_changed_rule_is_issued_as_a_new_version_and_the_signed_one_stays(session, officer, scheme, at):
    before = list(scheme.rule_sets[0].rules)
    begun(session, officer, scheme, at)
    do(session, officer, scheme, "put_rule", RULE, instead_of="age", at=at)

    made = do(session, officer, scheme, "issue", at=at)

    assert (made.number, made.valid_from) == (2, AHEAD)
    ages = [(rule["params"]["min"], rule["valid_from"], rule["valid_to"]) for rule in made.rules if rule["id"] == "age"]
    assert ages == [(18, ages[0][1], "2026-06-30"), (20, "2026-07-01", None)]
    assert schemes.get(session, officer, scheme.ref).rule_sets[0].rules == before
    assert session.scalars(sa.select(RuleDraft)).all() == []


def test_the_other_ministries_are_told_that_a_version_waits(session, officer, honduras, scheme, at):
    begun(session, officer, scheme, at)
    do(session, officer, scheme, "put_rule", RULE, instead_of="age", at=at)
    do(session, officer, scheme, "issue", at=at)
    told = session.execute(
        sa.select(Notice.organisation_id, Notice.params).where(Notice.kind == NoticeKind.RULES_TO_SIGN)
    ).all()
    assert told == [(honduras.organisation_id, {"number": 2})]


def test_a_rule_is_added_and_one_is_ended(session, officer, scheme, at):
    begun(session, officer, scheme, at)
    do(session, officer, scheme, "put_rule", {**RULE, "id": "adult"}, instead_of=None, at=at)
    do(session, officer, scheme, "end_rule", "document", date(2026, 9, 30), at=at)
    found = {rule.id: rule for rule in now(session, officer, scheme).rules}
    assert found["adult"].valid_from == AHEAD
    assert found["document"].valid_to == date(2026, 9, 30)


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"params": {"field": "worker.marital_status", "min": 1}}, "facts.discriminatory", "rule[0].params.field"),
        ({"params": {"field": "worker.agee", "min": 1}}, "facts.unknown", "rule[0].params.field"),
        ({"params": {"field": "worker.age", "min": 30, "max": 20}}, "rules.contradiction", "rule[0].params.min"),
        ({"sentence": {"en": "At least 20."}}, "rules.sentence_incomplete", "sentence_en"),
        ({"valid_from": "2026-06-30"}, "rules.starts_too_early", "valid_from"),
        ({"valid_to": "2026-06-30"}, "rules.dates_reversed", "rule[0].valid_to"),
        ({"id": "Age!"}, "rules.not_a_name", "rule[0].id"),
    ],
)
def test_a_rule_that_does_not_fit_is_refused_and_changes_nothing(session, officer, scheme, at, changes, code, field):
    begun(session, officer, scheme, at)
    before = now(session, officer, scheme).rules
    with pytest.raises(InvalidError) as refused:
        do(session, officer, scheme, "put_rule", {**RULE, **changes}, instead_of="age", at=at)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert now(session, officer, scheme).rules == before


def test_versions_of_a_rule_with_a_gap_are_refused(session, officer, scheme, at):
    begun(session, officer, scheme, at)
    do(session, officer, scheme, "end_rule", "age", date(2026, 9, 30), at=at)
    with pytest.raises(InvalidError, match=r"rules\.dates_gap"):
        do(session, officer, scheme, "put_rule", {**RULE, "valid_from": "2026-12-01"}, instead_of="age", at=at)


def test_a_rule_that_excludes_another_is_refused(session, officer, scheme, at):
    begun(session, officer, scheme, at)
    young = {**RULE, "id": "young", "params": {"field": "worker.age", "max": 17}}
    with pytest.raises(InvalidError, match=r"rules\.contradiction"):
        do(session, officer, scheme, "put_rule", young, instead_of=None, at=at)


def test_an_example_that_does_not_hold_keeps_a_version_from_being_issued(session, officer, scheme, at):
    begun(session, officer, scheme, at)
    do(session, officer, scheme, "put_example", EXAMPLE, instead_of=None, at=at)
    with pytest.raises(InvalidError) as refused:
        do(session, officer, scheme, "issue", at=at)
    assert (refused.value.code, refused.value.params["found"]) == ("examples.fails", "pass")
    assert len(schemes.get(session, officer, scheme.ref).rule_sets) == 1

    do(session, officer, scheme, "put_rule", RULE, instead_of="age", at=at)
    made = do(session, officer, scheme, "issue", at=at)
    assert [example["name"] for example in made.examples] == ["A worker of 19"]


def test_examples_are_changed_and_taken_out(session, officer, scheme, at):
    begun(session, officer, scheme, at)
    do(session, officer, scheme, "put_example", EXAMPLE, instead_of=None, at=at)
    with pytest.raises(InvalidError, match=r"examples\.name_taken"):
        do(session, officer, scheme, "put_example", EXAMPLE, instead_of=None, at=at)
    other = {**EXAMPLE, "name": "A worker of 17", "facts": {"worker.age": 17}}
    do(session, officer, scheme, "put_example", other, instead_of="A worker of 19", at=at)
    assert [example.name for example in now(session, officer, scheme).examples] == ["A worker of 17"]
    do(session, officer, scheme, "drop_example", "A worker of 17", at=at)
    assert now(session, officer, scheme).examples == ()


def test_an_example_asks_only_rules_that_are_there(session, officer, scheme, at):
    begun(session, officer, scheme, at)
    with pytest.raises(InvalidError, match=r"examples\.unknown_rule"):
        do(session, officer, scheme, "put_example", {**EXAMPLE, "expected": {"agee": "fail"}}, instead_of=None, at=at)


def test_a_scheme_that_nobody_has_seen_gets_its_first_rules_changed(session, make, officer, honduras, at):
    draft = make.scheme(officer, honduras, state=SchemeState.DRAFT)
    begun(session, officer, draft, at, first_day=date(2026, 1, 1))
    start = next(rule["valid_from"] for rule in draft.rule_sets[0].rules if rule["id"] == "age")
    do(session, officer, draft, "put_rule", {**RULE, "valid_from": start}, instead_of="age", at=at)

    made = do(session, officer, draft, "issue", at=at)

    assert made.number == 1
    assert [rule["params"]["min"] for rule in made.rules if rule["id"] == "age"] == [20]


def test_a_failing_example_keeps_a_scheme_from_being_submitted_and_signed(session, make, officer, honduras, at):
    draft = make.scheme(officer, honduras, state=SchemeState.DRAFT)
    draft.rule_sets[0].examples = [EXAMPLE]
    session.flush()
    with pytest.raises(InvalidError, match=r"examples\.fails"):
        schemes.submit(session, officer, draft.ref, version=draft.version, at=at)

    submitted = make.scheme(officer, make.scheme_officer("GT", origin=True), state=SchemeState.SUBMITTED)
    submitted.rule_sets[0].examples = [EXAMPLE]
    session.flush()
    with pytest.raises(InvalidError, match=r"examples\.fails"):
        schemes.sign(session, officer, submitted.ref, version=submitted.version, at=at)
    assert schemes.get(session, officer, submitted.ref).state is SchemeState.SUBMITTED


@pytest.mark.parametrize("state", [SchemeState.SUBMITTED, SchemeState.APPROVED_BY_DESTINATION, SchemeState.APPROVED])
def test_submitted_and_signed_rules_are_not_edited(session, make, officer, honduras, at, state):
    submitted = make.scheme(officer, honduras, state=state)
    with pytest.raises(TransitionError):
        begun(session, officer, submitted, at)


def test_a_next_version_begins_once_and_ahead(session, officer, scheme, at):
    with pytest.raises(InvalidError, match=r"scheme\.version_not_ahead"):
        begun(session, officer, scheme, at, first_day=at.date())
    begun(session, officer, scheme, at)
    with pytest.raises(ConflictError, match=r"rules\.draft_begun"):
        begun(session, officer, scheme, at)


def test_without_a_draft_nothing_is_changed(session, officer, scheme, at):
    with pytest.raises(ConflictError, match=r"rules\.no_draft"):
        do(session, officer, scheme, "put_rule", RULE, instead_of="age", at=at)


def test_two_officers_at_once_do_not_overwrite_each_other(session, officer, scheme, at):
    begun(session, officer, scheme, at)
    stale = scheme.version
    do(session, officer, scheme, "put_rule", RULE, instead_of="age", at=at)
    with pytest.raises(ConflictError, match="stale"):
        rule_drafts.put_rule(session, officer, scheme.ref, RULE, instead_of="age", version=stale, at=at)


def test_a_draft_that_is_put_away_leaves_what_is_signed(session, officer, scheme, at):
    begun(session, officer, scheme, at)
    do(session, officer, scheme, "put_rule", RULE, instead_of="age", at=at)
    do(session, officer, scheme, "discard", at=at)
    assert now(session, officer, scheme).draft is None
    assert session.scalars(sa.select(RuleDraft)).all() == []


def test_only_the_destinations_scheme_officer_works_on_rules(session, make, officer, honduras, scheme, at):
    with pytest.raises(ForbiddenError):
        begun(session, honduras, scheme, at)
    with pytest.raises(NotFoundError):
        begun(session, make.scheme_officer("CA"), scheme, at)


def test_every_step_is_recorded_and_the_log_stays_true(session, make, officer, scheme, at):
    begun(session, officer, scheme, at)
    do(session, officer, scheme, "put_rule", RULE, instead_of="age", at=at)
    do(session, officer, scheme, "put_example", EXAMPLE, instead_of=None, at=at)
    do(session, officer, scheme, "end_rule", "document", AHEAD, at=at)
    do(session, officer, scheme, "issue", at=at)
    recorded = sa.select(AuditEvent.action).where(AuditEvent.object_ref == scheme.ref).order_by(AuditEvent.id)
    assert session.scalars(recorded).all()[-5:] == [
        "rule_draft.begin",
        "rule_draft.change_rule",
        "rule_draft.put_example",
        "rule_draft.end_rule",
        "scheme.new_version",
    ]
    unrecorded = {fault.kind for fault in verify(session, None).faults if scheme.ref in str(fault)}
    assert unrecorded == set()
