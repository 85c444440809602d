"""Workers who were found ineligible: their post is told once when the day has come to look at them again."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from mobility.models.notices import Notice
from mobility.rules.basics.organisations import Role
from mobility.rules.basics.places import day_in
from mobility.rules.cases.notices import NoticeKind
from mobility.services.workers import reviews, workers
from tests.days import new_day


@pytest.fixture
def shut_out(session, make, at):
    """Return a worker whose case is looked at again in ten days, as it is counted at the post."""
    corridor = make.corridor(workers=2, vacancies=1)
    worker, review_on = corridor.workers[0], day_in("GT", at) + timedelta(days=10)
    officer = make.actor(corridor.post.kind, "GT", Role.SCREENING_OFFICER, of=worker.post)
    workers.mark_ineligible(session, officer, worker.ref, "Identity in doubt", review_on, version=worker.version, at=at)
    return officer, worker


def given(session):
    return session.scalars(sa.select(Notice).where(Notice.kind == NoticeKind.WORKER_REVIEW_DUE)).all()


def test_the_post_is_told_once_on_the_day_or_later(session, shut_out, at):
    _, worker = shut_out
    told = [new_day(reviews, session, at + timedelta(days=days), "GT") for days in (9, 11, 12, 40)]
    assert told == [0, 1, 0, 0]
    notice = given(session)[0]
    assert (notice.worker_id, notice.organisation_id, notice.subject_ref) == (worker.id, worker.post_id, worker.ref)
    assert notice.params == {"day": (day_in("GT", at) + timedelta(days=10)).isoformat()}


def test_other_places_and_people_on_the_register_again_are_left_alone(session, shut_out, at):
    officer, worker = shut_out
    assert new_day(reviews, session, at + timedelta(days=11), "HT") == 0
    workers.reinstate(session, officer, worker.ref, version=worker.version, at=at)
    assert new_day(reviews, session, at + timedelta(days=11), "GT") == 0
    assert given(session) == []
