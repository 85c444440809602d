"""What a day forbids of a proposal, whatever the daily job did: a check, a vacancy or an agreement that has run out."""

from datetime import datetime

from sqlalchemy.orm import Session

from mobility.errors import ConflictError
from mobility.models.proposals import MatchProposal
from mobility.queries import check_dates
from mobility.queries.lists import scheme_lists
from mobility.rules.basics.places import day_in
from mobility.rules.cases.proposals import ProposalEvent
from mobility.rules.cases.vacancies import is_over
from mobility.rules.cases.workers import WorkerState

#: Decisions by which a proposal goes on.
_ONWARD = frozenset({ProposalEvent.ENDORSE, ProposalEvent.APPROVE})


def run_out(session: Session, proposal: MatchProposal, *, at: datetime) -> list[str]:
    """Return the codes of what has run out (vacancy, its scheme, and worker loaded); empty if nothing has.

    ``proposal.check_run_out`` freezes the proposal until the check is renewed; the others only keep it from going on.
    """
    found, vacancy, worker = [], proposal.vacancy, proposal.worker
    if worker.state is WorkerState.ACTION_NEEDED or check_dates.is_lapsed(session, worker.id, at=at):
        found.append("proposal.check_run_out")
    if is_over(vacancy.ends_on, day_in(vacancy.region, at)):
        found.append("proposal.vacancy_over")
    if not scheme_lists.covers(session, vacancy.scheme_id, worker.origin_country, day_in(vacancy.country, at)):
        found.append("proposal.agreement_over")
    return found


def check(session: Session, proposal: MatchProposal, event: ProposalEvent, *, at: datetime) -> None:
    """Refuse a decision on a frozen proposal, and one by which a proposal would go on after its day.

    Raises
    ------
    ConflictError
        The first of the codes that ``run_out`` returns.
    """
    for code in run_out(session, proposal, at=at):
        if event in _ONWARD or code == "proposal.check_run_out":
            raise ConflictError(code)
