"""What waits for an actor: counts by kind of work, each within what they may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from mobility.models.employers import Employer
from mobility.models.proposals import MatchProposal
from mobility.models.schemes.schemes import RuleSet, Scheme, Signature
from mobility.models.shortages.publications import ShortageSuggestion
from mobility.models.shortages.shortages import Shortage
from mobility.models.vacancies import Vacancy
from mobility.models.workers.workers import Worker
from mobility.queries.lists.notice_lists import unread_count
from mobility.rules.basics.permissions import Permission
from mobility.rules.cases.employers import EmployerState
from mobility.rules.cases.proposals import ProposalState
from mobility.rules.cases.publications import SuggestionState
from mobility.rules.cases.schemes import SchemeState
from mobility.rules.cases.shortages import ShortageState
from mobility.rules.cases.vacancies import VacancyState
from mobility.rules.cases.workers import WorkerState
from mobility.security.actors import Actor
from mobility.security.policy import POLICY, allowed
from mobility.security.scopes import visible


@dataclass(frozen=True)
class Task:
    """One kind of work that waits: ``code`` names it, ``count`` says how much; the list of ``state`` has some of it."""

    code: str
    count: int
    endpoint: str
    state: str


#: code, permission that makes it the actor's work, model, states, list.
_KINDS = (
    ("declare_shortages", Permission.SHORTAGE_DECLARE, Shortage, (ShortageState.DRAFT,), "shortages.index"),
    (
        "use_suggestions",
        Permission.SUGGESTION_USE,
        ShortageSuggestion,
        (SuggestionState.OPEN,),
        "suggestions.index",
    ),
    ("submit_schemes", Permission.SCHEME_SUBMIT, Scheme, (SchemeState.DRAFT,), "schemes.index"),
    ("activate_schemes", Permission.SCHEME_RUN, Scheme, (SchemeState.APPROVED,), "schemes.index"),
    (
        "vet_employers",
        Permission.EMPLOYER_VET,
        Employer,
        (EmployerState.REGISTERED, EmployerState.VETTING),
        "employers.index",
    ),
    ("finish_vacancies", Permission.VACANCY_SUBMIT, Vacancy, (VacancyState.DRAFT,), "vacancies.index"),
    ("mend_vacancies", Permission.VACANCY_SUBMIT, Vacancy, (VacancyState.DEFICIENT,), "vacancies.index"),
    ("certify_vacancies", Permission.VACANCY_CERTIFY, Vacancy, (VacancyState.SUBMITTED,), "vacancies.index"),
    (
        "attest_vacancies",
        Permission.VACANCY_ATTEST,
        Vacancy,
        (VacancyState.CERTIFIED, VacancyState.PARTIALLY_CERTIFIED),
        "vacancies.index",
    ),
    ("open_vacancies", Permission.VACANCY_OPEN, Vacancy, (VacancyState.ATTESTED,), "vacancies.index"),
    ("confirm_identities", Permission.WORKER_CONFIRM_IDENTITY, Worker, (WorkerState.REGISTERED,), "workers.index"),
    (
        "screen_workers",
        Permission.WORKER_CHECK,
        Worker,
        (WorkerState.SCREENING, WorkerState.IDENTITY_CHECKED),
        "workers.index",
    ),
    ("renew_papers", Permission.WORKER_CHECK, Worker, (WorkerState.ACTION_NEEDED,), "workers.index"),
    ("review_ineligible", Permission.WORKER_MARK_INELIGIBLE, Worker, (WorkerState.INELIGIBLE,), "workers.index"),
    ("endorse_proposals", Permission.PROPOSAL_ENDORSE, MatchProposal, (ProposalState.GENERATED,), "proposals.index"),
    ("approve_proposals", Permission.PROPOSAL_APPROVE, MatchProposal, (ProposalState.ENDORSED,), "proposals.index"),
)

_TO_SIGN = (SchemeState.SUBMITTED, SchemeState.APPROVED_BY_DESTINATION, SchemeState.APPROVED_BY_ORIGIN)


def tasks(session: Session, actor: Actor) -> list[Task]:
    """Return the kinds of work that are the actor's, with how much of each waits."""
    found = [
        _task(session, code, visible(actor, model), states, endpoint)
        for code, permission, model, states, endpoint in _KINDS
        if _is_work_of(actor, permission)
    ]
    if _is_work_of(actor, Permission.SCHEME_SIGN):
        found.insert(0, _task(session, "sign_schemes", _unsigned(actor), _TO_SIGN, "schemes.index"))
    if allowed(actor, Permission.NOTICE_LIST):
        found.append(Task("read_notices", unread_count(session, actor), "notices.index", "unread"))
    return found


def _is_work_of(actor: Actor, permission: Permission) -> bool:
    """Tell whether the actor holds the role for it: the first predicates of a clause never look at the object."""
    return any(
        all(predicate(actor, None) for predicate in clause if _of_role(predicate)) for clause in POLICY[permission]
    )


def _of_role(predicate: object) -> bool:
    return getattr(predicate, "__name__", "") == "predicate"


def _task(session: Session, code: str, work: sa.Select[Any], states: Sequence[StrEnum], endpoint: str) -> Task:
    """Return what waits in these states; its list is that of the first state in which anything waits."""
    rows = work.subquery()
    counts = sa.select(rows.c.state, sa.func.count().label("number")).group_by(rows.c.state)
    waiting = {row.state: row.number for row in session.execute(counts.where(rows.c.state.in_(states)))}
    state = next((each for each in states if each in waiting), states[0])
    return Task(code, sum(waiting.values()), endpoint, state.value)


def _unsigned(actor: Actor) -> sa.Select[Any]:
    signed = sa.select(RuleSet.scheme_id).join(Signature).where(Signature.organisation_id == actor.organisation_id)
    return visible(actor, Scheme).where(Scheme.id.not_in(signed))
