"""Server-side sessions and counted sign-in attempts; no personal data in either."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from mobility.db import Txt, json_dict
from mobility.models.base import Base, link


class UserSession(Base):
    """A signed-in browser; only the hash of its token is stored. Deleting the row signs it out."""

    __tablename__ = "user_session"

    token_hash: Mapped[str] = mapped_column(Txt(64), unique=True)
    user_id: Mapped[int | None] = link("user")
    state: Mapped[dict[str, Any]] = mapped_column(json_dict(), default=dict)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime] = mapped_column(index=True)


class SignInAttempt(Base):
    """Attempts on one key (a keyed hash of an address or of an account), counted before anything is checked."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (sa.CheckConstraint("attempts >= 0", name="attempts_not_negative"),)

    key_hash: Mapped[str] = mapped_column(Txt(64), unique=True)
    attempts: Mapped[int]
    window_started_at: Mapped[datetime]
    blocked_until: Mapped[datetime | None]
