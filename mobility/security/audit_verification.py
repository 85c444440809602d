"""Verification of the audit chain, its checkpoints, and the audited rows; reads only."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy.orm import Session

from mobility.models.accounts.users import User
from mobility.models.platform.audit import AuditEvent, AuditHead
from mobility.security import readings
from mobility.security.actors import SYSTEM
from mobility.security.aggregates import AGGREGATES, Aggregate, canonical_json, digests
from mobility.security.audit import GENESIS, chain_mac
from mobility.security.keyring import Keyring, keyring_of

BATCH = 500
TRIGGERS = tuple(
    f"{table}_no_{verb}"
    for table in ("audit_event", "reading", "scorecard", "scorecard_use")
    for verb in ("update", "delete")
)
#: What reading raises where somebody put a value past the column's type: a state that does not exist, a date of words.
UNREADABLE = (ValueError, LookupError, TypeError, sa.exc.DataError)


@dataclass(frozen=True)
class AuditFault:
    """One thing that is not as it was recorded: ``code`` says what, ``where`` names the event, object or file."""

    code: str
    where: str


@dataclass(frozen=True)
class AuditReport:
    """What a verification looked at and the faults that it found."""

    events: int
    objects: int
    checkpoints: int
    faults: tuple[AuditFault, ...]


def checkpoint(session: Session, file: Path, *, at: datetime) -> int:
    """Append a signed line for every stream's head to ``file``, kept outside the database; returns their number."""
    keyring = keyring_of(session)
    heads = session.scalars(sa.select(AuditHead).order_by(AuditHead.stream)).all()
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as lines:
        for head in heads:
            claim = {"at": at.isoformat(), "mac": head.mac, "number": head.number, "stream": head.stream}
            signature = keyring.checkpoint_key().sign(canonical_json(claim).encode()).hex()
            lines.write(canonical_json({**claim, "signature": signature}) + "\n")
    return len(heads)


def verify(session: Session, checkpoints: Path | None) -> AuditReport:
    """Re-compute every chain, hold it against the checkpoints, and every audited row against its last event."""
    keyring = keyring_of(session)
    walk = _ChainWalk(keyring)
    faults = [*_missing_triggers(session), *walk.faults(session)]
    count, bad = _check_checkpoints(session, keyring, checkpoints)
    faults += bad
    objects = 0
    for aggregate in AGGREGATES.values():
        seen, bad = _check_rows(session, keyring, aggregate, walk.latest)
        objects += seen
        faults += bad
    faults += [AuditFault("row_missing", name) for name in sorted(walk.latest)]
    faults += [AuditFault("reading_changed", str(key)) for key in readings.altered(session)]
    return AuditReport(walk.events, objects, count, tuple(faults))


class _ChainWalk:
    """Walks every stream once; afterwards ``latest`` holds the last recorded digest of each object."""

    def __init__(self, keyring: Keyring) -> None:
        self.keyring = keyring
        self.events = 0
        self.latest: dict[str, str] = {}
        self._seen: dict[str, int] = {}
        self._heads: dict[str, tuple[int, str]] = {}
        self._ids: dict[str, int] = {}
        self._actors: dict[int | None, str] = {}

    def faults(self, session: Session) -> Iterator[AuditFault]:
        self._actors = {
            None: SYSTEM.user_ref,
            **{row.id: row.ref for row in session.execute(sa.select(User.id, User.ref))},
        }
        select = sa.select(AuditEvent).order_by(AuditEvent.stream, AuditEvent.number)
        try:
            for event in session.scalars(select.execution_options(yield_per=BATCH)):
                self.events += 1
                yield from self._follow(event)
                session.expunge(event)
        except UNREADABLE:
            yield AuditFault("event_unreadable", f"after {self.events} events")
        heads = {head.stream: (head.number, head.mac) for head in session.scalars(sa.select(AuditHead))}
        for stream in sorted(heads.keys() | self._heads.keys()):
            if heads.get(stream, (0, GENESIS)) != self._heads.get(stream, (0, GENESIS)):
                yield AuditFault("head_differs", stream)

    def _follow(self, event: AuditEvent) -> Iterator[AuditFault]:
        where = f"{event.stream}/{event.number}"
        number, previous = self._heads.get(event.stream, (0, GENESIS))
        if event.number != number + 1:
            yield AuditFault("event_missing", f"{event.stream}/{number + 1}")
        if event.previous != previous:
            yield AuditFault("chain_broken", where)
        if chain_mac(self.keyring, event.stream, event.number, event.previous, event.body) != event.mac:
            yield AuditFault("event_changed", where)
        self._heads[event.stream] = (event.number, event.mac)
        body = _parsed(event.body)
        if not self._columns_agree(event, body):
            yield AuditFault("event_changed", where)
        if event.id <= self._ids.get(event.stream, 0):
            yield AuditFault("events_out_of_order", where)
        self._ids[event.stream] = event.id
        for name, digest in body["digests"].items():
            if self._seen.get(name, -1) < event.id:
                self._seen[name] = event.id
                self.latest[name] = digest

    def _columns_agree(self, event: AuditEvent, body: dict[str, Any]) -> bool:
        """Tell whether the columns kept for searching say what the authenticated body says."""
        expected = tuple(body.get(name) for name in ("action", "object", "at", "actor"))
        shown = f"{event.object_kind}:{event.object_ref}"
        return expected == (event.action, shown, event.at.isoformat(), self._actors.get(event.actor_id))


def _parsed(body: str) -> dict[str, Any]:
    """Return the body with its digests; of one that somebody wrote over, nothing."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        value = None
    sound = isinstance(value, dict) and isinstance(value.get("digests"), dict)
    return value if sound else {"digests": {}}


def _check_rows(
    session: Session, keyring: Keyring, aggregate: Aggregate, latest: dict[str, str]
) -> tuple[int, list[AuditFault]]:
    """Compare each row of a table with its last event; what is found is taken out of ``latest``."""
    faults: list[AuditFault] = []
    ids = session.scalars(sa.select(aggregate.model.id).order_by(aggregate.model.id)).all()
    for start in range(0, len(ids), BATCH):
        found, unreadable = _digests(session, keyring, aggregate, ids[start : start + BATCH])
        faults += [AuditFault("row_unreadable", f"{aggregate.kind} with id {each}") for each in unreadable]
        for name, digest in found.items():
            recorded = latest.pop(name, None)
            if recorded is None and name.partition(":")[2] in aggregate.shipped:
                continue
            if recorded is None:
                faults.append(AuditFault("row_without_event", name))
            elif recorded != digest:
                faults.append(AuditFault("row_changed", name))
    return len(ids), faults


def _digests(
    session: Session, keyring: Keyring, aggregate: Aggregate, ids: Sequence[int]
) -> tuple[dict[str, str], list[int]]:
    """Return the digests of a batch, and the ids of rows that hold what their columns cannot."""
    try:
        with session.begin_nested():
            return digests(session, keyring, aggregate, ids), []
    except UNREADABLE:
        if len(ids) == 1:
            return {}, list(ids)
    found: dict[str, str] = {}
    unreadable: list[int] = []
    for each in ids:
        one, bad = _digests(session, keyring, aggregate, [each])
        found |= one
        unreadable += bad
    return found, unreadable


def _check_checkpoints(session: Session, keyring: Keyring, file: Path | None) -> tuple[int, list[AuditFault]]:
    if file is None or not file.exists():
        return 0, []
    public = keyring.checkpoint_key().public_key()
    faults = []
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    for number, line in enumerate(lines, start=1):
        code = _checkpoint_fault(session, public, line)
        if code:
            faults.append(AuditFault(code, f"{file.name}:{number}"))
    return len(lines), faults


def _checkpoint_fault(session: Session, public: Ed25519PublicKey, line: str) -> str | None:
    try:
        claim = json.loads(line)
        signature = bytes.fromhex(claim.pop("signature"))
        public.verify(signature, canonical_json(claim).encode())
        stream, number, mac = claim["stream"], claim["number"], claim["mac"]
    except (ValueError, KeyError, AttributeError, TypeError, InvalidSignature):
        return "checkpoint_changed"
    at_checkpoint = sa.select(AuditEvent.mac).where(AuditEvent.stream == stream, AuditEvent.number == number)
    found = session.scalar(at_checkpoint) if number else GENESIS
    return None if found == mac else "checkpoint_unmet"


def _missing_triggers(session: Session) -> list[AuditFault]:
    if session.get_bind().dialect.name == "sqlite":
        names = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        names = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'"
    present = set(session.scalars(sa.text(names)))
    return [AuditFault("trigger_missing", name) for name in TRIGGERS if name not in present]
