"""Stored scorecards: the experts' comes first, others are checked, one is in force, what was scored keeps its own."""

import json

import pytest
import sqlalchemy as sa

from mobility.db import write_tx
from mobility.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from mobility.matching.core.canonical import canonical_hash
from mobility.matching.scoring.scorecard import expert_scorecard, scorecard_from
from mobility.models.match_runs import ScorecardUse, StoredScorecard
from mobility.models.platform.audit import AuditEvent
from mobility.queries.lists import match_run_lists
from mobility.queries.lists.match_run_lists import every_scorecard, newest_use
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.rules.cases.match_runs import ScorecardOrigin
from mobility.security.actors import SYSTEM
from mobility.security.audit_verification import verify
from mobility.services.match_runs import match_runs, scorecards, steps


def other(**changes):
    """Return another sound scorecard: fifty points from one feature to the next."""
    document = json.loads(json.dumps(expert_scorecard().document))
    document["features"][0]["weight"] -= 2900
    document["features"][3]["weight"] += 2900
    return scorecard_from({**document, "id": "learned-1", **changes})


def store(session, at, card=None, actor=SYSTEM):
    return scorecards.store(session, actor, (card or other()).text(), ScorecardOrigin.LEARNED, at=at)


def use(session, at, number, actor=SYSTEM, after=None):
    after = newest_use(session).number if after is None else after
    return scorecards.put_in_force(session, actor, number, after=after, at=at)


class TestTheFirst:
    def test_is_the_experts_as_the_program_ships_it(self, session):
        first = scorecards.in_force(session)
        assert (first.number, first.name, first.origin) == (1, "expert-1", ScorecardOrigin.EXPERTS)
        assert (first.digest, first.document) == (expert_scorecard().sha256, expert_scorecard().document)
        assert scorecards.read(first) == expert_scorecard()

    def test_is_no_fault_of_the_log_although_no_event_tells_of_it(self, session):
        assert verify(session, None).faults == ()


class TestStore:
    def test_takes_the_next_number_and_is_recorded(self, session, at):
        made = store(session, at)
        assert (made.number, made.name, made.origin, made.stored_by_id) == (
            2,
            "learned-1",
            ScorecardOrigin.LEARNED,
            None,
        )
        assert scorecards.read(made) == other()
        assert session.scalars(sa.select(AuditEvent.action)).all() == ["scorecard.store"]
        assert verify(session, None).faults == ()

    def test_does_not_put_it_in_force(self, session, at):
        store(session, at)
        assert scorecards.in_force(session).number == 1

    def test_is_refused_twice(self, session, at):
        store(session, at)
        with pytest.raises(InvalidError, match=r"scorecard\.stored .*number=2"):
            store(session, at)
        with pytest.raises(InvalidError, match=r"scorecard\.stored .*number=1"):
            store(session, at, expert_scorecard())

    def test_names_the_features_that_this_program_does_not_know(self, session, at):
        document = json.loads(json.dumps(expert_scorecard().document))
        document["features"][0]["name"] = "shoe_size"
        text = json.dumps({"scorecard": document, "sha256": canonical_hash(document)})
        with pytest.raises(InvalidError, match=r"scorecard\.unknown_features.*names=shoe_size"):
            scorecards.store(session, SYSTEM, text, ScorecardOrigin.LEARNED, at=at)

    def test_refuses_what_lacks_a_feature_was_altered_or_is_no_scorecard(self, session, at):
        card = expert_scorecard()
        lacking = {**card.document, "features": card.document["features"][1:]}
        texts = {
            "scorecard.features": json.dumps({"scorecard": lacking, "sha256": canonical_hash(lacking)}),
            "scorecard.altered": other().text().replace("learned-1", "learned-2"),
            "scorecard.malformed": "points",
        }
        for code, text in texts.items():
            with pytest.raises(InvalidError, match=code):
                scorecards.store(session, SYSTEM, text, ScorecardOrigin.LEARNED, at=at)
        assert [card.number for card in every_scorecard(session)] == [1]

    def test_only_the_operator_stores_or_puts_in_force(self, session, make, at):
        operator = make.actor(OrganisationKind.OPERATOR, "US", Role.OPERATOR)
        officer = make.scheme_officer("US")
        with pytest.raises(ForbiddenError):
            store(session, at, actor=officer)
        made = store(session, at, actor=operator)
        with pytest.raises(ForbiddenError):
            use(session, at, made.number, actor=officer)
        use(session, at, made.number, actor=operator)
        assert made.stored_by_id == newest_use(session).begun_by_id == operator.user_id


class TestInForce:
    def test_another_one_is_recorded_and_the_former_can_come_back(self, session, at):
        store(session, at)
        use(session, at, 2)
        assert scorecards.in_force(session).number == 2
        use(session, at, 1)
        assert scorecards.in_force(session).number == 1
        assert session.scalars(sa.select(ScorecardUse.number).order_by(ScorecardUse.id)).all() == [1, 2, 3]
        assert verify(session, None).faults == ()

    def test_one_that_is_not_there_or_in_force_already_is_refused(self, session, at):
        with pytest.raises(NotFoundError, match="scorecard 9"):
            use(session, at, 9)
        with pytest.raises(InvalidError, match=r"scorecard\.in_force"):
            use(session, at, 1)

    def test_of_two_at_once_the_first_wins(self, sessions, at):
        with write_tx(sessions) as session:
            store(session, at)
            store(session, at, other(id="learned-2"))
            seen = newest_use(session).number
        with write_tx(sessions) as session:
            use(session, at, 2, after=seen)
        with write_tx(sessions) as session, pytest.raises(ConflictError, match=r"scorecard\.meanwhile"):
            use(session, at, 3, after=seen)
        with sessions() as session:
            assert scorecards.in_force(session).number == 2

    def test_a_number_taken_in_another_transaction_is_a_conflict(self, session, at):
        made = store(session, at)
        card = ScorecardUse(number=2, scorecard_id=made.id, begun_at=at)
        with session.begin_nested():
            session.add(card)
        with pytest.raises(ConflictError, match=r"scorecard\.meanwhile"):
            scorecards._insert(session, ScorecardUse(number=2, scorecard_id=made.id, begun_at=at))

    def test_one_that_another_program_stored_is_refused_before_it_is_in_force(self, session, at):
        document = json.loads(json.dumps(expert_scorecard().document))
        document["features"][0]["name"] = "shoe_size"
        newer = {"name": "newer", "origin": ScorecardOrigin.LEARNED, "document": document, "stored_at": at}
        session.add(StoredScorecard(number=2, digest=canonical_hash(document), **newer))
        session.flush()
        with pytest.raises(InvalidError, match=r"scorecard\.unknown_features"):
            use(session, at, 2)
        assert scorecards.in_force(session).number == 1

    def test_one_whose_document_is_not_that_of_its_hash_is_not_read(self, session):
        stored = scorecards.in_force(session)
        forged = StoredScorecard(document=dict(other().document), digest=stored.digest)
        with pytest.raises(InvalidError, match=r"scorecard\.altered"):
            scorecards.read(forged)


@pytest.mark.parametrize("statement", ["UPDATE scorecard SET name = 'x'", "DELETE FROM scorecard_use"])
def test_what_is_stored_is_never_changed_or_deleted(session, statement):
    with pytest.raises(sa.exc.DatabaseError, match="append-only"), session.begin_nested():
        session.execute(sa.text(statement))


class TestRuns:
    def test_a_run_is_scored_and_explained_by_what_was_in_force_when_it_began(self, session, make, at):
        corridor = make.corridor()
        before = match_runs.start(session, corridor.destination, corridor.scheme.ref, at=at, seed=7)
        store(session, at)
        use(session, at, 2)
        for number in match_runs.missing_chunks(session, before.ref):
            match_runs.run_chunk(session, before.ref, number, at=at)
        match_runs.finish(session, before.ref, at=at)
        after = make.match(corridor)

        assert steps.brief(session, before.ref).terms.scorecard == expert_scorecard()
        assert steps.brief(session, after.ref).terms.scorecard == other()
        for run, card in ((before, expert_scorecard()), (after, other())):
            (first, *_) = make.proposals(run)
            assert run.scorecard_digest == card.sha256
            told = {part["feature"]: part["full"] for part in first.contributions}
            assert [told[weight.feature] for weight in card.weights] == [weight.points for weight in card.weights]
        assert before.digest != after.digest
        make.record_people()
        assert verify(session, None).faults == ()

    def test_a_run_names_no_scorecard_that_is_not_stored(self, session, make, at):
        corridor = make.corridor()
        run = match_runs.start(session, corridor.destination, corridor.scheme.ref, at=at)
        with pytest.raises(sa.exc.IntegrityError), session.begin_nested():
            session.execute(sa.text("UPDATE match_run SET scorecard_digest = 'x'"))
        assert run.scorecard_digest == expert_scorecard().sha256


def test_who_reads_runs_sees_the_scorecards(session, make, at):
    store(session, at)
    officer, employer = make.scheme_officer("US"), make.actor(OrganisationKind.EMPLOYER, "US", Role.RECRUITER)
    assert [card.number for card in match_run_lists.scorecards(session, officer)] == [2, 1]
    assert match_run_lists.scorecards(session, employer) == []
    card = scorecards.in_force(session)
    assert scorecards.get(session, officer, card.ref) is card
    with pytest.raises(NotFoundError):
        scorecards.get(session, employer, card.ref)
