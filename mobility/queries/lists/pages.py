"""Pages of lists: a select cut to one page, with the count of all."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

PER_PAGE = 25
Row = TypeVar("Row")


@dataclass(frozen=True)
class Page(Generic[Row]):
    """The rows of page ``number`` (from 1) of ``pages``; ``total`` counts the rows of all pages."""

    rows: Sequence[Row]
    number: int
    pages: int
    total: int


def paged(session: Session, select: sa.Select[Row], number: int, *, per_page: int = PER_PAGE) -> Page[Row]:
    """Return one page of an ordered select; a number beyond the last page gives the last one."""
    total = session.scalar(sa.select(sa.func.count()).select_from(select.order_by(None).subquery())) or 0
    pages = max(1, -(-total // per_page))
    number = min(max(1, number), pages)
    rows = session.scalars(select.limit(per_page).offset((number - 1) * per_page)).unique().all()
    return Page(rows, number, pages, total)


def after(session: Session, select: sa.Select[Row], key: Any, cursor: str, limit: int) -> Sequence[Row]:
    """Return the rows that follow a cursor in the order of a unique column, and one more where more follow."""
    following = select.where(key > cursor).order_by(key).limit(limit + 1)
    return session.scalars(following).unique().all()
