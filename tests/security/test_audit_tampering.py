"""Changes by hand, past the triggers: every one before the last checkpoint is found, on both databases."""

import random

import pytest
import sqlalchemy as sa

from mobility.matching.scoring.scorecard import expert_scorecard, scorecard_from
from mobility.models.accounts.organisations import Organisation
from mobility.models.accounts.users import User
from mobility.models.platform.audit import AuditEvent, AuditHead
from mobility.models.registry import METADATA
from mobility.queries.lists.match_run_lists import newest_use
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.rules.cases.match_runs import ScorecardOrigin
from mobility.security import audit
from mobility.security.actors import SYSTEM
from mobility.security.aggregates import AGGREGATES
from mobility.security.audit_verification import checkpoint, verify
from mobility.security.keyring import keyring_of
from mobility.services.match_runs import scorecards

EVENT = AuditEvent.__table__
HEAD = AuditHead.__table__
EVENTS = 12


@pytest.fixture
def log(session, make, at, tmp_path):
    """Record twelve events in two streams, sign them, and open the log to whoever owns the database."""
    actors = [make.actor(OrganisationKind.DESTINATION_MINISTRY, "US", Role.ADMINISTRATOR) for _ in range(2)]
    audit.record_many(session, actors[0], "made", Organisation, [each.organisation_id for each in actors], at=at)
    audit.record_many(session, actors[1], "made", User, [each.user_id for each in actors], at=at)
    for number in range(EVENTS - 4):
        user = session.get_one(User, actors[number % 2].user_id)
        audit.record(session, actors[number % 2], "seen", user, at=at, number=number)
    file = tmp_path / "checkpoints.jsonl"
    checkpoint(session, file, at=at)
    assert verify(session, file).faults == ()
    disarm(session)
    return file


def disarm(session):
    if session.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            session.execute(sa.text(f"DROP TRIGGER audit_event_no_{verb}"))
    else:
        session.execute(sa.text("ALTER TABLE audit_event DISABLE TRIGGER USER"))


def rows(session):
    return session.execute(sa.select(EVENT).order_by(EVENT.c.id)).mappings().all()


def restamp(session, stream):
    """Write a whole stream anew with the key, as whoever stole it would; the chain is sound afterwards."""
    keyring, previous, number = keyring_of(session), audit.GENESIS, 0
    for row in session.execute(sa.select(EVENT).where(EVENT.c.stream == stream).order_by(EVENT.c.number)).mappings():
        number += 1
        mac = audit.chain_mac(keyring, stream, number, previous, row["body"])
        values = {"number": number, "previous": previous, "mac": mac}
        session.execute(sa.update(EVENT).where(EVENT.c.id == row["id"]).values(values))
        previous = mac
    session.execute(sa.update(HEAD).where(HEAD.c.stream == stream).values(number=number, mac=previous))


def edit_body(session, chance, row):
    old = row["body"]
    place = chance.randrange(len(old))
    body = old[:place] + chance.choice("xyz0") + old[place + 1 :]
    session.execute(sa.update(EVENT).where(EVENT.c.id == row["id"]).values(body=body + " " if body == old else body))


def edit_column(session, chance, row):
    name = chance.choice(
        ["stream", "number", "at", "actor_id", "action", "object_kind", "object_ref", "previous", "mac"]
    )
    users = set(session.scalars(sa.select(User.id)))
    values = {
        "number": row["number"] + 100,
        "at": row["at"].replace(year=2020),
        "actor_id": chance.choice([None, *(users - {row["actor_id"]})]),
    }
    value = values.get(name, "0" * 16)
    session.execute(sa.update(EVENT).where(EVENT.c.id == row["id"]).values({name: value}))


def insert(session, chance, row):
    last = session.scalar(sa.select(sa.func.max(EVENT.c.number)).where(EVENT.c.stream == row["stream"]))
    copy = {**row, "number": last + 1, "action": "granted"}
    copy.pop("id")
    session.execute(sa.insert(EVENT).values(copy))


def swap(session, chance, row):
    other = chance.choice([each for each in rows(session) if each["body"] != row["body"]])
    for one, two in ((row, other), (other, row)):
        session.execute(sa.update(EVENT).where(EVENT.c.id == one["id"]).values(body=two["body"]))


def delete(session, chance, row):
    session.execute(sa.delete(EVENT).where(EVENT.c.id == row["id"]))


def truncate(session, chance, row):
    """Cut the tail off and mend the head, which needs no key."""
    session.execute(sa.delete(EVENT).where(EVENT.c.stream == row["stream"], EVENT.c.number >= row["number"]))
    mended = {"number": row["number"] - 1, "mac": row["previous"]}
    session.execute(sa.update(HEAD).where(HEAD.c.stream == row["stream"]).values(mended))


def truncate_and_append(session, chance, row):
    truncate(session, chance, row)
    fresh = {key: value for key, value in row.items() if key != "id"}
    fresh["body"] = row["body"].replace('"action":"', '"action":"not_')
    fresh["action"] = "not_" + row["action"]
    session.execute(sa.insert(EVENT).values(fresh))
    restamp(session, row["stream"])


def edit_with_key(session, chance, row):
    edit_body(session, chance, row)
    restamp(session, row["stream"])


def delete_with_key(session, chance, row):
    delete(session, chance, row)
    restamp(session, row["stream"])


def exchange_ids(session, chance, row):
    """Give an event a later id than its followers, so that an old digest would count as the newest."""
    last = max(each["id"] for each in rows(session))
    if row["number"] == max(each["number"] for each in rows(session) if each["stream"] == row["stream"]):
        return edit_body(session, chance, row)
    return session.execute(sa.update(EVENT).where(EVENT.c.id == row["id"]).values(id=last + 1000))


TAMPERINGS = [
    edit_body,
    edit_column,
    insert,
    swap,
    delete,
    truncate,
    truncate_and_append,
    edit_with_key,
    delete_with_key,
    exchange_ids,
]


def tamper(session, log, chance, number):
    """Do one tampering in a savepoint and return whether it was found (a missing trigger does not count)."""
    with session.begin_nested() as savepoint:
        kind = TAMPERINGS[number % len(TAMPERINGS)]
        kind(session, chance, chance.choice(rows(session)))
        found = {fault.code for fault in verify(session, log).faults} - {"trigger_missing"}
        session.expunge_all()
        savepoint.rollback()
    return kind.__name__, bool(found)


@pytest.mark.parametrize("seed", range(2))
def test_every_tampering_before_the_last_checkpoint_is_found(session, log, seed):
    chance = random.Random(seed)
    told = [tamper(session, log, chance, number) for number in range(60)]
    assert [name for name, found in told if not found] == []


@pytest.mark.long
def test_thousands_of_tamperings_are_found(session, log):
    chance = random.Random(99)
    told = [tamper(session, log, chance, number) for number in range(5000)]
    assert [name for name, found in told if not found] == []


def test_without_a_checkpoint_a_cut_tail_is_not_found_which_is_why_there_are_checkpoints(session, log):
    truncate(session, random.Random(0), rows(session)[-1])
    assert {fault.code for fault in verify(session, None).faults} == {"trigger_missing"}
    assert "checkpoint_unmet" in {fault.code for fault in verify(session, log).faults}


@pytest.mark.parametrize("body", ["", "[]", '{"digests": []}', "null", "[" * 100_000, '{"digests": {"x": []}}'])
def test_a_body_of_any_shape_is_a_fault_and_no_crash(session, log, body):
    session.execute(sa.update(EVENT).where(EVENT.c.id == rows(session)[3]["id"]).values(body=body))
    assert "event_changed" in {fault.code for fault in verify(session, log).faults}


@pytest.mark.parametrize("line", ["", "[]", "null", "{}", '{"signature": 5}', '{"signature": "00"}', "\udcff"])
def test_a_checkpoint_of_any_shape_is_a_fault_and_no_crash(session, log, line):
    with log.open("ab") as file:
        file.write(line.encode("utf-8", "surrogateescape") + b"\n")
    assert "checkpoint_changed" in {fault.code for fault in verify(session, log).faults}


def written(session, table):
    """Return SQL that changes one column of every row to something else of its type, by column."""
    for column in table.columns:
        kind = column.type.compile(session.get_bind().dialect).upper()
        if "BOOL" in kind:
            yield column.name, f'NOT coalesce("{column.name}", false)'
        elif "JSON" in kind:
            yield column.name, '\'{"by": "hand"}\''
        elif "INT" in kind or "NUMERIC" in kind:
            yield column.name, f'coalesce("{column.name}", 0) + 100000'
        elif "BLOB" in kind or "BYTEA" in kind:
            yield column.name, "'\\x0102'" if "BYTEA" in kind else "x'0102'"
        elif "DATE" in kind or "TIME" in kind:
            yield column.name, "'2001-02-03 00:00:00.000000'" if "TIME" in kind else "'2001-02-03'"
        else:
            yield column.name, "'X-HAND'"


def loosen(session):
    """Do as the owner of the database can: switch off keys and checks."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(sa.text("PRAGMA ignore_check_constraints=ON"))
        session.execute(sa.text("PRAGMA defer_foreign_keys=ON"))
    else:
        session.execute(sa.text("SET LOCAL session_replication_role = replica"))


@pytest.mark.slow
def test_every_column_of_every_audited_table_changed_by_hand_is_found(session, make, at):
    run = make.match(make.corridor(workers=2, vacancies=1))
    make.record_people()
    other = scorecard_from({**expert_scorecard().document, "id": "other-1"})
    stored = scorecards.store(session, SYSTEM, other.text(), ScorecardOrigin.LEARNED, at=at)
    scorecards.put_in_force(session, SYSTEM, stored.number, after=newest_use(session).number, at=at)
    assert run.ref
    clean = {(fault.code, fault.where) for fault in verify(session, None).faults}
    assert clean == set()
    loosen(session)
    parts = {part.__tablename__: (each, key) for each in AGGREGATES.values() for part, key in each.parts.items()}
    probed, missed, refused = 0, [], 0
    for name in [*AGGREGATES, *parts]:
        table = METADATA.tables[name]
        unwatched = AGGREGATES[name].unwatched if name in AGGREGATES else frozenset()
        one = session.scalar(sa.select(sa.func.max(table.c.id)))
        if one is None:
            continue
        for column, value in written(session, table):
            if column in unwatched:
                continue
            try:
                with session.begin_nested() as savepoint:
                    session.execute(sa.text(f'UPDATE "{name}" SET "{column}" = {value} WHERE id = {one}'))
                    faults = verify(session, None).faults
                    session.expunge_all()
                    savepoint.rollback()
            except sa.exc.DBAPIError:
                refused += 1
                continue
            probed += 1
            if not faults:
                missed.append(f"{name}.{column}")
    assert missed == []
    assert probed > 100, (probed, refused)
