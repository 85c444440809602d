"""Vacancies that a ministry takes out of matching because what they stand on has gone: employer, shortage or scheme."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from mobility.models.vacancies import Vacancy
from mobility.queries.lists import vacancy_lists
from mobility.queries.pools.worker_rows import batches
from mobility.queries.proposal_endings import Chosen, of_vacancies
from mobility.rules.basics.causes import Cause
from mobility.rules.cases.notices import NoticeKind
from mobility.rules.cases.vacancies import LIFECYCLE, Deficiency, VacancyEvent, VacancyState
from mobility.security import audit
from mobility.security.actors import Actor
from mobility.services import notices
from mobility.services.proposals import endings
from mobility.services.proposals.endings import Ending, Touched

#: States in which a vacancy is revoked with what it stands on; in a filled one people are at work, who go on.
REVOCABLE = tuple(
    row.state
    for row in LIFECYCLE.transitions
    if row.event is VacancyEvent.REVOKE and row.state is not VacancyState.FILLED
)


@dataclass(frozen=True)
class Revocation:
    """Why vacancies are revoked together: what was deficient, if anything of them was, and the cause that all read."""

    cause: Cause
    deficiency: Deficiency | None = None

    @property
    def deficiencies(self) -> list[str]:
        """The coded reasons as a vacancy holds them."""
        return [] if self.deficiency is None else [self.deficiency.value]


def preview(session: Session, actor: Actor, standing: Chosen, ending: Ending) -> Touched:
    """Return what revoking the vacancies of which ``standing`` holds would do now; nothing changes."""
    found = session.execute(_revocable(standing)).all()
    return endings.preview(session, actor, of_vacancies(standing), ending).and_vacancies([ref for _, ref in found])


def revoke_all(
    session: Session,
    actor: Actor,
    standing: Chosen,
    ending: Ending,
    why: Revocation,
    *,
    at: datetime,
    seen: str | None = None,
) -> Touched:
    """Revoke every certified vacancy of which ``standing`` holds: open proposals end, everybody concerned is told.

    The caller has asked for permission and holds the row whose change it is.

    Raises
    ------
    ConflictError
        ``ending.changed``: what it touches changed since the actor saw it (``seen``); nothing was done.
    """
    session.flush()
    found = session.execute(_revocable(standing).with_for_update(of=Vacancy)).all()
    refs = [ref for _, ref in found]
    ended = endings.end_open(session, actor, of_vacancies(standing), ending, at=at, seen=seen, revoked=refs)
    _revoke(session, actor, [key for key, _ in found], why, at=at)
    return ended


def _revocable(standing: Chosen) -> sa.Select[int, str]:
    return sa.select(Vacancy.id, Vacancy.ref).where(standing, Vacancy.state.in_(REVOCABLE)).order_by(Vacancy.id)


def _revoke(session: Session, actor: Actor, ids: Sequence[int], why: Revocation, *, at: datetime) -> None:
    for some in batches(ids):
        values = {
            "state": VacancyState.REVOKED,
            "version": Vacancy.version + 1,
            "deficiencies": why.deficiencies,
            "cause": why.cause,
        }
        session.execute(sa.update(Vacancy).where(Vacancy.id.in_(some)).values(values))
    codes = {"deficiencies": why.deficiencies, "cause": why.cause.value}
    audit.record_many(session, actor, "vacancy.revoke", Vacancy, ids, at=at, **codes)
    for ref, told in vacancy_lists.parties(session, ids, origins=True):
        others = told - {actor.organisation_id}
        notices.tell(session, others, NoticeKind.VACANCY_REVOKED, ("vacancy", ref), at=at, cause=why.cause.value)
