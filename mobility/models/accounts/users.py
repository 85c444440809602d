"""Users and the roles that they hold in their organisation; how they sign in stands in sessions.py."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mobility.db import Sealed, Txt
from mobility.models.accounts.organisations import Organisation
from mobility.models.base import Base, choice, link, reference_column
from mobility.rules.basics.organisations import Role


class User(Base):
    """A person who signs in. ``email_folded`` is the name to sign in with; ``name`` is shown to colleagues."""

    __tablename__ = "user"

    ref: Mapped[str] = reference_column("U")
    organisation_id: Mapped[int] = link("organisation")
    email: Mapped[str] = mapped_column(Txt(254))
    email_folded: Mapped[str] = mapped_column(Txt(254), unique=True)
    name: Mapped[str] = mapped_column(Txt(200))
    locale: Mapped[str] = mapped_column(Txt(5), default="en")
    password_hash: Mapped[str | None] = mapped_column(Txt(200))
    totp_secret: Mapped[bytes | None] = mapped_column(Sealed())
    totp_last_step: Mapped[int | None]
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    organisation: Mapped[Organisation] = relationship(lazy="raise_on_sql")
    roles: Mapped[list["UserRole"]] = relationship(lazy="selectin", order_by="UserRole.role")


class UserRole(Base):
    """One role that a user holds."""

    __tablename__ = "user_role"
    __table_args__ = (sa.UniqueConstraint("user_id", "role"),)

    user_id: Mapped[int] = link("user")
    role: Mapped[Role] = choice(Role)
