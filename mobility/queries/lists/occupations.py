"""Occupations and skills to choose from, in the reader's language."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from mobility.models.concepts.occupations import Occupation, OccupationSkill, Skill

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


def skills_of(session: Session, codes: Sequence[str], language: str) -> list[tuple[str, str, bool]]:
    """Return (code, label, whether essential) of the skills that occupations ask for, essential ones first."""
    label = getattr(Skill, f"label_{language}")
    first = sa.func.max(sa.case((OccupationSkill.essential, 1), else_=0))
    select = (
        sa.select(Skill.code, label, first)
        .join(OccupationSkill, OccupationSkill.skill_id == Skill.id)
        .join(Occupation, Occupation.id == OccupationSkill.occupation_id)
        .where(Occupation.code.in_(codes))
        .group_by(Skill.code, label)
        .order_by(first.desc(), label, Skill.code)
    )
    return [(code, text, bool(essential)) for code, text, essential in session.execute(select)]
