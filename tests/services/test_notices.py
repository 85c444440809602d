"""Notices: who is told of what, in the same transaction, and read once."""

import pytest
import sqlalchemy as sa

from mobility.errors import ConflictError, NotFoundError
from mobility.models.notices import Notice
from mobility.models.proposals import MatchProposal
from mobility.queries.lists import notice_lists
from mobility.rules.basics.causes import Cause, Why
from mobility.rules.cases.notices import NoticeKind
from mobility.services import notices
from mobility.services.proposals import proposals
from mobility.services.schemes import schemes


@pytest.fixture
def corridor(session, make):
    made = make.corridor(workers=3, vacancies=2)
    make.match(made)
    return made


def told(session, kind):
    return set(session.scalars(sa.select(Notice.organisation_id).where(Notice.kind == kind)))


def suspend(session, corridor, at):
    now = schemes.get(session, corridor.destination, corridor.scheme.ref)
    return schemes.suspend(
        session, corridor.destination, now.ref, Why(Cause.UNDER_REVIEW, "Flood"), version=now.version, at=at
    )


def test_a_suspension_tells_ministries_posts_employers_and_workers(session, make, corridor, at):
    stranger = make.scheme_officer("CA")
    suspend(session, corridor, at)

    employers = {vacancy.employer.organisation_id for vacancy in corridor.vacancies}
    expected = {corridor.destination.organisation_id, corridor.origin.organisation_id, corridor.post.organisation_id}
    assert told(session, NoticeKind.SCHEME_SUSPENDED) == expected | employers
    assert stranger.organisation_id not in told(session, NoticeKind.SCHEME_SUSPENDED)
    workers = session.execute(
        sa.select(Notice.worker_id, Notice.organisation_id).where(Notice.kind == NoticeKind.WORKER_SCHEME_SUSPENDED)
    ).all()
    proposed = set(session.scalars(sa.select(MatchProposal.worker_id)))
    assert {worker for worker, _ in workers} == proposed
    assert {post for _, post in workers} == {corridor.post.organisation_id}
    assert len(workers) == len(proposed)


def test_a_suspension_freezes_open_proposals_and_resuming_lets_them_go_on(session, make, corridor, at):
    first = session.scalars(sa.select(MatchProposal).order_by(MatchProposal.id)).first()
    suspend(session, corridor, at)
    with pytest.raises(ConflictError, match=r"proposal\.scheme_not_active"):
        proposals.endorse(session, corridor.endorser, first.ref, version=first.version, at=at)

    now = schemes.get(session, corridor.destination, corridor.scheme.ref)
    schemes.resume(session, corridor.destination, now.ref, version=now.version, at=at)

    assert proposals.endorse(session, corridor.endorser, first.ref, version=first.version, at=at).ref == first.ref
    assert told(session, NoticeKind.SCHEME_RESUMED) == told(session, NoticeKind.SCHEME_SUSPENDED)


def test_the_other_ministries_hear_of_a_submission(session, make):
    officer, honduras = make.scheme_officer("US"), make.scheme_officer("HN", origin=True)
    make.scheme(officer, honduras)
    assert told(session, NoticeKind.SCHEME_SUBMITTED) == {honduras.organisation_id}


def test_a_notice_is_read_once_by_whoever_was_first(session, make, corridor, at):
    notice = make.notice(corridor.origin, corridor.scheme)
    colleague = make.another(corridor.origin)

    notices.mark_read(session, colleague, notice.ref, at=at)
    notices.mark_read(session, corridor.origin, notice.ref, at=at)

    assert notice.read_by_id == colleague.user_id


def test_nobody_reads_the_notices_of_others(session, make, corridor, at):
    notice = make.notice(corridor.origin, corridor.scheme)
    with pytest.raises(NotFoundError):
        notices.mark_read(session, corridor.destination, notice.ref, at=at)


def test_all_are_read_at_once_and_counted(session, make, corridor, at):
    before = notice_lists.unread_count(session, corridor.origin)
    make.notice(corridor.origin, corridor.scheme)
    assert notice_lists.unread_count(session, corridor.origin) == before + 1
    assert notices.mark_all_read(session, corridor.origin, at=at) == before + 1
    assert notice_lists.unread_count(session, corridor.origin) == 0
    assert notice_lists.listed(session, corridor.origin, unread=True).total == 0
    assert notice_lists.listed(session, corridor.origin).total == before + 1


def test_no_notice_holds_a_name(session, corridor, at):
    suspend(session, corridor, at)
    for params in session.scalars(sa.select(Notice.params)):
        assert set(params) <= {"cause", "frozen", "number", "count", "day", "rule", "until"}


def test_closing_a_scheme_tells_both_governments(session, make, at):
    officer, honduras = make.scheme_officer("US"), make.scheme_officer("HN", origin=True)
    scheme = make.scheme(officer, honduras)
    now = schemes.get(session, officer, scheme.ref)

    schemes.close(session, officer, now.ref, Why(Cause.REPLACED, "The agreement ended"), version=now.version, at=at)

    assert {officer.organisation_id, honduras.organisation_id} <= told(session, NoticeKind.SCHEME_CLOSED)
