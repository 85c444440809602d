"""Telling organisations and workers what concerns them; written in the transaction of the change that they tell of."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from mobility.models.notices import Notice
from mobility.models.workers.workers import Worker
from mobility.rules.basics.permissions import Permission
from mobility.rules.cases.notices import NoticeKind
from mobility.security.actors import Actor
from mobility.security.policy import require
from mobility.security.scopes import locked, visible

Subject = tuple[str, str]


def tell(
    session: Session,
    organisations: Iterable[int],
    kind: NoticeKind,
    subject: Subject,
    *,
    at: datetime,
    **params: str | int,
) -> int:
    """Leave a notice for each of some organisations (ids); ``subject`` is (kind, reference) of what it is about.

    Returns
    -------
    int
        How many were told.
    """
    rows = [_notice(organisation, None, kind, subject, params, at) for organisation in sorted(set(organisations))]
    session.add_all(rows)
    session.flush()
    return len(rows)


def tell_workers(
    session: Session, workers: Iterable[int], kind: NoticeKind, subject: Subject, *, at: datetime, **params: str | int
) -> int:
    """Leave a notice for each of some workers (ids), in the hands of the consular post that registered them."""
    about = [(worker, subject) for worker in sorted(set(workers))]
    return tell_each_worker(session, about, kind, at=at, **params)


def tell_each_worker(
    session: Session, about: Sequence[tuple[int, Subject]], kind: NoticeKind, *, at: datetime, **params: str | int
) -> int:
    """Leave workers (ids) a notice each about a subject of their own, such as their proposal; return how many."""
    ids = sorted({worker for worker, _ in about})
    posts: dict[int, int] = {}
    for first in range(0, len(ids), 500):
        select = sa.select(Worker.id, Worker.post_id).where(Worker.id.in_(ids[first : first + 500]))
        posts |= {worker: post for worker, post in session.execute(select)}  # noqa: C416
    session.add_all(_notice(posts[worker], worker, kind, subject, params, at) for worker, subject in about)
    session.flush()
    return len(about)


def mark_read(session: Session, actor: Actor, ref: str, *, at: datetime) -> Notice:
    """Mark a notice as read; marked before, it keeps who was first.

    Raises
    ------
    NotFoundError
        No such notice of the actor's organisation.
    """
    notice = locked(session, actor, Notice, ref, Permission.NOTICE_READ, None)
    if notice.read_at is None:
        notice.read_at, notice.read_by_id = at, actor.user_id
    session.flush()
    return notice


def mark_all_read(session: Session, actor: Actor, *, at: datetime) -> int:
    """Mark every notice of the actor's organisation as read; return how many were unread."""
    require(actor, Permission.NOTICE_READ)
    unread = session.scalars(visible(actor, Notice).where(Notice.read_at.is_(None)).with_for_update()).all()
    for notice in unread:
        notice.read_at, notice.read_by_id = at, actor.user_id
    session.flush()
    return len(unread)


def _notice(
    organisation: int, worker: int | None, kind: NoticeKind, subject: Subject, params: dict[str, Any], at: datetime
) -> Notice:
    return Notice(
        organisation_id=organisation,
        worker_id=worker,
        kind=kind,
        params=params,
        subject_kind=subject[0],
        subject_ref=subject[1],
        created_at=at,
    )
