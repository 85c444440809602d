"""Figures of the whole world for the terminal: counts only, no names."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from mobility.models.accounts.organisations import Organisation
from mobility.models.accounts.users import User
from mobility.models.employers import Employer
from mobility.models.match_runs import MatchRun
from mobility.models.proposals import MatchProposal
from mobility.models.schemes.quotas import Quota
from mobility.models.schemes.schemes import Scheme
from mobility.models.shortages.shortages import Shortage
from mobility.models.vacancies import Vacancy
from mobility.models.workers.workers import Worker

_STATED: Mapping[str, Any] = {
    "shortages": Shortage,
    "schemes": Scheme,
    "employers": Employer,
    "vacancies": Vacancy,
    "workers": Worker,
    "proposals": MatchProposal,
}


def counts(session: Session) -> dict[str, Any]:
    """Return how many there are of everything, by state where it has one; eligible pairs; and quota use."""
    found: dict[str, Any] = {
        "organisations": session.scalar(sa.select(sa.func.count()).select_from(Organisation)),
        "users": session.scalar(sa.select(sa.func.count()).select_from(User)),
    }
    for name, model in _STATED.items():
        by_state = sa.select(model.state, sa.func.count()).group_by(model.state).order_by(model.state)
        found[name] = {str(state): number for state, number in session.execute(by_state)}
    runs = session.scalars(sa.select(MatchRun).order_by(MatchRun.id)).all()
    found["match runs"] = len(runs)
    found["eligible pairs"] = sum(run.counts.get("eligible", 0) for run in runs)
    used = sa.select(
        sa.func.sum(Quota.cap), sa.func.sum(Quota.held), sa.func.sum(Quota.committed), sa.func.sum(Quota.used)
    )
    figures = session.execute(used).one()
    found["quota units"] = dict(zip(("cap", "held", "committed", "used"), (int(n or 0) for n in figures), strict=True))
    return found


def lines(found: Mapping[str, Any]) -> list[str]:
    """Return the figures as lines of a table."""
    shown = []
    for name, value in found.items():
        if isinstance(value, Mapping):
            total = f"{sum(value.values()):>9,}" if name != "quota units" else " " * 9
            parts = ", ".join(f"{state} {number:,}" for state, number in value.items())
            shown.append(f"{name:<16}{total}   {parts}")
        else:
            shown.append(f"{name:<16}{value:>9,}")
    return shown
