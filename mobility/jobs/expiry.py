"""The daily job that closes what time has run out for: proposals, shortages, and proposals that new rules stop."""

from mobility.jobs.runner import Work
from mobility.services import proposals, rule_impact, shortages

KIND = "proposals.expire"


def expire(work: Work) -> None:
    """Expire what is over."""
    with work.result() as session:
        proposals.expire_by_date(session, work.clock())
        shortages.expire_by_date(session, work.clock())
        rule_impact.supersede_outdated(session, work.clock())
