"""Looking again at a worker who was found ineligible: the post is told once the day for it has come."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from mobility.models.workers.workers import Worker
from mobility.queries.lists import notice_lists
from mobility.queries.place_days import seated_in
from mobility.rules.basics.places import Place, first_moment
from mobility.rules.cases.notices import NoticeKind
from mobility.rules.cases.workers import WorkerState
from mobility.services import notices


def on_new_day(session: Session, place: Place, day: date, *, at: datetime) -> int:
    """Tell the posts at a place of every ineligible worker whose day of review has come, once each.

    Returns
    -------
    int
        How many notices were given.
    """
    due = sa.select(Worker.id, Worker.ref, Worker.review_on).where(
        Worker.state == WorkerState.INELIGIBLE, Worker.review_on <= day, Worker.post_id.in_(seated_in(place))
    )
    told = 0
    for worker, ref, review_on in session.execute(due.order_by(Worker.id)).all():
        if review_on is None:
            continue
        subject, since = ("worker", ref), first_moment(place, review_on)
        if notice_lists.was_told(session, NoticeKind.WORKER_REVIEW_DUE, subject, since=since):
            continue
        notices.tell_workers(session, [worker], NoticeKind.WORKER_REVIEW_DUE, subject, at=at, day=review_on.isoformat())
        told += 1
    return told
