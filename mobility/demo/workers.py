"""Writes the demo's workers in batches of bounded size, sealed and recorded like everybody else."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from mobility.db import SessionFactory, write_tx
from mobility.demo import dice as chance
from mobility.demo.dice import Dice
from mobility.demo.lives import CHANCES, Life, LifeMaker, near_duplicate, papers_current
from mobility.demo.ministries import Cast
from mobility.models.base import Base
from mobility.models.concepts.occupations import Occupation, Skill
from mobility.models.registry import METADATA
from mobility.models.workers.papers import Check, Consent, IdentityDocument
from mobility.models.workers.profiles import Employment, WorkerLanguage, WorkerLicence, WorkerSkill
from mobility.models.workers.workers import Worker
from mobility.rules.basics.references import RANDOM_BYTES, Prefix, new_reference
from mobility.rules.cases.checks import CheckKind, CheckResult
from mobility.rules.cases.consents import ConsentPurpose
from mobility.rules.cases.documents import DocumentKind
from mobility.rules.cases.workers import WorkerState
from mobility.security import audit
from mobility.security.actors import SYSTEM, Actor
from mobility.security.blind_indexes import document_index, name_index, phone_index
from mobility.security.keyring import Keyring, keyring_of
from mobility.security.sealing import WorkerKey
from mobility.services.workers import fairness_groups, vectors

BATCH = 1000
#: Workers' references count through 37 of their 40 bits in steps of this odd number: none comes twice, however many.
STEP, COUNTED_BITS, LEFT_FREE = 0x9E3779B97, 37, 3
STREAM = 7
TWINS_EVERY = 125
CONSENT_TEXT = "2025-01"
CHECKS = (CheckKind.IDENTITY, CheckKind.POLICE, CheckKind.MEDICAL, CheckKind.ORIENTATION)
PROVIDERS: Mapping[CheckKind, str] = {
    CheckKind.IDENTITY: "Consular post",
    CheckKind.POLICE: "National police",
    CheckKind.MEDICAL: "Accredited clinic",
    CheckKind.ORIENTATION: "Ministry of labour",
    CheckKind.TRADE_TEST: "National training institute",
}
Rows = dict[type[Base], list[dict[str, Any]]]
#: The parts of a file that vectors hold.
_PARTS: Mapping[str, type[Base]] = {
    "skills": WorkerSkill,
    "languages": WorkerLanguage,
    "employments": Employment,
    "licences": WorkerLicence,
    "documents": IdentityDocument,
    "checks": Check,
    "consents": Consent,
}


@dataclass(frozen=True)
class Codes:
    """Database ids of occupations and skills by code, and codes of occupations by id."""

    occupations: Mapping[str, int]
    skills: Mapping[str, int]
    isco: Mapping[int, str]

    @classmethod
    def load(cls, session: Session) -> "Codes":
        """Read them."""
        occupations = dict(session.execute(sa.select(Occupation.code, Occupation.id)).all())
        skills = dict(session.execute(sa.select(Skill.code, Skill.id)).all())
        return cls(occupations, skills, {key: code for code, key in occupations.items()})


def register(
    sessions: SessionFactory,
    cast: Cast,
    *,
    seed: int,
    count: int,
    today: date,
    progress: Callable[[int], object] = lambda _: None,
) -> None:
    """Write ``count`` workers, a thousand in one transaction; ``progress`` is told how many came on."""
    with write_tx(sessions) as session:
        codes = Codes.load(session)
    maker = LifeMaker(today)
    for number, first in enumerate(range(0, count, BATCH)):
        size = min(BATCH, count - first)
        with write_tx(sessions) as session:
            batch = _Batch(session, cast, codes, today)
            for place, row in enumerate(chance.rows(seed, STREAM, number, count=size, width=CHANCES), start=first):
                batch.add(maker, row, reference(seed, place))
            batch.write()
        progress(size)


def reference(seed: int, place: int) -> str:
    """Return the reference of the worker at a place; random ones would meet among a million (40 bits)."""
    body = (place * STEP + seed) % (1 << COUNTED_BITS) << LEFT_FREE
    return new_reference(Prefix.WORKER, body.to_bytes(RANDOM_BYTES, "big"))


class _Batch:
    """Rows of up to a thousand workers and their parts."""

    def __init__(self, session: Session, cast: Cast, codes: Codes, today: date) -> None:
        self.session, self.cast, self.codes, self.today = session, cast, codes, today
        self.keyring: Keyring = keyring_of(session)
        self.workers: list[dict[str, Any]] = []
        self.lives: list[tuple[Life, WorkerKey, Actor, Actor]] = []
        self._twin: Life | None = None

    def add(self, maker: LifeMaker, dice: Dice, ref: str) -> None:
        """Take one more person into the batch."""
        origin, life = maker.life(dice)
        if self._twin is not None and self._twin.columns["origin_country"] == origin.country:
            life = Life(
                **{
                    **vars(life),
                    "clear": near_duplicate(self._twin.clear),
                    "columns": {**life.columns, **{name: self._twin.columns[name] for name in ("born_on", "sex")}},
                }
            )
            self._twin = None
        elif len(self.workers) % TWINS_EVERY == 0:
            self._twin = life
        registrar, screener = dice.pick(self.cast.posts[origin.country])
        key = WorkerKey.create(ref)
        self.workers.append(self._worker(life, key, registrar, screener))
        self.lives.append((life, key, registrar, screener))

    def write(self) -> None:
        """Insert everything, and record each worker."""
        connection = self.session.connection()
        connection.execute(_insert(Worker), self.workers)
        refs = [row["ref"] for row in self.workers]
        stored = dict(self.session.execute(sa.select(Worker.ref, Worker.id).where(Worker.ref.in_(refs))).all())
        ids = [stored[ref] for ref in refs]
        rows: Rows = {}
        for worker_id, (life, key, registrar, screener) in zip(ids, self.lives, strict=True):
            self._parts(rows, worker_id, life, key, registrar, screener)
        for model, some in rows.items():
            connection.execute(_insert(model), some)
        people = [{"id": worker_id, **row} for worker_id, row in zip(ids, self.workers, strict=True)]
        parts = {name: rows.get(model, []) for name, model in _PARTS.items()}
        vectors.write_new(self.session, people, parts, self.codes.isco)
        fairness_groups.write(self.session, ids, on=self.today)
        audit.record_many(self.session, SYSTEM, "worker.register", Worker, ids, at=_noon(self.today))

    def _worker(self, life: Life, key: WorkerKey, registrar: Actor, screener: Actor) -> dict[str, Any]:
        at = _noon(life.registered)
        confirmed = papers_current(life.columns["state"])
        return {
            **life.columns,
            "ref": key.ref,
            "post_id": registrar.organisation_id,
            "sealing_key": key.wrapped(self.keyring),
            **{name: key.seal(f"worker.{name}", text) for name, text in life.clear.items()},
            "name_index": name_index(self.keyring, f"{life.clear['given_names']} {life.clear['family_names']}"),
            "phone_index": phone_index(self.keyring, life.clear["phone"]),
            "registered_by_id": registrar.user_id,
            "identity_checked_by_id": screener.user_id if confirmed else None,
            "created_at": at,
            "confirmed_at": at,
            "version": 1,
        }

    def _parts(self, rows: Rows, worker_id: int, life: Life, key: WorkerKey, registrar: Actor, screener: Actor) -> None:
        def add(model: type[Base], **values: Any) -> None:
            rows.setdefault(model, []).append({"worker_id": worker_id, **values})

        for code, level, evidence in life.skills:
            add(WorkerSkill, skill_id=self.codes.skills[code], level=level, evidence=evidence)
        for language, level in life.languages.items():
            add(WorkerLanguage, language=language, level=level)
        for code in life.licences:
            add(WorkerLicence, code=code, expires_on=self.today + timedelta(days=700))
        for job in life.employments:
            place = {"occupation_id": self.codes.occupations[job["isco"]]}
            optional = {name: job.get(name) for name in ("ended_on", "scheme_kind", "returned_on_time")}
            add(Employment, **place, country=job["country"], months=job["months"], **optional)
        add(IdentityDocument, **self._document(life, key))
        at, language = _noon(life.registered), max(life.languages, key=lambda code: life.languages[code])
        given = {"controller_id": registrar.ministry_id, "text_version": CONSENT_TEXT, "language": language}
        withdrawn = at + timedelta(days=15) if life.columns["state"] is WorkerState.WITHDRAWN else None
        for purpose in ConsentPurpose:
            add(Consent, purpose=purpose, **given, given_at=at, withdrawn_at=withdrawn)
        if papers_current(life.columns["state"]):
            for kind, checked, until in self._checks(life):
                add(Check, **self._check(kind, checked, until, screener))

    def _document(self, life: Life, key: WorkerKey) -> dict[str, Any]:
        issuer = life.columns["origin_country"]
        return {
            "kind": DocumentKind.PASSPORT,
            "issuer": issuer,
            "number": key.seal("identity_document.number", life.number),
            "number_index": document_index(self.keyring, issuer, life.number),
            "mrz_valid": True,
            **life.document,
        }

    def _checks(self, life: Life) -> list[tuple[CheckKind, date, date | None]]:
        """Return the checks at registration and, for those who registered long ago, their renewals."""
        first = life.registered + timedelta(days=10)
        kinds = [*CHECKS, *([CheckKind.TRADE_TEST] if life.trade.scheme == "skilled" else [])]
        if life.columns["state"] is WorkerState.SCREENING:
            kinds = kinds[:2]
        found: list[tuple[CheckKind, date, date | None]] = []
        for kind in kinds:
            days = 3650 if kind is CheckKind.IDENTITY else 400
            found.append((kind, first, first + timedelta(days=days)))
            renewed = max(first, self.today - timedelta(days=30))
            if kind is not CheckKind.IDENTITY and life.columns["state"] is not WorkerState.ACTION_NEEDED:
                found.append((kind, renewed, renewed + timedelta(days=days)))
        if life.columns["state"] is WorkerState.ACTION_NEEDED:
            return [(kind, start, min(end or start, self.today - timedelta(days=3))) for kind, start, end in found]
        return found

    def _check(self, kind: CheckKind, checked: date, until: date | None, screener: Actor) -> dict[str, Any]:
        return {
            "kind": kind,
            "result": CheckResult.PASSED,
            "provider": PROVIDERS[kind],
            "checked_on": checked,
            "valid_until": until,
            "verifier_id": screener.user_id,
            "recorded_at": _noon(checked),
        }


def _insert(model: type[Base]) -> sa.Insert:
    """Return the plain insert of a table: rows without objects are written three times as fast."""
    return sa.insert(METADATA.tables[model.__tablename__])


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)
