"""Changing the terms of a vacancy: freely while it is a draft, and with what follows from it once it is certified.

A certified vacancy whose terms change goes back to the ministry, and its open proposals end: people were proposed, and
said yes, to other terms. Fewer positions, and other words for the same work, change nothing for those who are proposed;
fewer positions than are promised already are refused.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from mobility.errors import InvalidError, TransitionError
from mobility.models.vacancies import Vacancy
from mobility.queries.lists.vacancy_lists import STANDING, parties
from mobility.queries.pools.demands import positions_left
from mobility.queries.proposal_endings import of_vacancy
from mobility.rules.basics.causes import Cause
from mobility.rules.basics.permissions import Permission
from mobility.rules.basics.places import day_in
from mobility.rules.cases.notices import NoticeKind
from mobility.rules.cases.proposals import EndReason
from mobility.rules.cases.vacancies import VacancyEvent, matters
from mobility.security import audit
from mobility.security.actors import Actor
from mobility.security.scopes import locked
from mobility.security.steps import advance, open_events
from mobility.services import notices
from mobility.services.proposals import endings
from mobility.services.proposals.endings import Ending, Touched
from mobility.services.vacancies.terms import VacancyTerms, columns_of
from mobility.services.vacancies.vacancies import EDITABLE, WHOLE


def may_amend(actor: Actor, vacancy: Vacancy) -> bool:
    """Tell whether the vacancy is in a state in which its employer may change its terms, and the actor is of it."""
    return vacancy.state in EDITABLE or VacancyEvent.AMEND in open_events(actor, vacancy)


def touched_by(
    session: Session, actor: Actor, vacancy: Vacancy, terms: VacancyTerms, *, at: datetime
) -> Touched | None:
    """Return what these terms would do to open proposals now; None where they send nothing back to the ministry.

    Raises
    ------
    InvalidError
        Terms that do not fit, at their field.
    """
    if vacancy.state in EDITABLE:
        return None
    columns = columns_of(session, actor, terms, today=day_in(terms.region, at))
    if not matters(_changed(vacancy, columns), vacancy.positions, terms.positions):
        return None
    return endings.preview(session, actor, of_vacancy(vacancy.id), _ending(vacancy))


def amend(
    session: Session,
    actor: Actor,
    ref: str,
    terms: VacancyTerms,
    *,
    version: int,
    at: datetime,
    seen: str | None = None,
) -> Vacancy:
    """Change the terms of a vacancy; a certified one goes back to the ministry if they matter to anybody else.

    Raises
    ------
    NotFoundError, ForbiddenError, ConflictError, TransitionError
        Not visible, not the actor's own, changed meanwhile (the vacancy, or what was ``seen``), or over.
    InvalidError
        Terms that do not fit, at their field; ``vacancy.positions_promised``: fewer than are promised to people.
    """
    vacancy = locked(session, actor, Vacancy, ref, Permission.VACANCY_EDIT, version, options=WHOLE)
    if not may_amend(actor, vacancy):
        raise TransitionError(vacancy.state, "amend")
    columns = columns_of(session, actor, terms, today=day_in(terms.region, at))
    if vacancy.state not in EDITABLE:
        _carry_on(session, actor, vacancy, columns, at=at, seen=seen)
    vacancy.skills, vacancy.languages = [], []
    session.flush()
    for name, value in columns.items():
        setattr(vacancy, name, value)
    audit.record(
        session, actor, "vacancy.amend", vacancy, at=at, occupation=terms.occupation, positions=terms.positions
    )
    return vacancy


def _carry_on(
    session: Session, actor: Actor, vacancy: Vacancy, columns: Mapping[str, Any], *, at: datetime, seen: str | None
) -> None:
    """Do what other terms mean for a certified vacancy and its open proposals."""
    after = advance(actor, vacancy, VacancyEvent.AMEND)
    positions = columns["positions"]
    if not matters(_changed(vacancy, columns), vacancy.positions, positions):
        _check_promised(vacancy.certified_positions - positions_left(session, vacancy.id), positions)
        vacancy.certified_positions = min(vacancy.certified_positions, positions)
        return
    _check_promised(vacancy.filled_positions, positions)
    endings.end_open(session, actor, of_vacancy(vacancy.id), _ending(vacancy), at=at, seen=seen)
    before, vacancy.state = vacancy.state, after
    vacancy.submitted_at, vacancy.certified_positions = at, vacancy.filled_positions
    for ref, told in parties(session, [vacancy.id], origins=before in STANDING):
        others = told - {actor.organisation_id}
        notices.tell(session, others, NoticeKind.VACANCY_CHANGED, ("vacancy", ref), at=at)


def _check_promised(promised: int, positions: int) -> None:
    if positions < promised:
        raise InvalidError("vacancy.positions_promised", field="positions", promised=promised)


def _ending(vacancy: Vacancy) -> Ending:
    return Ending(EndReason.VACANCY_CHANGED, ("vacancy", vacancy.ref), cause=Cause.TERMS_MOVED)


def _changed(vacancy: Vacancy, columns: Mapping[str, Any]) -> set[str]:
    """Return the names of the columns and parts that become others."""
    return {name for name, value in columns.items() if _part(name, value) != _part(name, getattr(vacancy, name))}


def _part(name: str, value: Any) -> Any:
    """Return what is compared of a column or part."""
    return {"skills": _skills, "languages": _languages}.get(name, lambda plain: plain)(value)


def _skills(needs: Iterable[Any]) -> set[tuple[int, bool, int]]:
    return {(need.skill.id, need.essential, need.level) for need in needs}


def _languages(needs: Iterable[Any]) -> set[tuple[str, int]]:
    return {(need.language, int(need.level)) for need in needs}
