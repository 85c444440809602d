"""Match runs: what was matched, with which rules and model, and what came out."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mobility.db import Txt
from mobility.models.accounts.users import User
from mobility.models.base import Base, choice, link, reference_column
from mobility.models.schemes.schemes import RuleSet, Scheme
from mobility.rules.cases.match_runs import MatchRunState


class MatchRun(Base):
    """One run over a scheme's open vacancies, repeatable from its parameters.

    ``counts`` holds the figures of the funnel, ``digest`` identifies the result bit by bit.
    """

    __tablename__ = "match_run"

    ref: Mapped[str] = reference_column("R")
    scheme_id: Mapped[int] = link("scheme")
    rule_set_id: Mapped[int] = link("rule_set", index=False)
    started_by_id: Mapped[int] = link("user", index=False)
    state: Mapped[MatchRunState] = choice(MatchRunState, default=MatchRunState.QUEUED)
    on_date: Mapped[date]
    seed: Mapped[int]
    parameters: Mapped[dict[str, Any]] = mapped_column(default=dict)
    scorecard_id: Mapped[str] = mapped_column(Txt(80))
    scorecard_digest: Mapped[str] = mapped_column(Txt(64))
    vacancies: Mapped[int] = mapped_column(default=0)
    workers: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    fairness: Mapped[dict[str, Any]] = mapped_column(default=dict)
    digest: Mapped[str | None] = mapped_column(Txt(64))
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    scheme: Mapped[Scheme] = relationship(lazy="raise_on_sql")
    rule_set: Mapped[RuleSet] = relationship(lazy="raise_on_sql")
    started_by: Mapped[User] = relationship(lazy="raise_on_sql")


class MatchChunk(Base):
    """The candidate pairs of one chunk of a run's vacancies; written once, so that a repeat changes nothing."""

    __tablename__ = "match_chunk"
    __table_args__ = (sa.UniqueConstraint("run_id", "number"),)

    run_id: Mapped[int] = link("match_run")
    number: Mapped[int]
    result: Mapped[dict[str, Any]]
