"""Organisations: ministries, consular posts, employers, oversight bodies, the operator."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mobility.db import Txt
from mobility.models.base import Base, choice, link, reference_column
from mobility.rules.basics.organisations import OrganisationKind


class Organisation(Base):
    """A body whose users act in its name; ``country`` (ISO 3166-1 alpha-2) bounds what it may see.

    A consular post belongs to an origin ministry (``parent``) and works in ``seat_country``.
    """

    __tablename__ = "organisation"
    __table_args__ = (sa.CheckConstraint("kind <> 'consular_post' OR parent_id IS NOT NULL", name="post_has_ministry"),)

    ref: Mapped[str] = reference_column("O")
    kind: Mapped[OrganisationKind] = choice(OrganisationKind)
    name: Mapped[str] = mapped_column(Txt(200))
    country: Mapped[str] = mapped_column(Txt(2), index=True)
    seat_country: Mapped[str | None] = mapped_column(Txt(2))
    parent_id: Mapped[int | None] = link("organisation")

    @property
    def seat(self) -> str:
        """The country in which it sits, whose days are those of its papers."""
        return self.seat_country or self.country

    parent: Mapped["Organisation | None"] = relationship(remote_side="Organisation.id", lazy="raise_on_sql")
