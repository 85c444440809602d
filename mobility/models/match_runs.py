"""Match runs: what was matched, with which rules and scorecard, and what came out; the scorecards there are."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mobility.db import Txt, big_key, enum_of
from mobility.models.accounts.users import User
from mobility.models.base import Base, choice, link, reference_column
from mobility.models.schemes.schemes import RuleSet, Scheme
from mobility.rules.cases.match_runs import MatchRunState, PartKind, ScorecardOrigin


class StoredScorecard(Base):
    """One version of what a score counts: ``document`` as ``matching.scoring.documents`` reads it, and its hash.

    Never changed and never deleted (triggers). ``stored_by_id`` is empty for what came with the program and for what a
    command stored. Which one is in force says the newest ``ScorecardUse``.
    """

    __tablename__ = "scorecard"

    ref: Mapped[str] = reference_column("K")
    number: Mapped[int] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(Txt(80))
    origin: Mapped[ScorecardOrigin] = mapped_column(enum_of(ScorecardOrigin))
    document: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(Txt(64), unique=True)
    stored_by_id: Mapped[int | None] = link("user", index=False)
    stored_at: Mapped[datetime]

    stored_by: Mapped[User | None] = relationship(lazy="raise_on_sql")
    uses: Mapped[list["ScorecardUse"]] = relationship(lazy="raise_on_sql", order_by="ScorecardUse.number")


class ScorecardUse(Base):
    """From when a scorecard was in force, and who put it there; it ended when the next number began.

    Never changed and never deleted (triggers). Of two people who take the same number at once, one succeeds.
    """

    __tablename__ = "scorecard_use"

    number: Mapped[int] = mapped_column(unique=True)
    scorecard_id: Mapped[int] = link("scorecard")
    begun_by_id: Mapped[int | None] = link("user", index=False)
    begun_at: Mapped[datetime]

    scorecard: Mapped[StoredScorecard] = relationship(lazy="raise_on_sql", back_populates="uses")
    begun_by: Mapped[User | None] = relationship(lazy="raise_on_sql")


def scorecard_digest(*, optional: bool = False) -> Any:
    """Return the column that says by which scorecard something was scored: its hash, which no other can have."""
    return mapped_column(Txt(64), sa.ForeignKey("scorecard.digest", ondelete="RESTRICT"), nullable=optional)


class MatchRun(Base):
    """One run over a scheme's open vacancies, repeatable from what it was started with.

    ``per_position`` proposals were wanted for each position; ``top`` more and ``near`` people whom one single rule
    keeps out are kept for the page; a worker has at most ``a_worker`` proposals, each open for ``open_days`` days. The
    vacancies were scored in ``parts`` of up to ``part_size``, on the workers of the ``snapshot`` as they were at the
    ``watermark``. ``yardstick`` is empty in runs from before it could be asked for. ``counts`` holds the figures of the
    funnel, ``digest`` identifies the result bit by bit.
    """

    __tablename__ = "match_run"
    __table_args__ = (
        sa.CheckConstraint("part_size > 0 AND parts > 0", name="in_parts"),
        sa.CheckConstraint("per_position > 0 AND top >= 0 AND near >= 0 AND a_worker > 0", name="list_lengths"),
        sa.CheckConstraint("open_days > 0", name="open_for_a_while"),
    )

    ref: Mapped[str] = reference_column("R")
    scheme_id: Mapped[int] = link("scheme")
    rule_set_id: Mapped[int] = link("rule_set", index=False)
    started_by_id: Mapped[int] = link("user", index=False)
    state: Mapped[MatchRunState] = choice(MatchRunState, default=MatchRunState.QUEUED)
    on_date: Mapped[date]
    seed: Mapped[int]
    per_position: Mapped[int]
    top: Mapped[int]
    near: Mapped[int]
    a_worker: Mapped[int]
    part_size: Mapped[int]
    parts: Mapped[int]
    open_days: Mapped[int]
    yardstick: Mapped[bool | None] = mapped_column(sa.Boolean(create_constraint=True, name="yardstick"))
    snapshot: Mapped[str | None] = mapped_column(Txt(64))
    watermark: Mapped[int | None] = mapped_column(big_key())
    scorecard_name: Mapped[str] = mapped_column(Txt(80))
    scorecard_digest: Mapped[str] = scorecard_digest()
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
    scorecard: Mapped[StoredScorecard] = relationship(lazy="raise_on_sql")


class MatchPart(Base):
    """A stored part of a run; written once, so that a repeat changes nothing.

    ``number`` counts parts of a kind: the run's input is 0; scored parts, and what surrounds their cut-offs, count
    from 1.
    """

    __tablename__ = "match_part"
    __table_args__ = (sa.UniqueConstraint("run_id", "kind", "number"),)

    run_id: Mapped[int] = link("match_run")
    kind: Mapped[PartKind] = mapped_column(enum_of(PartKind))
    number: Mapped[int]
    result: Mapped[dict[str, Any]]
