"""Occupations and skills to choose from, in the reader's language."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from mobility.models.occupations import Occupation, Skill

UNIT_GROUP_DIGITS = 4


def unit_groups(session: Session, language: str) -> list[tuple[str, str]]:
    """Return (code, "code title") of every ISCO-08 unit group, by title."""
    title = getattr(Occupation, f"title_{language}")
    select = sa.select(Occupation.code, title).where(sa.func.length(Occupation.code) == UNIT_GROUP_DIGITS)
    return [(code, f"{text} ({code})") for code, text in session.execute(select.order_by(title, Occupation.code))]


def skills(session: Session, language: str) -> list[tuple[str, str]]:
    """Return (code, label) of every skill, by label."""
    label = getattr(Skill, f"label_{language}")
    return [(code, text) for code, text in session.execute(sa.select(Skill.code, label).order_by(label, Skill.code))]
