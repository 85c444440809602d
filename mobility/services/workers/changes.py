"""Changing a registration afterwards: what changes in a life at any time, who somebody is until it is confirmed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from mobility.errors import ConflictError, InvalidError
from mobility.models.workers.papers import IdentityDocument
from mobility.models.workers.workers import Worker
from mobility.rules.basics.permissions import Permission
from mobility.rules.basics.places import day_in
from mobility.rules.basics.skills import Evidence
from mobility.rules.cases.workers import WorkerState
from mobility.security.actors import Actor
from mobility.security.blind_indexes import document_index, name_index, phone_index
from mobility.security.keyring import keyring_of
from mobility.security.projections import PROFILE
from mobility.security.scopes import locked
from mobility.security.sealing import WorkerKey
from mobility.services.workers import fairness_groups, registration
from mobility.services.workers.recording import record_change
from mobility.services.workers.registration import Details, Identity, Paper

#: Until a second officer has confirmed who somebody is, a slip of the pen is simply mended.
UNCONFIRMED = frozenset({WorkerState.REGISTERED})
_SEALED = ("phone", "email", "address", "vulnerability")
_PLAIN = (
    "residence_country",
    "residence_region",
    "reads_and_writes",
    "assisted",
    "education_years",
    "displaced_by",
    "earliest_start",
    "months_away_max",
    "pay_floor_hourly",
    "pay_floor_currency",
)
_LISTS = ("destinations", "sectors")


def change(
    session: Session,
    actor: Actor,
    ref: str,
    details: Details,
    identity: Identity | None = None,
    *,
    version: int,
    at: datetime,
) -> Worker:
    """Store what was changed in a registration.

    ``details.skills`` replaces the skills that are claimed; those that somebody attested or tested stay.
    ``details.employments`` are added to the work history, and ``identity`` corrects who the person is; machine-readable
    lines that are on file stay, and are held against it, unless others are typed.

    Raises
    ------
    NotFoundError, ForbiddenError, ConflictError
        Not visible, not the actor's to edit, changed meanwhile; ``worker.identity_confirmed``: who they are was
        confirmed already; a document that is on the register.
    InvalidError
        Something entered does not hold, ``field`` says where; or the person is erased.
    """
    worker = locked(session, actor, Worker, ref, Permission.WORKER_EDIT, version, options=PROFILE)
    key = WorkerKey.of(keyring_of(session), worker)
    if key is None:
        raise InvalidError("worker.erased")
    registration.check_details(details)
    changed = _change_details(session, worker, key, details, at)
    if identity is not None:
        changed += _correct_identity(session, actor, worker, key, identity, at)
    worker.confirmed_at = at
    session.flush()
    fairness_groups.write(session, [worker.id], on=day_in(worker.post.seat, at))
    record_change(session, actor, "worker.edit", worker, at=at, changed=",".join(sorted(set(changed))))
    return worker


def _change_details(session: Session, worker: Worker, key: WorkerKey, details: Details, at: datetime) -> list[str]:
    changed = [name for name in _PLAIN if _put(worker, name, getattr(details, name))]
    changed += [name for name in _LISTS if _choose(worker, name, getattr(details, name))]
    changed += [name for name in _SEALED if _reseal(worker, key, name, getattr(details, name))]
    worker.phone_index = phone_index(keyring_of(session), details.phone) if details.phone else None
    parts = {
        "skills": _claim(session, worker, details),
        "languages": _speak(worker, details.languages),
        "licences": _hold(worker, details.licences),
        "employments": _add_jobs(session, worker, details, at),
    }
    return [*changed, *(name for name, differs in parts.items() if differs)]


def _add_jobs(session: Session, worker: Worker, details: Details, at: datetime) -> bool:
    today = day_in(worker.post.seat, at)
    worker.employments.extend(registration.employments(session, details.employments, today))
    return bool(details.employments)


def _claim(session: Session, worker: Worker, details: Details) -> bool:
    """Bring the claimed skills to what was entered; a skill that rests on more than a claim is left as it is."""
    claimed = {held.skill.code: held for held in worker.skills if held.evidence is Evidence.CLAIMED}
    firm = {held.skill.code for held in worker.skills} - set(claimed)
    wanted = {code: level for code, level in details.skills.items() if code not in firm}
    if wanted == {code: held.level for code, held in claimed.items()}:
        return False
    worker.skills.extend(registration.skills(session, _keep_levels(worker.skills, claimed, wanted)))
    return True


def _speak(worker: Worker, wanted: Mapping[str, int]) -> bool:
    spoken = {each.language: each for each in worker.languages}
    if wanted == {code: each.level for code, each in spoken.items()}:
        return False
    worker.languages.extend(registration.languages(_keep_levels(worker.languages, spoken, wanted)))
    return True


def _keep_levels(rows: list[Any], held: Mapping[str, Any], wanted: Mapping[str, int]) -> dict[str, int]:
    """Take out of ``rows`` what is held and not wanted, put the others at their level, and return what is still new."""
    for code, each in held.items():
        if code not in wanted:
            rows.remove(each)
        else:
            each.level = wanted[code]
    return {code: level for code, level in wanted.items() if code not in held}


def _hold(worker: Worker, wanted: Sequence[str]) -> bool:
    held = {each.code: each for each in worker.licences}
    if set(wanted) == set(held):
        return False
    for code in set(held) - set(wanted):
        worker.licences.remove(held[code])
    worker.licences.extend(registration.licences([code for code in wanted if code not in held]))
    return True


def _correct_identity(
    session: Session, actor: Actor, worker: Worker, key: WorkerKey, identity: Identity, at: datetime
) -> list[str]:
    if worker.state not in UNCONFIRMED:
        raise ConflictError("worker.identity_confirmed")
    registration.check_birth_and_nation(actor, identity.born_on, identity.nationalities, day_in(worker.post.seat, at))
    held = max(worker.documents, key=lambda each: each.expires_on)
    typed = identity.paper.mrz or key.open("identity_document.mrz", held.mrz)  # no page shows the lines again
    identity = replace(identity, paper=replace(identity.paper, mrz=typed))
    zone = registration.check_paper(identity.paper, identity.person, day_in(worker.post.seat, at))
    registration.check_duplicates(session, actor, identity, but=worker.id)
    names = ("given_names", "family_names", "name_latin")
    changed = [name for name in names if _reseal(worker, key, name, getattr(identity, name))]
    changed += [name for name in ("born_on", "sex") if _put(worker, name, getattr(identity, name))]
    changed += ["nationalities"] if _put(worker, "nationalities", list(identity.nationalities)) else []
    worker.name_index = name_index(keyring_of(session), identity.full_name)
    changed += ["document"] if _correct_paper(session, held, key, identity.paper) else []
    held.mrz_valid = zone
    return changed


def _correct_paper(session: Session, held: IdentityDocument, key: WorkerKey, paper: Paper) -> bool:
    index = document_index(keyring_of(session), paper.issuer, paper.number)
    found = {"kind": paper.kind, "issuer": paper.issuer, "issued_on": paper.issued_on, "expires_on": paper.expires_on}
    changed = [_put(held, name, value) for name, value in {**found, "number_index": index}.items()]
    for column, text in (("number", paper.number), ("mrz", paper.mrz)):
        if key.open(f"identity_document.{column}", getattr(held, column)) != text:
            setattr(held, column, key.seal(f"identity_document.{column}", text))
            changed.append(True)
    return any(changed)


def _choose(worker: Worker, name: str, chosen: Sequence[str]) -> bool:
    """Store what was ticked in a list, in whose order nothing lies."""
    return set(getattr(worker, name)) != set(chosen) and _put(worker, name, list(chosen))


def _put(row: Any, name: str, value: Any) -> bool:
    if getattr(row, name) == value:
        return False
    setattr(row, name, value)
    return True


def _reseal(worker: Worker, key: WorkerKey, name: str, text: str | None) -> bool:
    if key.open(f"worker.{name}", getattr(worker, name)) == text:
        return False
    setattr(worker, name, key.seal(f"worker.{name}", text))
    return True
