"""What of a worker each actor may read, field by field; the one place that opens sealed fields for a page."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from sqlalchemy.orm import joinedload, selectinload

from mobility.models.proposals import MatchProposal
from mobility.models.workers.papers import Check
from mobility.models.workers.profiles import Employment, WorkerSkill
from mobility.models.workers.workers import Worker
from mobility.rules.basics.organisations import OrganisationKind as Kind
from mobility.rules.basics.organisations import Role
from mobility.rules.cases.consents import ConsentPurpose
from mobility.rules.cases.proposals import ProposalState
from mobility.security.actors import Actor
from mobility.security.keyring import Keyring
from mobility.security.sealing import WorkerKey
from mobility.security.worker_views import (
    CheckView,
    ConsentView,
    DocumentView,
    EmploymentView,
    SkillView,
    WorkerView,
)

Predicate = Callable[[Actor, Worker, MatchProposal | None], bool]

#: What must be loaded with a worker to project all fields (pass to joinedload(…).options for a proposal's worker).
PROFILE = (
    selectinload(Worker.skills).joinedload(WorkerSkill.skill),
    selectinload(Worker.languages),
    selectinload(Worker.licences),
    selectinload(Worker.employments).joinedload(Employment.occupation),
    selectinload(Worker.documents),
    selectinload(Worker.consents),
    selectinload(Worker.checks).joinedload(Check.verifier),
    joinedload(Worker.post),
)

#: States in which both governments have said yes.
APPROVED = frozenset({ProposalState.APPROVED, ProposalState.ACCEPTED, ProposalState.SELECTED, ProposalState.PLACED})


def own_post(actor: Actor, worker: Worker, _: MatchProposal | None) -> bool:
    """The consular post at which the worker is registered."""
    return actor.kind is Kind.CONSULAR_POST and worker.post_id == actor.organisation_id


def origin_ministry(actor: Actor, worker: Worker, _: MatchProposal | None) -> bool:
    """The ministry of the worker's country."""
    return actor.kind is Kind.ORIGIN_MINISTRY and worker.origin_country == actor.country


def origin_case_officer(actor: Actor, worker: Worker, proposal: MatchProposal | None) -> bool:
    """A scheme officer of the worker's country who reviews nobody: whoever reviews stays blind."""
    return origin_ministry(actor, worker, proposal) and actor.has(Role.SCHEME_OFFICER) and not actor.has(Role.REVIEWER)


def destination_ministry(actor: Actor, worker: Worker, proposal: MatchProposal | None) -> bool:
    """A ministry to whose country the worker is proposed; without a proposal at hand, scopes.py has seen to that."""
    if actor.kind is not Kind.DESTINATION_MINISTRY:
        return False
    return proposal is None or (proposal.worker_id == worker.id and proposal.vacancy.country == actor.country)


def destination_after_approval(actor: Actor, worker: Worker, proposal: MatchProposal | None) -> bool:
    """A case worker of the destination, once it has approved and while the worker agrees to be known there."""
    return (
        proposal is not None
        and destination_ministry(actor, worker, proposal)
        and actor.has(Role.SCHEME_OFFICER, Role.REVIEWER)
        and proposal.approved_by_id is not None
        and proposal.state in APPROVED
        and _agrees(worker, ConsentPurpose.SHARE_WITH_DESTINATION)
    )


def oversight(actor: Actor, _: Worker, __: MatchProposal | None) -> bool:
    """The oversight body: reads cases without learning who they are about."""
    return actor.kind is Kind.OVERSIGHT_BODY


def _agrees(worker: Worker, purpose: ConsentPurpose) -> bool:
    return any(consent.purpose is purpose and consent.withdrawn_at is None for consent in worker.consents)


_POST = (own_post,)
_CASE = (own_post, origin_case_officer)
_PERSON = (own_post, origin_case_officer, destination_after_approval)
_ORIGIN = (own_post, origin_ministry)
_HOME = (own_post, origin_ministry, destination_after_approval)
_GOVERNMENT = (own_post, origin_ministry, destination_ministry)
_CASE_FILE = (*_GOVERNMENT, oversight)

#: Who may read a field: anybody of whom one predicate holds; an actor of whom none holds reads the reference alone.
#: Reviewers decide blind: what they see before they decide tells neither name nor sex, age, nationality or contact.
#: Names ending in ``_issuers``, ``_numbers``, ``_people``, ``_notes`` and ``_countries`` are columns inside a list.
FIELD_POLICY: Mapping[str, tuple[Predicate, ...]] = {
    "state": _CASE_FILE,
    "created_at": _CASE_FILE,
    "confirmed_at": _CASE_FILE,
    "skills": _CASE_FILE,
    "languages": _CASE_FILE,
    "licences": _CASE_FILE,
    "employments": _CASE_FILE,
    "checks": _CASE_FILE,
    "reads_and_writes": _CASE_FILE,
    "education_years": _CASE_FILE,
    "earliest_start": _CASE_FILE,
    "months_away_max": _CASE_FILE,
    "destinations": _GOVERNMENT,
    "sectors": _GOVERNMENT,
    "pay_floor_hourly": _GOVERNMENT,
    "pay_floor_currency": _GOVERNMENT,
    "documents": _GOVERNMENT,
    "origin_country": _HOME,
    "post_name": _HOME,
    "residence_country": _HOME,
    "employment_countries": _HOME,
    "residence_region": _ORIGIN,
    "displaced_by": _ORIGIN,
    "state_reason": _ORIGIN,
    "review_on": _ORIGIN,
    "assisted": _ORIGIN,
    "consents": _ORIGIN,
    "check_people": _ORIGIN,
    "given_names": _PERSON,
    "family_names": _PERSON,
    "name_latin": _PERSON,
    "born_on": _PERSON,
    "nationalities": _PERSON,
    "document_issuers": _PERSON,
    "phone": _CASE,
    "email": _CASE,
    "address": _CASE,
    "sex": _POST,
    "dependants": _POST,
    "vulnerability": _POST,
    "document_numbers": _POST,
    "check_notes": _POST,
}

ALL = frozenset(FIELD_POLICY)
#: What a list of workers shows.
LINE = frozenset({"state", "created_at", "given_names", "family_names"})
#: Columns of the worker that are sealed under the worker's own key.
SEALED = frozenset({"given_names", "family_names", "name_latin", "phone", "email", "address", "vulnerability"})
_COMPUTED = frozenset(
    {"skills", "languages", "licences", "employments", "checks", "documents", "consents", "post_name"}
)
_PLAIN = frozenset(field.name for field in fields(WorkerView)) & ALL - SEALED - _COMPUTED


def readable(actor: Actor, worker: Worker, proposal: MatchProposal | None = None) -> frozenset[str]:
    """Return the names of the fields that the actor may read."""
    return frozenset(
        name for name, anybody in FIELD_POLICY.items() if any(who(actor, worker, proposal) for who in anybody)
    )


def may_know_names(actor: Actor) -> bool:
    """Tell whether the actor works with names at all, and so may look a worker up by name."""
    if actor.kind is Kind.CONSULAR_POST:
        return True
    return actor.kind is Kind.ORIGIN_MINISTRY and actor.has(Role.SCHEME_OFFICER) and not actor.has(Role.REVIEWER)


def project_worker(
    actor: Actor,
    worker: Worker,
    keyring: Keyring,
    *,
    proposal: MatchProposal | None = None,
    only: frozenset[str] = ALL,
) -> WorkerView:
    """Return what the actor may read of a worker, who must have come out of the actor's scope.

    Parameters
    ----------
    worker : Worker
        Loaded with ``PROFILE``, unless ``only`` asks for plain columns alone (``LINE``).
    proposal : MatchProposal, optional
        The proposal through which the actor meets the worker, with its vacancy; what the destination learns of a
        person depends on where it stands.
    only : frozenset of str
        The fields that are wanted; of the others neither value nor absence is told.
    """
    seen = readable(actor, worker, proposal) & only
    key = WorkerKey.of(keyring, worker) if seen else None
    values: dict[str, Any] = {name: getattr(worker, name) for name in seen & _PLAIN}
    values |= {name: _opened(key, f"worker.{name}", getattr(worker, name)) for name in seen & SEALED}
    values |= {name: _COMPUTE[name](worker, seen, key) for name in seen & _COMPUTED}
    return WorkerView(ref=worker.ref, hidden=only - seen, erased=worker.sealing_key is None, **values)


def unsealed(view: WorkerView) -> frozenset[str]:
    """Return the names of the fields of a view that came out of an envelope and hold something."""
    found = {name for name in SEALED if getattr(view, name) is not None}
    if any(paper.number is not None for paper in view.documents):
        found.add("document_numbers")
    if any(check.note is not None for check in view.checks):
        found.add("check_notes")
    return frozenset(found)


def _opened(key: WorkerKey | None, column: str, envelope: bytes | None) -> str | None:
    return None if key is None else key.open(column, envelope)


_Seen = frozenset[str]


def _skills(worker: Worker, _: _Seen, __: WorkerKey | None) -> tuple[SkillView, ...]:
    return tuple(
        SkillView(
            code=held.skill.code,
            label_en=held.skill.label_en,
            label_es=held.skill.label_es,
            label_fr=held.skill.label_fr,
            level=held.level,
            evidence=held.evidence,
        )
        for held in worker.skills
    )


def _employments(worker: Worker, seen: _Seen, _: WorkerKey | None) -> tuple[EmploymentView, ...]:
    return tuple(
        EmploymentView(
            occupation=past.occupation.code,
            title_en=past.occupation.title_en,
            title_es=past.occupation.title_es,
            title_fr=past.occupation.title_fr,
            months=past.months,
            ended_on=past.ended_on,
            abroad=past.country != worker.origin_country,
            returned_on_time=past.returned_on_time,
            country=past.country if "employment_countries" in seen else None,
        )
        for past in worker.employments
    )


def _documents(worker: Worker, seen: _Seen, key: WorkerKey | None) -> tuple[DocumentView, ...]:
    numbers = "document_numbers" in seen
    return tuple(
        DocumentView(
            kind=paper.kind,
            issued_on=paper.issued_on,
            expires_on=paper.expires_on,
            mrz_valid=paper.mrz_valid,
            issuer=paper.issuer if "document_issuers" in seen else None,
            number=_opened(key, "identity_document.number", paper.number) if numbers else None,
        )
        for paper in worker.documents
    )


def _checks(worker: Worker, seen: _Seen, key: WorkerKey | None) -> tuple[CheckView, ...]:
    people, notes = "check_people" in seen, "check_notes" in seen
    return tuple(
        CheckView(
            kind=check.kind,
            result=check.result,
            checked_on=check.checked_on,
            valid_until=check.valid_until,
            provider=check.provider if people else None,
            verifier=check.verifier.name if people else None,
            note=_opened(key, "worker_check.note", check.note) if notes else None,
        )
        for check in worker.checks
    )


def _consents(worker: Worker, _: _Seen, __: WorkerKey | None) -> tuple[ConsentView, ...]:
    return tuple(
        ConsentView(
            purpose=consent.purpose,
            language=consent.language,
            text_version=consent.text_version,
            given_at=consent.given_at,
            withdrawn_at=consent.withdrawn_at,
        )
        for consent in worker.consents
    )


_COMPUTE: Mapping[str, Callable[[Worker, _Seen, WorkerKey | None], Any]] = {
    "skills": _skills,
    "languages": lambda worker, _, __: {spoken.language: spoken.level for spoken in worker.languages},
    "licences": lambda worker, _, __: tuple(licence.code for licence in worker.licences),
    "employments": _employments,
    "documents": _documents,
    "checks": _checks,
    "consents": _consents,
    "post_name": lambda worker, _, __: worker.post.name,
}
