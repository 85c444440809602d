"""Whom a change of rules affects: counted for all, listed for those who may see, and closed on the first day."""

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from mobility.errors import ForbiddenError
from mobility.models.notices import Notice
from mobility.models.proposals import MatchProposal
from mobility.rules.basics.findings import Verdict, worst
from mobility.rules.cases.notices import NoticeKind
from mobility.rules.cases.proposals import ProposalState
from mobility.rules.law.rulesets import evaluate, parse_rules
from mobility.services.match_runs import eligibility
from mobility.services.proposals import proposals
from mobility.services.schemes import rule_impact, schemes
from tests.days import new_day
from tests.factories.policy import AHEAD

#: The corridor's workers were born on 14 March 1994: 32 on the first day of work.
STRICT = {"min": 33}
THAT_DAY = datetime(2026, 7, 1, 6, 0, tzinfo=UTC)


@pytest.fixture
def corridor(session, make):
    made = make.corridor(workers=3, vacancies=2)
    made.workers[2].born_on = date(1980, 1, 1)
    session.flush()
    make.match(made)
    return made


def ask(session, actor, corridor, rules, at, first_day=AHEAD):
    scheme = schemes.get(session, actor, corridor.scheme.ref)
    return rule_impact.impact(session, actor, scheme, parse_rules(rules), first_day, at=at)


def open_proposals(session):
    return session.scalars(sa.select(MatchProposal).order_by(MatchProposal.id)).all()


def test_the_rules_of_today_affect_nobody(session, make, corridor, at):
    scheme = schemes.get(session, corridor.destination, corridor.scheme.ref)
    found = ask(session, corridor.origin, corridor, scheme.rule_sets[0].rules, at)
    assert (found.open, found.lost, found.gained, found.shown) == (len(open_proposals(session)), 0, 0, ())


def test_a_stricter_rule_names_whom_it_would_stop_and_by_which_rule(session, make, corridor, at):
    scheme = schemes.get(session, corridor.destination, corridor.scheme.ref)
    found = ask(session, corridor.origin, corridor, make.changed_rules(scheme, "age", **STRICT), at)

    young = [each for each in open_proposals(session) if each.worker_id != corridor.workers[2].id]
    assert found.lost == len(young) == found.rules["age"]
    assert {each.ref for each in found.shown} == {each.ref for each in young}
    assert {(each.before, each.after, each.rules) for each in found.shown} == {(Verdict.PASS, Verdict.FAIL, ("age",))}


def test_everybody_is_counted_and_only_what_the_actor_may_see_is_listed(session, make, corridor, at):
    scheme = schemes.get(session, corridor.destination, corridor.scheme.ref)
    rules = make.changed_rules(scheme, "age", **STRICT)
    first = next(each for each in open_proposals(session) if each.worker_id != corridor.workers[2].id)
    proposals.endorse(session, corridor.endorser, first.ref, version=first.version, at=at)

    found = ask(session, corridor.destination, corridor, rules, at)

    assert found.lost == ask(session, corridor.origin, corridor, rules, at).lost > 1
    assert [each.ref for each in found.shown] == [first.ref]


def test_the_whole_evaluation_is_that_of_each_person_alone(session, make, corridor, at):
    scheme = schemes.get(session, corridor.destination, corridor.scheme.ref)
    rules = parse_rules(make.changed_rules(scheme, "age", min=40))
    found = rule_impact.impact(session, corridor.origin, scheme, rules, AHEAD, at=at)
    stopped = set()
    for each in open_proposals(session):
        pair = (each.worker_id, each.vacancy_id)
        facts = eligibility.facts_of(session, [pair], on=at.date())[pair]
        if worst(evaluate(rules, facts, on=AHEAD)) is not Verdict.PASS:
            stopped.add(each.ref)
    assert {each.ref for each in found.shown} == stopped


def test_a_rule_that_nobody_met_before_lets_people_through(session, make, corridor, at):
    scheme = schemes.get(session, corridor.destination, corridor.scheme.ref)
    strict = make.changed_rules(scheme, "age", **STRICT)
    make.later_version(
        corridor.destination,
        corridor.scheme,
        strict,
        corridor.destination,
        corridor.origin,
        first_day=date(2026, 5, 20),
    )
    later = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
    found = ask(session, corridor.origin, corridor, scheme.rule_sets[0].rules, later)
    assert (found.lost, found.gained) == (0, len(found.shown))
    assert found.gained > 0


def test_a_waiver_counts(session, make, corridor, at):
    scheme = schemes.get(session, corridor.destination, corridor.scheme.ref)
    rules = [
        {**rule, "waiver": "origin_ministry"} if rule["id"] == "age" else rule
        for rule in make.changed_rules(scheme, "age", **STRICT)
    ]
    before = ask(session, corridor.origin, corridor, rules, at).lost
    first = next(each for each in open_proposals(session) if each.worker_id != corridor.workers[2].id)
    mine = [each for each in open_proposals(session) if each.worker_id == first.worker_id]
    make.waiver(corridor.endorser, first, rule="age")
    assert ask(session, corridor.origin, corridor, rules, at).lost == before - len(mine)


def test_strangers_ask_nothing(session, make, corridor, at):
    scheme = schemes.get(session, corridor.destination, corridor.scheme.ref)
    with pytest.raises(ForbiddenError):
        rule_impact.impact(session, make.scheme_officer("CA"), scheme, (), AHEAD, at=at)


class TestTheFirstDay:
    @pytest.fixture
    def signed(self, session, make, corridor, at):
        """Have both ministries sign stricter rules from July on, with one proposal approved before."""
        first, *_ = [each for each in open_proposals(session) if each.worker_id == corridor.workers[1].id]
        proposals.endorse(session, corridor.endorser, first.ref, version=first.version, at=at)
        proposals.approve(session, corridor.approver, first.ref, version=first.version, at=at)
        rules = make.changed_rules(schemes.get(session, corridor.destination, corridor.scheme.ref), "age", **STRICT)
        make.later_version(corridor.destination, corridor.scheme, rules, corridor.destination, corridor.origin)
        return first

    def test_before_it_nothing_is_closed(self, session, corridor, signed, at):
        assert new_day(rule_impact, session, at) == 0

    def test_on_it_undecided_proposals_that_are_stopped_are_closed_and_approved_ones_stand(
        self, session, corridor, signed
    ):
        waiting = [
            each
            for each in open_proposals(session)
            if each.id != signed.id and each.worker_id != corridor.workers[2].id
        ]
        assert new_day(rule_impact, session, THAT_DAY) == len(waiting) > 0
        assert {each.state for each in waiting} == {ProposalState.SUPERSEDED}
        assert signed.state is ProposalState.APPROVED
        mine = [each for each in open_proposals(session) if each.worker_id == corridor.workers[2].id]
        assert {each.state for each in mine} == {ProposalState.GENERATED}
        assert new_day(rule_impact, session, THAT_DAY) == 0

    def test_everybody_is_told(self, session, corridor, signed):
        count = new_day(rule_impact, session, THAT_DAY)
        told = session.scalars(sa.select(Notice).where(Notice.kind == NoticeKind.PROPOSALS_SUPERSEDED)).all()
        assert {each.organisation_id for each in told} == {
            corridor.destination.organisation_id,
            corridor.origin.organisation_id,
        }
        assert {each.params["count"] for each in told} == {count}
        workers = session.scalars(sa.select(Notice).where(Notice.kind == NoticeKind.WORKER_PROPOSAL_SUPERSEDED)).all()
        assert len(workers) == count

    def test_the_ministries_heard_of_it_when_it_was_signed(self, session, corridor, signed):
        told = session.scalars(sa.select(Notice).where(Notice.kind == NoticeKind.RULES_SIGNED)).all()
        assert corridor.post.organisation_id in {each.organisation_id for each in told}
        assert {each.params["day"] for each in told} == {"2026-07-01"}
