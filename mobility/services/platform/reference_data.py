"""Bringing the embedded reference data into the database, and telling what there differs from the files."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from mobility.data import reference
from mobility.models.concepts.occupations import Occupation, OccupationSkill, Skill
from mobility.models.concepts.taxonomies import Concept

Rows = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Difference:
    """One row that is not as in the files; ``kind`` is ``missing``, ``changed`` or ``unknown`` (in no file)."""

    table: str
    key: str
    kind: str


@dataclass(frozen=True)
class LoadReport:
    """How many rows a load put in, mended and took out."""

    inserted: int = 0
    updated: int = 0
    deleted: int = 0


def load(session: Session) -> LoadReport:
    """Make occupations, skills and their links equal to the embedded files; what is equal already is not touched.

    Occupations and skills that no file names stay (shortages and workers may point to them) and are told by
    `differences`; links that no file names are taken out.
    """
    counts = [_upsert(session, Occupation, _occupations()), _upsert(session, Skill, _skills()), _load_links(session)]
    return LoadReport(*(sum(column) for column in zip(*counts, strict=True)))


def differences(session: Session) -> list[Difference]:
    """Return every row that is missing, changed or unknown to the files; empty if all are as published.

    Skills of imported taxonomies are nobody's difference.
    """
    found = [*_compare("occupation", _occupations(), _stored(session, Occupation))]
    imported = set(session.scalars(sa.select(Skill.code).join(Concept, Concept.skill_id == Skill.id)))
    skills = _compare("skill", _skills(), _stored(session, Skill))
    found += [each for each in skills if each.kind != "unknown" or each.key not in imported]
    links = {key: {"essential": essential} for key, (_, essential) in _stored_links(session).items()}
    wanted = {key: {"essential": essential} for key, essential in _links().items()}
    return [*found, *_compare("occupation_skill", wanted, links)]


def _occupations() -> Rows:
    return {
        group.code: {
            **{f"title_{language}": group.titles[language] for language in reference.LANGUAGES},
            "sector": reference.sector_of(group.code),
        }
        for group in reference.occupation_groups()
    }


def _skills() -> Rows:
    return {
        skill.code: {f"label_{language}": skill.labels[language] for language in reference.LANGUAGES}
        for skill in reference.starter_skills()
    }


def _links() -> dict[str, bool]:
    return {f"{link.isco}/{link.skill}": link.essential for link in reference.occupation_skills()}


def _stored(session: Session, model: type[Occupation | Skill]) -> dict[str, dict[str, Any]]:
    rows = session.execute(sa.select(model.__table__)).mappings()
    return {row["code"]: {str(name): row[name] for name in row if name not in {"id", "code"}} for row in rows}


def _stored_links(session: Session) -> dict[str, tuple[int, bool]]:
    select = (
        sa.select(Occupation.code, Skill.code, OccupationSkill.id, OccupationSkill.essential)
        .join(OccupationSkill, OccupationSkill.occupation_id == Occupation.id)
        .join(Skill, OccupationSkill.skill_id == Skill.id)
    )
    return {f"{isco}/{skill}": (key, essential) for isco, skill, key, essential in session.execute(select)}


def _upsert(session: Session, model: type[Occupation | Skill], wanted: Rows) -> tuple[int, int, int]:
    stored = _stored(session, model)
    new = [{"code": code, **values} for code, values in wanted.items() if code not in stored]
    changed = {code: values for code, values in wanted.items() if stored.get(code, values) != values}
    if new:
        session.execute(sa.insert(model), new)
    for code, values in changed.items():
        session.execute(sa.update(model).where(model.code == code).values(values))
    return len(new), len(changed), 0


def _new_links(session: Session, wanted: Mapping[str, bool]) -> list[dict[str, Any]]:
    occupations = {row.code: row.id for row in session.execute(sa.select(Occupation.code, Occupation.id))}
    skills = {row.code: row.id for row in session.execute(sa.select(Skill.code, Skill.id))}
    rows = []
    for key, essential in wanted.items():
        isco, _, skill = key.partition("/")
        rows.append({"occupation_id": occupations[isco], "skill_id": skills[skill], "essential": essential})
    return rows


def _load_links(session: Session) -> tuple[int, int, int]:
    wanted, stored = _links(), _stored_links(session)
    new = _new_links(session, {key: essential for key, essential in wanted.items() if key not in stored})
    changed = [stored[key][0] for key, essential in wanted.items() if stored.get(key, (0, essential))[1] != essential]
    gone = [stored[key][0] for key in stored.keys() - wanted.keys()]
    if new:
        session.execute(sa.insert(OccupationSkill), new)
    for row in changed:
        flipped = {"essential": sa.not_(OccupationSkill.essential)}
        session.execute(sa.update(OccupationSkill).where(OccupationSkill.id == row).values(flipped))
    for row in gone:
        session.execute(sa.delete(OccupationSkill).where(OccupationSkill.id == row))
    return len(new), len(changed), len(gone)


def _compare(table: str, wanted: Rows, stored: Rows) -> list[Difference]:
    kinds = {
        "missing": wanted.keys() - stored.keys(),
        "changed": {key for key in wanted.keys() & stored.keys() if wanted[key] != stored[key]},
        "unknown": stored.keys() - wanted.keys(),
    }
    return [Difference(table, key, kind) for kind, keys in kinds.items() for key in sorted(keys)]
