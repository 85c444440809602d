"""What is imported: editions, concepts and their labels, and where a code of another classification leads."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from mobility.data.reference import LANGUAGES
from mobility.models.concepts.occupations import Occupation, Skill
from mobility.models.concepts.taxonomies import CodeLink, Concept, ConceptLabel, ConceptSkill, TaxonomyEdition
from mobility.rules.basics.taxonomies import ConceptKind, MatchKind, TaxonomyKind, composed

UNIT_GROUP_DIGITS = 4
ISCO = "isco08"
MOST_HOPS = 4
#: How the codes of our own skills begin.
STARTER = "S"
SOME = 500
_KINDS = list(MatchKind)


@dataclass(frozen=True)
class CodeTarget:
    """An ISCO-08 unit group that a code leads to; ``rank`` counts from 0, the one to take first."""

    code: str
    kind: MatchKind
    rank: int


def editions(session: Session) -> list[TaxonomyEdition]:
    """Return every edition, by name, the latest first."""
    order = (TaxonomyEdition.name, TaxonomyEdition.imported_at.desc(), TaxonomyEdition.id.desc())
    return list(session.scalars(sa.select(TaxonomyEdition).order_by(*order)))


def current(session: Session, name: str) -> TaxonomyEdition | None:
    """Return the edition of a taxonomy that is in use."""
    return session.scalar(
        sa.select(TaxonomyEdition).where(TaxonomyEdition.name == name, TaxonomyEdition.current.is_(sa.true()))
    )


def uses(session: Session, *kinds: TaxonomyKind) -> bool:
    """Tell whether anything of one of some kinds is imported."""
    select = sa.select(TaxonomyEdition.id).where(TaxonomyEdition.kind.in_(kinds)).limit(1)
    return session.scalar(select) is not None


def occupation_state(session: Session) -> tuple[object, ...]:
    """Return figures that differ as soon as anything that occupations are searched by has changed."""
    editions_in_use = _in_use(session, TaxonomyKind.ESCO, TaxonomyKind.ONET)
    if any(name == TaxonomyKind.ONET for name, *_ in editions_in_use):  # their hubs hang on the crosswalks
        editions_in_use = _in_use(session, *TaxonomyKind)
    titles = sa.func.sum(sa.func.length(Occupation.title_en + Occupation.title_es + Occupation.title_fr))
    own = session.execute(sa.select(sa.func.max(Occupation.id), titles)).one()
    return (*editions_in_use, tuple(own))


def skill_state(session: Session) -> tuple[object, ...]:
    """Return figures that differ as soon as anything that skills are searched by has changed."""
    labels = sa.func.sum(sa.func.length(Skill.label_en + Skill.label_es + Skill.label_fr))
    own = session.execute(sa.select(sa.func.max(Skill.id), labels).where(Skill.code.startswith(STARTER))).one()
    return (*_in_use(session, TaxonomyKind.ESCO), tuple(own))


def _in_use(session: Session, *kinds: TaxonomyKind) -> list[tuple[str, ...]]:
    edition = TaxonomyEdition
    select = sa.select(edition.name, edition.version, edition.digest, edition.languages, edition.current)
    rows = session.execute(select.where(edition.kind.in_(kinds)).order_by(edition.name, edition.version))
    return [tuple(map(str, row)) for row in rows]


def occupation_labels(session: Session) -> Iterator[tuple[str, str, str, bool, str]]:
    """Yield (key, text, language, preferred, key of what is broader) for all occupations that can be chosen."""
    unit = sa.select(Occupation).where(sa.func.length(Occupation.code) == UNIT_GROUP_DIGITS)
    for group in session.scalars(unit.order_by(Occupation.code)):
        for language in LANGUAGES:
            yield f"isco-{group.code}", getattr(group, f"title_{language}"), language, True, ""
    select = (
        sa.select(Concept.key, ConceptLabel.text, ConceptLabel.language, ConceptLabel.preferred, Occupation.code)
        .join(ConceptLabel, ConceptLabel.concept_id == Concept.id)
        .join(Occupation, Occupation.id == Concept.occupation_id)
        .where(Concept.kind == ConceptKind.OCCUPATION, Concept.retired_in.is_(None))
    )
    for key, text, language, preferred, code in session.execute(select):
        yield key, text, language, preferred, f"isco-{code}"


def skill_labels(session: Session) -> Iterator[tuple[str, str, str, bool, str]]:
    """Yield (code, text, language, preferred, nothing) for all skills that can be chosen, with their other names."""
    retired = sa.select(Concept.skill_id).where(Concept.retired_in.is_not(None), Concept.skill_id.is_not(None))
    live = sa.select(Concept.skill_id).where(Concept.retired_in.is_(None), Concept.skill_id.is_not(None))
    kept = sa.or_(Skill.id.in_(live), Skill.id.not_in(retired))
    for skill in session.scalars(sa.select(Skill).where(kept).order_by(Skill.code)):
        for language in LANGUAGES:
            yield skill.code, getattr(skill, f"label_{language}"), language, True, ""
    select = (
        sa.select(Skill.code, ConceptLabel.text, ConceptLabel.language)
        .join(Concept, Concept.skill_id == Skill.id)
        .join(ConceptLabel, ConceptLabel.concept_id == Concept.id)
        .where(Concept.retired_in.is_(None))
    )
    for code, text, language in session.execute(select):
        yield code, text, language, False, ""


def concepts(session: Session, keys: Collection[str]) -> dict[str, Concept]:
    """Return concepts by key, each with its hub and its edition."""
    select = sa.select(Concept).where(Concept.key.in_(keys))
    loaded = select.options(joinedload(Concept.occupation), joinedload(Concept.edition))
    return {concept.key: concept for concept in session.scalars(loaded)}


def unit_groups(session: Session, codes: Collection[str]) -> dict[str, Occupation]:
    """Return ISCO-08 unit groups by code."""
    units = [code for code in codes if len(code) == UNIT_GROUP_DIGITS]
    return {each.code: each for each in session.scalars(sa.select(Occupation).where(Occupation.code.in_(units)))}


def skills(session: Session, codes: Collection[str]) -> dict[str, Skill]:
    """Return skills by code."""
    wanted = list(codes)
    found: dict[str, Skill] = {}
    for start in range(0, len(wanted), SOME):
        select = sa.select(Skill).where(Skill.code.in_(wanted[start : start + SOME]))
        found |= {skill.code: skill for skill in session.scalars(select)}
    return found


def skills_of(session: Session, keys: Sequence[str], language: str, *, most: int) -> list[tuple[str, str, bool]]:
    """Return (code, label, whether essential) of the skills of chosen occupations, essential ones first."""
    label = getattr(Skill, f"label_{language}")
    skill = sa.orm.aliased(Concept)
    essential = sa.func.max(sa.case((ConceptSkill.essential, 1), else_=0))
    select = (
        sa.select(Skill.code, label, essential)
        .join(skill, skill.skill_id == Skill.id)
        .join(ConceptSkill, ConceptSkill.skill_id == skill.id)
        .join(Concept, Concept.id == ConceptSkill.occupation_id)
        .where(Concept.key.in_(keys), skill.retired_in.is_(None))
        .group_by(Skill.code, label)
        .order_by(essential.desc(), label, Skill.code)
        .limit(most)
    )
    return [(code, text, bool(first)) for code, text, first in session.execute(select)]


def targets_of(session: Session, scheme: str, code: str) -> list[CodeTarget]:
    """Return the ISCO-08 unit groups that a code of another classification leads to, the one to take first.

    Links of links are followed; a link that goes by way of another code is exact only if all of its parts are.
    """
    reached: dict[tuple[str, str], tuple[MatchKind, int]] = {(scheme, code): (MatchKind.EXACT, 0)}
    front, found = dict(reached), dict[str, tuple[MatchKind, int]]()
    for _ in range(MOST_HOPS):
        beyond: dict[tuple[str, str], tuple[MatchKind, int]] = {}
        for link in _links_from(session, list(front)):
            kind, rank = front[link.source_scheme, link.source_code]
            step = (composed(kind, link.kind), rank + link.rank)
            end = (link.target_scheme, link.target_code)
            if link.target_scheme == ISCO:
                found[link.target_code] = min(found.get(link.target_code, step), step, key=_preference)
            elif end not in reached:
                beyond[end] = min(beyond.get(end, step), step, key=_preference)
        reached |= beyond
        front = beyond
    units = [(step, isco) for isco, step in found.items() if len(isco) == UNIT_GROUP_DIGITS]
    ordered = sorted(units, key=lambda pair: (*_preference(pair[0]), pair[1]))
    return [CodeTarget(isco, kind, rank) for rank, ((kind, _), isco) in enumerate(ordered)]


def has_links_from(session: Session, schemes: Collection[str]) -> bool:
    """Tell whether any link leads from a code of one of some schemes."""
    return session.scalar(sa.select(CodeLink.id).where(CodeLink.source_scheme.in_(schemes)).limit(1)) is not None


def _preference(step: tuple[MatchKind, int]) -> tuple[int, int]:
    kind, rank = step
    return rank, _KINDS.index(kind)


def _links_from(session: Session, ends: Sequence[tuple[str, str]]) -> list[CodeLink]:
    found: list[CodeLink] = []
    for scheme in sorted({scheme for scheme, _ in ends}):
        codes = [code for of, code in ends if of == scheme]
        where = (CodeLink.source_scheme == scheme, CodeLink.source_code.in_(codes[:SOME]))
        found += session.scalars(sa.select(CodeLink).where(*where).order_by(CodeLink.id))
    return found
