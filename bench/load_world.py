"""A million workers in a database within minutes: rows and vectors copied from some thousands of invented files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.orm import Session

from mobility.db import make_sessions, write_tx
from mobility.models.accounts.organisations import Organisation
from mobility.models.accounts.users import User
from mobility.models.concepts.occupations import Occupation, Skill
from mobility.models.registry import METADATA
from mobility.queries.pools.worker_records import Packed, pack
from mobility.rules.basics.organisations import OrganisationKind
from mobility.rules.basics.skills import Evidence
from mobility.rules.cases.checks import CheckKind, CheckResult
from mobility.rules.cases.consents import ConsentPurpose
from mobility.rules.cases.documents import DocumentKind
from mobility.rules.cases.workers import Sex, WorkerState
from mobility.services.platform import reference_data

TEMPLATES = 20_000
SKILLS = 13_900
LEVELS = 4
BATCH = 50_000
#: Unit groups in which people have worked.
TRADES = ("9211", "9212", "6111", "9313", "7111", "5132", "9112", "8332", "5322", "7223")
CHECKS = (CheckKind.IDENTITY, CheckKind.POLICE, CheckKind.MEDICAL, CheckKind.ORIENTATION)
_EVIDENCE = tuple(Evidence)
_ARROW = {"level": pa.int32(), "evidence": pa.string(), "skills": pa.binary(), "record": pa.binary()}


@dataclass(frozen=True)
class Place:
    """Keys that rows point to: the post that registered everybody, its officer and ministry, skills, occupations."""

    post: int
    officer: int
    controller: int
    skills: Sequence[int]
    occupations: Mapping[str, int]


@dataclass(frozen=True)
class Template:
    """One invented file: columns of the worker, rows of each part, and both packed."""

    worker: dict[str, Any]
    parts: dict[str, list[dict[str, Any]]]
    packed: Packed


def registers(session: Session) -> Place:
    """Load occupations, put in as many skills as a large taxonomy has, and make somebody who registers people."""
    reference_data.load(session)
    there = session.scalar(sa.select(sa.func.count()).select_from(Skill)) or 0
    labels = ("label_en", "label_es", "label_fr")
    new = [{"code": f"B{number}", **dict.fromkeys(labels, f"Skill {number}")} for number in range(SKILLS - there)]
    session.execute(sa.insert(Skill), new)
    post = Organisation(kind=OrganisationKind.OPERATOR, name="Bench", country="GT")
    session.add(post)
    session.flush()
    mail = "bench@example.org"
    made = datetime.now(UTC)
    user = User(organisation_id=post.id, name="Bench", email=mail, email_folded=mail, created_at=made)
    session.add(user)
    session.flush()
    known = list(session.scalars(sa.select(Skill.id).order_by(Skill.id)))
    rows = session.execute(sa.select(Occupation.code, Occupation.id).where(Occupation.code.in_(TRADES)))
    return Place(post.id, user.id, post.id, known, dict(rows.all()))


class Inventor:
    """Invents files; skills are drawn by a falling law (Zipf), so that a few are common and most are rare."""

    def __init__(self, place: Place, skills: float, seed: int, today: date) -> None:
        self.place, self.skills, self.today = place, skills, today
        self.dice = np.random.default_rng(seed)
        weight = 1 / np.arange(1, len(place.skills) + 1) ** 0.8
        self._cumulative = np.cumsum(weight / weight.sum())

    def some_skills(self, mean: float) -> list[int]:
        """Return numbers of skills, ascending."""
        drawn = np.searchsorted(self._cumulative, self.dice.random(int(self.dice.poisson(mean))))
        return sorted({self.place.skills[min(number, len(self.place.skills) - 1)] for number in drawn.tolist()})

    def template(self) -> Template:
        """Return one more file."""
        worker, parts = self._worker(), self._parts()
        return Template(worker, parts, pack(worker, parts))

    def _worker(self) -> dict[str, Any]:
        return {
            "state": WorkerState.READY,
            "origin_country": "GT",
            "born_on": self.today - timedelta(days=int(self.dice.integers(19 * 366, 60 * 365))),
            "nationalities": ["GT"],
            "residence_country": "GT",
            "residence_region": f"GT-{int(self.dice.integers(1, 23)):02}",
            "reads_and_writes": self._chance(0.95),
            "education_years": int(self.dice.integers(0, 17)),
            "displaced_by": None,
            "destinations": ["US"] if self._chance(0.5) else [],
            "sectors": [],
            "earliest_start": None,
            "months_away_max": int(self.dice.integers(4, 25)),
            "pay_floor_hourly": None,
            "pay_floor_currency": None,
        }

    def _parts(self) -> dict[str, list[dict[str, Any]]]:
        trade = TRADES[self.dice.integers(len(TRADES))]
        ended = self.today - timedelta(days=int(self.dice.integers(30, 1500)))
        work = {"code": trade, "country": "GT", "months": int(self.dice.integers(3, 140)), "ended_on": ended}
        checked = self.today - timedelta(days=int(self.dice.integers(10, 300)))
        until = checked + timedelta(days=365)
        expires = self.today + timedelta(days=int(self.dice.integers(100, 3300)))
        return {
            "skills": [
                {
                    "skill_id": key,
                    "level": int(self.dice.integers(1, LEVELS + 1)),
                    "evidence": _EVIDENCE[self.dice.integers(len(_EVIDENCE))],
                }
                for key in self.some_skills(self.skills)
            ],
            "languages": [
                {"language": "es", "level": 6},
                {"language": "en", "level": int(self.dice.integers(0, 6))},
            ],
            "employments": [{**work, "scheme_kind": None, "returned_on_time": None}],
            "licences": [],
            "documents": [{"kind": DocumentKind.PASSPORT, "expires_on": expires}],
            "checks": [
                {"kind": kind, "result": CheckResult.PASSED, "checked_on": checked, "valid_until": until}
                for kind in CHECKS
            ],
            "consents": [],
        }

    def _chance(self, share: float) -> bool:
        return bool(self.dice.random() < share)


def fill(engine: sa.Engine, workers: int, skills: float, seed: int, arrow: Any = None, *, whole: bool = False) -> Place:
    """Write workers, their skills and vectors into a migrated database without any; through ADBC if it is given.

    ``whole`` writes the other parts of their files too; on SQLite only.
    """
    now = datetime.now(UTC).replace(microsecond=0)
    with write_tx(make_sessions(engine)) as session:
        place = registers(session)
    inventor = Inventor(place, skills, seed, now.date())
    made = [inventor.template() for _ in range(min(TEMPLATES, workers))]
    which = np.random.default_rng([seed, 1]).integers(len(made), size=workers)
    counts = dict.fromkeys(_TABLES, 0)
    for first in range(0, workers, BATCH):
        some = [made[number] for number in which[first : first + BATCH].tolist()]
        ids = range(first + 1, first + len(some) + 1)
        with engine.begin() as connection:
            connection.execute(METADATA.tables["worker"].insert(), _people(some, ids, place, now))
        for part in _TABLES if whole else ("skills",):
            rows = _rows(part, some, ids, place, counts[part])
            counts[part] += len(rows["id"])
            _write(engine, _TABLES[part], rows, arrow)
        if whole:
            with engine.begin() as connection:
                connection.execute(METADATA.tables["consent"].insert(), _consents(ids, place, now))
        _write(engine, "worker_vector", _vectors(some, ids), arrow)
    return place


#: Tables of the parts that are written, each with the columns that are the same for everybody.
_TABLES = {
    "skills": "worker_skill",
    "languages": "worker_language",
    "employments": "employment",
    "documents": "identity_document",
    "checks": "worker_check",
}


def _people(some: Sequence[Template], ids: Sequence[int], place: Place, now: datetime) -> list[dict[str, Any]]:
    same = {
        "post_id": place.post,
        "sex": Sex.FEMALE,
        "assisted": False,
        "dependants": 0,
        "registered_by_id": place.officer,
        "sealing_key": b"bench",
        "created_at": now,
        "confirmed_at": now,
        "version": 1,
    }
    return [{"id": key, "ref": f"W{key:012}", **each.worker, **same} for key, each in zip(ids, some, strict=True)]


def _rows(part: str, some: Sequence[Template], ids: Sequence[int], place: Place, before: int) -> dict[str, list[Any]]:
    """Return the rows of one part by column, as drivers take them."""
    owner = [key for key, each in zip(ids, some, strict=True) for _ in each.parts[part]]
    rows = [_extended(part, row, place) for each in some for row in each.parts[part]]
    found: dict[str, list[Any]] = {"id": list(range(before + 1, before + len(rows) + 1)), "worker_id": owner}
    return {**found, **{name: [_plain(row[name]) for row in rows] for name in rows[0]}}


def _extended(part: str, row: dict[str, Any], place: Place) -> dict[str, Any]:
    if part == "employments":
        return {"occupation_id": place.occupations[row["code"]], **{k: v for k, v in row.items() if k != "code"}}
    if part == "documents":
        return {**row, "issuer": "GT", "mrz_valid": 1}
    if part == "checks":
        same = {
            "provider": "Bench",
            "verifier_id": place.officer,
            "recorded_at": f"{row['checked_on']} 12:00:00.000000",
        }
        return {**row, **same}
    return row


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else getattr(value, "value", value)


def _consents(ids: Sequence[int], place: Place, now: datetime) -> list[dict[str, Any]]:
    same = {
        "purpose": ConsentPurpose.MATCHING,
        "controller_id": place.controller,
        "text_version": "bench",
        "language": "es",
        "given_at": now,
        "withdrawn_at": None,
    }
    return [{"worker_id": key, **same} for key in ids]


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
