"""The daily job that carries unused places of a first half into the second, where a scheme's terms say so."""

from mobility.jobs.runner import Work
from mobility.services.schemes import quota_places

KIND = "quotas.carry_over"


def carry_over(work: Work) -> None:
    """Carry over what is due today; on the same day again it finds nothing left."""
    with work.result() as session:
        quota_places.carry_over_due(session, work.clock())
