"""A million workers in a database within minutes: rows and vectors copied from some thousands of invented files."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import sqlalchemy as sa

from mobility.db import make_sessions, write_tx
from mobility.models.occupations import Skill
from mobility.models.organisations import Organisation
from mobility.models.registry import METADATA
from mobility.models.users import User
from mobility.queries.worker_records import Packed, pack
from mobility.rules.organisations import OrganisationKind
from mobility.rules.skills import Evidence
from mobility.rules.workers import Sex, WorkerState

TEMPLATES = 20_000
SKILLS = 13_900
LEVELS = 4
TODAY = date(2026, 5, 4)
BATCH = 100_000
_EVIDENCE = [evidence.value for evidence in Evidence]
_ARROW = {"level": pa.int32(), "evidence": pa.string(), "skills": pa.binary(), "record": pa.binary()}
_NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Template:
    """One invented file: columns of the worker, skills (number, level, evidence), and both packed."""

    worker: dict[str, Any]
    skills: list[tuple[int, int, str]]
    packed: Packed


def templates(count: int, skills: float, seed: int, known: Sequence[int]) -> list[Template]:
    """Invent files; skills are drawn by a falling law (Zipf), so that a few are common and most are rare."""
    dice = np.random.default_rng(seed)
    weight = 1 / np.arange(1, len(known) + 1) ** 0.8
    cumulative = np.cumsum(weight / weight.sum())
    found = []
    for _ in range(count):
        drawn = np.searchsorted(cumulative, dice.random(int(dice.poisson(skills))))
        numbers = sorted({known[min(place, len(known) - 1)] for place in drawn.tolist()})
        held = [(key, int(dice.integers(1, LEVELS + 1)), _EVIDENCE[dice.integers(len(_EVIDENCE))]) for key in numbers]
        worker = {
            "state": WorkerState.READY,
            "origin_country": "GT",
            "born_on": TODAY - timedelta(days=int(dice.integers(18 * 366, 60 * 365))),
            "nationalities": ["GT"],
            "residence_country": "GT",
            "residence_region": f"GT-{int(dice.integers(1, 23)):02}",
            "reads_and_writes": bool(dice.random() < 0.95),  # noqa: PLR2004
            "education_years": int(dice.integers(0, 17)),
            "displaced_by": None,
            "destinations": ["US"] if dice.random() < 0.5 else [],  # noqa: PLR2004
            "sectors": [],
            "earliest_start": None,
            "months_away_max": int(dice.integers(1, 25)),
            "pay_floor_hourly": None,
            "pay_floor_currency": None,
        }
        parts: dict[str, Any] = defaultdict(list)
        parts["skills"] = [
            {"skill_id": key, "level": level, "evidence": Evidence(evidence)} for key, level, evidence in held
        ]
        found.append(Template(worker, held, pack(worker, parts)))
    return found


def fill(engine: sa.Engine, workers: int, skills: float, seed: int, arrow: Any = None) -> None:
    """Write workers, their skills and their vectors into a migrated, empty database; through ADBC if it is given."""
    with write_tx(make_sessions(engine)) as session:
        post = Organisation(kind=OrganisationKind.OPERATOR, name="Bench", country="GT")
        session.add(post)
        session.flush()
        user = User(
            organisation_id=post.id,
            name="Bench",
            email="bench@example.org",
            email_folded="bench@example.org",
            created_at=_NOW,
        )
        session.add(user)
        session.execute(
            sa.insert(Skill),
            [
                {"code": f"bench-{number}", **dict.fromkeys(("label_en", "label_es", "label_fr"), f"Skill {number}")}
                for number in range(SKILLS)
            ],
        )
        session.flush()
        known = list(session.scalars(sa.select(Skill.id).order_by(Skill.id)))
        officer, place = user.id, post.id
    made = templates(min(TEMPLATES, workers), skills, seed, known)
    which = np.random.default_rng([seed, 1]).integers(len(made), size=workers)
    cells = 0
    for first in range(0, workers, BATCH):
        some = [made[number] for number in which[first : first + BATCH].tolist()]
        ids = range(first + 1, first + len(some) + 1)
        with engine.begin() as connection:
            connection.execute(METADATA.tables["worker"].insert(), _people(some, ids, officer, place))
        held = _skills(some, ids, cells)
        cells += len(held["id"])
        _write(engine, "worker_skill", held, arrow)
        _write(engine, "worker_vector", _vectors(some, ids), arrow)


def _people(some: Sequence[Template], ids: Sequence[int], officer: int, post: int) -> list[dict[str, Any]]:
    same = {
        "post_id": post,
        "sex": Sex.FEMALE,
        "assisted": False,
        "dependants": 0,
        "registered_by_id": officer,
        "created_at": _NOW,
        "confirmed_at": _NOW,
        "version": 1,
    }
    return [{"id": key, "ref": f"W{key:012}", **each.worker, **same} for key, each in zip(ids, some, strict=True)]


def _skills(some: Sequence[Template], ids: Sequence[int], before: int) -> dict[str, list[Any]]:
    owner = [key for key, each in zip(ids, some, strict=True) for _ in each.skills]
    number, level, evidence = zip(*(skill for each in some for skill in each.skills), strict=True)
    return {
        "id": list(range(before + 1, before + len(owner) + 1)),
        "worker_id": owner,
        "skill_id": list(number),
        "level": list(level),
        "evidence": list(evidence),
    }


def _vectors(some: Sequence[Template], ids: Sequence[int]) -> dict[str, list[Any]]:
    return {
        "worker_id": list(ids),
        "change_seq": list(ids),
        "skills": [each.packed.skills for each in some],
        "record": [each.packed.record for each in some],
    }


def _write(engine: sa.Engine, table: str, columns: dict[str, list[Any]], arrow: Any) -> None:
    """Append rows as fast as the database takes them, foreign keys unasked: they hold by construction."""
    if arrow is not None:
        rows = pa.table({name: pa.array(values, _ARROW.get(name)) for name, values in columns.items()})
        with arrow.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            cursor.adbc_ingest(table, rows, mode="append")
        arrow.commit()
        return
    raw = engine.raw_connection()
    try:
        raw.execute("PRAGMA foreign_keys = OFF")
        raw.execute("BEGIN")
        marks = ", ".join("?" * len(columns))
        insert = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608  names of our own
        raw.executemany(insert, zip(*columns.values(), strict=True))
        raw.execute("COMMIT")
        raw.execute("PRAGMA foreign_keys = ON")
    finally:
        raw.close()
