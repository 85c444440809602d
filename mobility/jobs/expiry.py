"""The daily job of what a date alone changes: proposals, shortages, what new rules stop, and ages."""

from mobility.jobs.runner import Work
from mobility.services import proposals
from mobility.services.schemes import rule_impact
from mobility.services.shortages import shortages
from mobility.services.workers import fairness_groups

KIND = "proposals.expire"


def expire(work: Work) -> None:
    """Expire what is over; measure people by the age that they have today."""
    with work.result() as session:
        proposals.expire_by_date(session, work.clock())
        shortages.expire_by_date(session, work.clock())
        rule_impact.supersede_outdated(session, work.clock())
        fairness_groups.refresh_by_date(session, on=work.clock().date())
