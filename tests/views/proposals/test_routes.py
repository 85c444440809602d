"""Pages of proposals: the queue, the case page, the decision."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from mobility.clock import now
from mobility.db import write_tx
from mobility.models.accounts.sessions import UserSession
from mobility.models.accounts.users import User
from mobility.models.proposals import Decision, MatchProposal
from mobility.models.workers.papers import Check
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.rules.cases.checks import CheckKind, CheckResult
from mobility.rules.cases.proposals import ProposalEvent, ProposalState
from mobility.security.passwords import hash_password


@pytest.fixture
def world(session, make):
    made = make.corridor()
    made.run = make.match(made, open_days=2000)
    made.refs = [proposal.ref for proposal in make.proposals(made.run)]
    made.auditor = make.actor(OrganisationKind.OVERSIGHT_BODY, "US", Role.AUDITOR)
    made.colleague = make.another(made.endorser)
    made.stranger = make.actor(OrganisationKind.ORIGIN_MINISTRY, "HN", Role.REVIEWER)
    session.commit()
    return made


def decision(version=1, **changes):
    return {"verdict": "endorse", "reason": "", "note": "", "version": str(version), **changes}


def test_an_origin_reviewer_finds_what_waits_and_endorses(world, browser_for, sessions):
    browser = browser_for(world.endorser)

    queue = browser.get("/proposals/")
    answer = browser.post(f"/proposals/{world.refs[0]}/decision", decision(note="Good season last year"))
    page = browser.get(answer.location)

    assert all(ref in queue.text for ref in world.refs)
    assert answer.status == 302
    assert "Your decision is recorded" in page.text
    assert "Good season last year" in page.text
    assert "A reviewer of the destination decides next" in page.text
    with sessions() as session:
        assert session.scalars(sa.select(Decision.event)).all() == [ProposalEvent.ENDORSE]


def test_the_destination_sees_it_only_then_and_approves(world, browser_for, sessions):
    here, there = browser_for(world.endorser), browser_for(world.approver)
    address = f"/proposals/{world.refs[0]}"

    before = there.get(address).status
    here.post(f"{address}/decision", decision())
    answer = there.post(f"{address}/decision", decision(2, verdict="approve"))

    assert (before, answer.status) == (404, 302)
    with sessions() as session:
        assert ProposalState.APPROVED in session.scalars(sa.select(MatchProposal.state)).all()


def test_the_points_on_the_page_add_up_to_the_score(world, browser_for):
    page = browser_for(world.endorser).get(f"/proposals/{world.refs[0]}").page
    table = next(t for t in page.iter("{http://www.w3.org/1999/xhtml}table") if "What counts" in "".join(t.itertext()))
    cells = list(table.iter("{http://www.w3.org/1999/xhtml}tr"))
    points = ["".join(list(row)[-1].itertext()).strip() for row in cells[1:]]
    numbers = [int(re.sub(r"\D", "", text)) for text in points]
    assert sum(numbers[:-1]) == numbers[-1] == 8300


def test_the_page_tells_neither_name_nor_age_nor_nationality(world, browser_for):
    text = browser_for(world.endorser).get(f"/proposals/{world.refs[0]}").text
    main = text.partition("<main")[2]
    for secret in ("Ana María", "Núñez", "5555 0100", "1994", "Female", "On the list (nationality)", "Fits (age"):
        assert secret not in main, secret
    assert "The worker is at least 18 years old" in main


def test_skills_rules_changes_and_near_misses_stand_on_the_page(world, browser_for):
    text = browser_for(world.endorser).get(f"/proposals/{world.refs[0]}").text
    for said in (
        "Skill S0001",
        "8 USC 1182",
        "proved by better evidence",
        "Better scores took all places",
        "Proposed by match run",
    ):
        assert said in text, said


def test_of_a_check_made_again_only_the_one_that_counts_is_shown(world, browser_for, sessions):
    with write_tx(sessions) as session:
        worker = sa.select(MatchProposal.worker_id).where(MatchProposal.ref == world.refs[0]).scalar_subquery()
        newer = session.scalars(sa.select(Check).where(Check.worker_id == worker, Check.kind == CheckKind.POLICE)).one()
        older = {"checked_on": newer.checked_on - timedelta(days=400), "result": CheckResult.FAILED}
        kept = {name: getattr(newer, name) for name in ("worker_id", "kind", "provider", "verifier_id", "recorded_at")}
        session.add(Check(**kept, **older))

    text = browser_for(world.endorser).get(f"/proposals/{world.refs[0]}").text

    assert text.count("Police record:") == 1
    assert "Police record: Failed" not in text
    assert re.search(r"Police record: Passed, valid until [A-Z0-9]", text)


def test_an_adverse_decision_without_a_reason_is_asked_again(world, browser_for, sessions):
    answer = browser_for(world.endorser).post(
        f"/proposals/{world.refs[0]}/decision", decision(verdict="not_endorse", note="Kept")
    )
    assert answer.status == 422
    assert answer.errors == ["Reason: Choose a reason. The person can read it, and may appeal."]
    assert "Kept" in answer.text
    with sessions() as session:
        assert session.scalars(sa.select(Decision)).all() == []


def test_no_decision_at_all_is_asked_again(world, browser_for):
    answer = browser_for(world.endorser).post(f"/proposals/{world.refs[0]}/decision", {"version": "1"})
    assert answer.status == 422
    assert answer.errors == ["Your decision: Choose a decision"]


def test_the_second_reviewer_is_told_who_was_first(world, browser_for):
    first, second = browser_for(world.endorser), browser_for(world.colleague)
    address = f"/proposals/{world.refs[0]}/decision"

    first.post(address, decision())
    answer = second.post(address, decision(verdict="not_endorse", reason="paper_missing"))

    assert answer.status == 409
    assert world.endorser.name in answer.text
    assert "Endorse" in answer.text


def test_a_form_without_a_version_changes_nothing(world, browser_for):
    form = decision()
    del form["version"]
    assert browser_for(world.endorser).post(f"/proposals/{world.refs[0]}/decision", form).status == 422


def test_others_see_no_form_and_cannot_post(world, browser_for):
    address = f"/proposals/{world.refs[0]}"
    auditor = browser_for(world.auditor)
    page = auditor.get(address)
    assert page.status == 200
    assert "Record the decision" not in page.text
    assert "A reviewer of the country of origin decides next" in page.text
    assert auditor.post(f"{address}/decision", decision()).status == 403
    assert browser_for(world.stranger).get(address).status == 404
    assert browser_for(world.stranger).post(f"{address}/decision", decision()).status == 404


def test_the_list_filters_by_state_scheme_vacancy_and_run(world, browser_for):
    browser = browser_for(world.endorser)
    shown = {
        "?state=generated": True,
        "?state=approved": False,
        f"?scheme={world.scheme.ref}": True,
        "?scheme=S-0000-0000-0": False,
        f"?vacancy={world.vacancies[0].ref}": True,
        f"?vacancy={world.vacancies[1].ref}": False,
        f"?run={world.run.ref}&state=": True,
        "?state=nonsense&page=-1": True,
    }
    for query, expected in shown.items():
        assert (world.refs[0] in browser.get(f"/proposals/{query}").text) is expected, query


def test_an_approval_against_the_ranking_needs_its_reason(world, browser_for, sessions):
    low, high = world.refs[1], world.refs[0]
    with write_tx(sessions) as session:
        session.execute(sa.update(MatchProposal).where(MatchProposal.ref == low).values(score=8000))
    here, there = browser_for(world.endorser), browser_for(world.approver)
    for ref in (low, high):
        here.post(f"/proposals/{ref}/decision", decision())

    refused = there.post(f"/proposals/{low}/decision", decision(2, verdict="approve"))
    given = there.post(f"/proposals/{low}/decision", decision(2, verdict="approve", reason="overrides_ranking"))

    assert "People with a higher score" in refused.text
    assert (refused.status, given.status) == (422, 302)
    assert "Against the ranking" in there.get(given.location).text


class TestProof:
    """An approval in an old session asks once more who decides; nothing that was written is lost."""

    PASSWORD = "four quiet herons over water"

    @pytest.fixture
    def late(self, world, browser_for, sessions):
        """Return the approver's browser, forty minutes after the password was entered, and an endorsed proposal."""
        browser_for(world.endorser).post(f"/proposals/{world.refs[0]}/decision", decision())
        browser = browser_for(world.approver)
        with write_tx(sessions) as session:
            session.execute(sa.update(User).values(password_hash=hash_password(self.PASSWORD)))
            session.execute(sa.update(UserSession).values(created_at=now() - timedelta(minutes=40)))
        browser.address = f"/proposals/{world.refs[0]}"
        return browser

    def state(self, sessions, world):
        with sessions() as session:
            return session.scalar(sa.select(MatchProposal.state).where(MatchProposal.ref == world.refs[0]))

    def test_without_the_password_nothing_is_approved_and_the_note_stays(self, world, late, sessions):
        assert "Your password" in late.get(late.address).text
        page = late.post(f"{late.address}/decision", decision(2, verdict="approve", note="Fits the farm"))
        assert (page.status, page.errors) == (422, ["Your password: This is not your password."])
        assert "Fits the farm" in page.text
        assert self.state(sessions, world) is ProposalState.ENDORSED

    def test_with_it_the_approval_stands_and_the_next_one_does_not_ask(self, world, late, sessions):
        token = late.client.get_cookie("sid").value
        sent = decision(2, verdict="approve", password=self.PASSWORD)
        assert late.post(f"{late.address}/decision", sent).status == 302
        assert self.state(sessions, world) is ProposalState.APPROVED
        assert late.client.get_cookie("sid").value != token
        page = late.get(late.address).text
        assert "Your decision is recorded" in page
        assert "Your password" not in page

    def test_a_refusal_needs_none(self, world, late, sessions):
        sent = decision(2, verdict="refuse", reason="paper_missing", note="Bring the passport")
        assert late.post(f"{late.address}/decision", sent).status == 302
        assert self.state(sessions, world) is ProposalState.REFUSED

    def test_guessing_is_throttled_and_the_right_one_then_waits_too(self, world, late, sessions):
        for _ in range(5):
            sent = decision(2, verdict="approve", password="wrong")
            assert late.post(f"{late.address}/decision", sent).status == 422
        sent = decision(2, verdict="approve", password=self.PASSWORD)
        assert late.post(f"{late.address}/decision", sent).status == 429
        assert self.state(sessions, world) is ProposalState.ENDORSED

    def test_a_refused_approval_keeps_neither_the_proof_nor_anything_else(self, world, late, sessions):
        """A stale version is a conflict: the right password does not carry half a decision through."""
        sent = decision(1, verdict="approve", password=self.PASSWORD)
        assert late.post(f"{late.address}/decision", sent).status == 409
        assert self.state(sessions, world) is ProposalState.ENDORSED
        assert late.get("/").status == 200

    def test_the_password_is_never_sent_back(self, world, late):
        page = late.post(f"{late.address}/decision", decision(2, verdict="", password="secret words here"))
        assert "secret words here" not in page.text

    def test_people_of_the_demo_who_have_no_password_are_not_asked(self, world, late, sessions):
        with write_tx(sessions) as session:
            session.execute(sa.update(User).values(password_hash=None))
        assert "Your password" not in late.get(late.address).text
        assert late.post(f"{late.address}/decision", decision(2, verdict="approve")).status == 302
