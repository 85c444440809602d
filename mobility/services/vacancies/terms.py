"""A job order as its employer writes it, and the columns of a vacancy that it becomes; changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from mobility.data import reference
from mobility.errors import InvalidError, NotFoundError
from mobility.models.base import Base
from mobility.models.concepts.occupations import Occupation, Skill
from mobility.models.schemes.schemes import Scheme
from mobility.models.shortages.shortages import Shortage
from mobility.models.vacancies import VacancyLanguage, VacancySkill
from mobility.rules.basics.findings import Finding, stop_at
from mobility.rules.basics.languages import Cefr
from mobility.rules.basics.skills import SkillLevel
from mobility.rules.basics.wages import PayPeriod
from mobility.rules.cases.shortages import within_region
from mobility.rules.cases.vacancies import Terms, submission_findings
from mobility.security.actors import Actor
from mobility.security.scopes import one
from mobility.services.concepts.search import narrower_key

UNIT_GROUP_DIGITS = 4
LONGEST_EXPERIENCE = 600

#: The field of a form on which a finding is shown.
FIELD_OF = {
    "vacancy_certified": "positions",
    "shortage_left": "positions",
    "vacancy_period": "ends_on",
    "vacancy_positions": "positions",
    "vacancy_hours": "hours_week",
    "vacancy_pay": "pay",
    "zero_fees": "no_fees",
    "guarantee_share": "guarantee",
}

#: Places behind the point that the columns keep, by field of the form.
_PLACES = {"hours_week": 1, "pay": 4, "overtime_pay": 4, "guarantee_share": 4}

#: Terms that become columns of the same name as they stand.
_PLAIN = (
    "title",
    "duties",
    "region",
    "worksite",
    "positions",
    "starts_on",
    "ends_on",
    "hours_week",
    "pay",
    "pay_period",
    "currency",
    "overtime_pay",
    "deductions",
    "worker_fees",
    "guarantee_share",
    "housing_free",
    "transport_paid",
    "meals_provided",
    "insurance",
    "experience_months",
    "recruiter",
)


@dataclass(frozen=True)
class SkillNeed:
    """A skill that is asked for, by its code."""

    code: str
    level: SkillLevel = SkillLevel.BASIC
    essential: bool = True


@dataclass(frozen=True)
class LanguageNeed:
    """A language (two or three letters of ISO 639) that is asked for."""

    language: str
    level: Cefr


@dataclass(frozen=True, kw_only=True)
class VacancyTerms:
    """A job order as its employer writes it; ``scheme`` and ``shortage`` are references, ``pay`` is gross.

    ``occupation`` is an ISCO-08 unit group, ``concept`` the key of the narrower occupation that was chosen in it.
    """

    scheme: str
    shortage: str
    occupation: str
    title: str
    region: str
    positions: int
    starts_on: date
    ends_on: date
    hours_week: Decimal
    pay: Decimal
    pay_period: PayPeriod
    currency: str
    duties: str | None = None
    worksite: str | None = None
    overtime_pay: Decimal | None = None
    deductions: str | None = None
    worker_fees: Decimal = Decimal(0)
    guarantee_share: Decimal = Decimal(0)
    housing_free: bool = False
    transport_paid: bool = False
    meals_provided: bool = False
    insurance: bool = False
    experience_months: int = 0
    recruiter: str | None = None
    skills: Sequence[SkillNeed] = ()
    languages: Sequence[LanguageNeed] = ()
    concept: str | None = None


def columns_of(session: Session, actor: Actor, terms: VacancyTerms, *, today: date) -> dict[str, Any]:
    """Return the columns and parts of a vacancy with these terms.

    Raises
    ------
    InvalidError
        At its field: a scheme, shortage, occupation, skill or currency that is unknown or not the actor's to use, a
        region abroad, or figures that contradict each other.
    """
    scheme = _known(session, actor, Scheme, terms.scheme, "scheme")
    shortage = _known(session, actor, Shortage, terms.shortage, "shortage")
    occupation = _occupation(session, terms.occupation)
    _check_figures(actor, terms, today=today)
    return {
        "scheme_id": scheme.id,
        "shortage_id": shortage.id,
        "occupation": occupation,
        "concept": narrower_key(session, terms.concept, terms.occupation),
        "skills": _skills(session, terms.skills),
        "languages": [VacancyLanguage(language=code, level=level) for code, level in _languages(terms.languages)],
        **{name: getattr(terms, name) for name in _PLAIN},
    }


def field_of(finding: Finding) -> str | None:
    """Return the field of a job order's form that a finding is about."""
    return FIELD_OF.get(finding.rule)


def _known(session: Session, actor: Actor, model: type[Base], ref: str, field: str) -> Any:
    try:
        return one(session, actor, model, ref)
    except NotFoundError:
        raise InvalidError(f"vacancy.unknown_{field}", field=field) from None


def _occupation(session: Session, code: str) -> Occupation:
    found = session.scalar(sa.select(Occupation).where(Occupation.code == code))
    if found is None or len(code) != UNIT_GROUP_DIGITS:
        raise InvalidError("unknown_occupation", field="occupation")
    return found


def _skills(session: Session, needs: Sequence[SkillNeed]) -> list[VacancySkill]:
    wanted = {need.code: need for need in needs}
    found = {skill.code: skill for skill in session.scalars(sa.select(Skill).where(Skill.code.in_(wanted)))}
    if len(found) < len(needs):
        raise InvalidError("vacancy.unknown_skill", field="essential_skills")
    return [
        VacancySkill(skill=found[code], essential=need.essential, level=int(need.level))
        for code, need in wanted.items()
    ]


def _languages(needs: Sequence[LanguageNeed]) -> list[tuple[str, int]]:
    wanted = {need.language: int(need.level) for need in needs if need.level is not Cefr.NONE}
    return sorted(wanted.items())


def _check_figures(actor: Actor, terms: VacancyTerms, *, today: date) -> None:
    if not within_region(terms.region, actor.country):
        raise InvalidError("vacancy.region_abroad", field="region")
    if terms.currency not in {country.currency for country in reference.countries()}:
        raise InvalidError("vacancy.unknown_currency", field="currency")
    if not 0 <= terms.guarantee_share <= 1:
        raise InvalidError("share.not_a_share", field="guarantee")
    if not 0 <= terms.experience_months <= LONGEST_EXPERIENCE:
        raise InvalidError("vacancy.experience_out_of_range", field="experience_months", most=LONGEST_EXPERIENCE)
    for name, places in _PLACES.items():
        amount = getattr(terms, name)
        if amount is not None and amount != round(amount, places):
            raise InvalidError("vacancy.too_precise", field=FIELD_OF.get(name, name), places=places)
    facts = Terms(
        occupation=terms.occupation,
        region=terms.region,
        starts_on=terms.starts_on,
        ends_on=terms.ends_on,
        positions=terms.positions,
        hours_week=terms.hours_week,
        pay=terms.pay,
        worker_fees=terms.worker_fees,
    )
    stop_at(submission_findings(facts, today=today), field_of)
