"""The daily job that closes proposals and shortages whose time has run out."""

from mobility.jobs.runner import Work
from mobility.services import proposals, shortages

KIND = "proposals.expire"


def expire(work: Work) -> None:
    """Expire what is over."""
    with work.result() as session:
        proposals.expire_by_date(session, work.clock())
        shortages.expire_by_date(session, work.clock())
