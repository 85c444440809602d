"""How far declared shortages are covered: certified, proposed, approved, arrived; counts, no people."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from mobility.models.proposals import MatchProposal
from mobility.models.shortages.shortages import Shortage
from mobility.models.vacancies import Vacancy
from mobility.queries.lists.vacancy_lists import STANDING
from mobility.rules.cases.proposals import OPEN_STATES, ProposalState
from mobility.rules.cases.shortages import ShortageState
from mobility.security.actors import Actor
from mobility.security.scopes import visible

#: Drafts cover nothing yet.
SHOWN = (ShortageState.DECLARED, ShortageState.SUSPENDED, ShortageState.EXPIRED)
_ALIVE = (*OPEN_STATES, ProposalState.PLACED)


@dataclass(frozen=True)
class Cover:
    """Figures of one shortage, or of several together (``shortage`` is None)."""

    shortage: Shortage | None
    declared: int
    certified: int
    proposed: int
    approved: int
    arrived: int

    @property
    def steps(self) -> tuple[int, ...]:
        """The five figures in the order in which one becomes the next."""
        return self.declared, self.certified, self.proposed, self.approved, self.arrived


def covers(session: Session, actor: Actor, *, state: ShortageState | None = None) -> Sequence[Cover]:
    """Return the cover of each shortage that the actor may see, by occupation and region; drafts are left out.

    Positions are counted as certification counts them (those of a vacancy that ended, as far as they were filled);
    people within what the actor may see of the proposals.
    """
    states = SHOWN if state is None else (state,)
    select = visible(actor, Shortage).where(Shortage.state.in_(states), Shortage.state.in_(SHOWN))
    shortages = session.scalars(
        select.options(joinedload(Shortage.occupation)).order_by(Shortage.region, Shortage.occupation_id, Shortage.id)
    ).all()
    positions, people = _positions(session), _people(session, actor)
    found = []
    for each in shortages:
        certified, arrived = positions.get(each.id, (0, 0))
        proposed, approved = people.get(each.id, (0, 0))
        found.append(Cover(each, each.headcount, certified, proposed, approved, arrived))
    return found


def total(found: Sequence[Cover]) -> Cover:
    """Return the sum of several covers."""
    sums = [sum(each.steps[place] for each in found) for place in range(5)]
    return Cover(None, *sums)


def _positions(session: Session) -> dict[int, tuple[int, int]]:
    """Return (certified, filled) positions by shortage."""
    certified = sa.case((Vacancy.state.in_(STANDING), Vacancy.certified_positions), else_=Vacancy.filled_positions)
    select = (
        sa.select(Vacancy.shortage_id, sa.func.sum(certified), sa.func.sum(Vacancy.filled_positions))
        .where(Vacancy.shortage_id.is_not(None))
        .group_by(Vacancy.shortage_id)
    )
    return {key or 0: (int(first), int(second)) for key, first, second in session.execute(select)}


def _people(session: Session, actor: Actor) -> dict[int, tuple[int, int]]:
    """Return how many different people are proposed, and approved, by shortage."""
    approved = sa.case((MatchProposal.approved_by_id.is_not(None), MatchProposal.worker_id))
    seen = visible(actor, MatchProposal).with_only_columns(MatchProposal.id)
    select = (
        sa.select(
            Vacancy.shortage_id,
            sa.func.count(MatchProposal.worker_id.distinct()),
            sa.func.count(approved.distinct()),
        )
        .join(Vacancy, Vacancy.id == MatchProposal.vacancy_id)
        .where(MatchProposal.id.in_(seen), MatchProposal.state.in_(_ALIVE), Vacancy.shortage_id.is_not(None))
        .group_by(Vacancy.shortage_id)
    )
    return {key or 0: (first, second) for key, first, second in session.execute(select)}
