"""The rows of a worker's tables that match runs rest on, batch by batch; no sealed column, no name, no sex."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from mobility.models.concepts.occupations import Occupation, Skill
from mobility.models.workers.papers import Check, Consent, IdentityDocument
from mobility.models.workers.profiles import Employment, WorkerLanguage, WorkerLicence, WorkerSkill
from mobility.models.workers.workers import Worker

AnySelect = sa.Select[*tuple[Any, ...]]
#: Rows whose parts are fetched at once; bounds memory and the parameters of a statement.
BATCH = 1000

WORKER = sa.select(
    Worker.id,
    Worker.state,
    Worker.origin_country,
    Worker.born_on,
    Worker.nationalities,
    Worker.residence_country,
    Worker.residence_region,
    Worker.reads_and_writes,
    Worker.education_years,
    Worker.displaced_by,
    Worker.destinations,
    Worker.sectors,
    Worker.earliest_start,
    Worker.months_away_max,
    Worker.pay_floor_hourly,
    Worker.pay_floor_currency,
    Worker.sealing_key.is_(None).label("erased"),
)
#: The parts of a worker's file: what is read, and the column that says whose it is.
PARTS: dict[str, tuple[AnySelect, Any]] = {
    "skills": (
        sa.select(
            WorkerSkill.worker_id, WorkerSkill.skill_id, Skill.code, WorkerSkill.level, WorkerSkill.evidence
        ).join(Skill, Skill.id == WorkerSkill.skill_id),
        WorkerSkill.__table__.c.worker_id,
    ),
    "languages": (
        sa.select(WorkerLanguage.worker_id, WorkerLanguage.language, WorkerLanguage.level),
        WorkerLanguage.__table__.c.worker_id,
    ),
    "employments": (
        sa.select(
            Employment.worker_id,
            Occupation.code,
            Employment.country,
            Employment.months,
            Employment.ended_on,
            Employment.scheme_kind,
            Employment.returned_on_time,
        ).join(Occupation, Occupation.id == Employment.occupation_id),
        Employment.__table__.c.worker_id,
    ),
    "licences": (
        sa.select(WorkerLicence.worker_id, WorkerLicence.code, WorkerLicence.expires_on),
        WorkerLicence.__table__.c.worker_id,
    ),
    "documents": (
        sa.select(IdentityDocument.worker_id, IdentityDocument.kind, IdentityDocument.expires_on),
        IdentityDocument.__table__.c.worker_id,
    ),
    "checks": (
        sa.select(Check.worker_id, Check.kind, Check.result, Check.checked_on, Check.valid_until),
        Check.__table__.c.worker_id,
    ),
    "consents": (
        sa.select(Consent.worker_id, Consent.purpose, Consent.given_at, Consent.withdrawn_at),
        Consent.__table__.c.worker_id,
    ),
}


def batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Cut ids into pieces of at most ``BATCH``."""
    for first in range(0, len(ids), BATCH):
        yield ids[first : first + BATCH]


def workers(session: Session, ids: Sequence[int]) -> Sequence[sa.RowMapping]:
    """Return the rows of one batch of workers, in the order of their ids."""
    return _ordered(session, WORKER, Worker.__table__.c.id, ids)


def parts_of(session: Session, ids: Sequence[int]) -> dict[str, dict[int, list[sa.RowMapping]]]:
    """Return each part of one batch of workers' files by worker; of a worker without any, an empty list."""
    return {name: _by_worker(session, select, key, ids) for name, (select, key) in PARTS.items()}


def _ordered(session: Session, select: AnySelect, key: Any, ids: Sequence[int]) -> Sequence[sa.RowMapping]:
    return session.execute(select.where(key.in_(ids)).order_by(key, key.table.c.id)).mappings().all()


def _by_worker(session: Session, select: AnySelect, key: Any, ids: Sequence[int]) -> dict[int, list[sa.RowMapping]]:
    found: dict[int, list[sa.RowMapping]] = defaultdict(list)
    for row in _ordered(session, select, key, ids):
        found[row["worker_id"]].append(row)
    return found
