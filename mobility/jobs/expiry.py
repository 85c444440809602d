"""The daily job that closes proposals whose time has run out."""

from mobility.jobs.runner import Work
from mobility.services import proposals

KIND = "proposals.expire"


def expire(work: Work) -> None:
    """Expire what is over."""
    with work.result() as session:
        proposals.expire_by_date(session, work.clock())
