"""Migrations: up, in step with the models, down and up again, on both databases, with data in place."""

import json
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from mobility import models
from mobility.db import make_engine, make_sessions, write_tx
from mobility.matching.scoring.scorecard import expert_scorecard, scorecard_from
from mobility.models.match_runs import MatchRun
from mobility.models.registry import METADATA, MODULES
from mobility.models.schemes.quotas import Quota
from mobility.models.workers.workers import Worker
from mobility.queries.pools.fairness_groups import groups_of
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.rules.cases.match_runs import ScorecardOrigin
from mobility.security.actors import SYSTEM
from mobility.security.aggregates import AGGREGATES, UNAUDITED
from mobility.security.audit_verification import verify
from mobility.services.match_runs import scorecards
from mobility.services.platform import migrations
from mobility.services.proposals import proposals
from mobility.services.workers import fairness_groups
from tests.conftest import NOW
from tests.factories import Make


@pytest.fixture
def engine(database_url):
    made = make_engine(database_url)
    yield made
    made.dispose()


def test_the_migrated_schema_is_what_the_models_say(engine):
    assert migrations.differences(engine) == []
    assert migrations.is_current(engine)


def test_down_to_nothing_and_up_again_with_data_in_place(engine, keyring):
    sessions = make_sessions(engine, keyring=keyring)
    with write_tx(sessions) as session:
        officer = Make(session, NOW).actor(OrganisationKind.DESTINATION_MINISTRY, "US", Role.SHORTAGE_OFFICER)
        Make(session, NOW).shortage(officer)

    migrations.downgrade(engine)
    left = set(sa.inspect(engine).get_table_names()) - {"alembic_version", "sqlite_sequence"}
    migrations.upgrade(engine)

    assert left == set()
    assert migrations.differences(engine) == []


def test_one_step_back_and_forth_keeps_the_data(engine, keyring):
    sessions = make_sessions(engine, keyring=keyring)
    with write_tx(sessions) as session:
        Make(session, NOW).organisation(OrganisationKind.OPERATOR, "US")

    migrations.downgrade(engine, "-1")
    assert not migrations.is_current(engine)
    migrations.upgrade(engine)

    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM organisation")) == 1


def test_upgrading_twice_changes_nothing(engine):
    migrations.upgrade(engine)
    assert migrations.is_current(engine)


def test_versions_are_numbered_in_one_line_and_import_no_application_code():
    files = sorted((migrations.script_folder() / "versions").glob("*.py"))
    before = None
    for file in files:  # a number may be left out: branches take theirs ahead
        text, number = file.read_text(), file.name[:4]
        assert re.match(r"\d{4}_[a-z_]+\.py$", file.name)
        assert f'revision = "{number}"' in text.replace("'", '"')
        assert f"down_revision = {before!r}".replace("'", '"') in text.replace("'", '"')
        assert "mobility" not in text
        before = number


def test_every_table_is_audited_or_says_why_not():
    parts = {part.__tablename__ for aggregate in AGGREGATES.values() for part in aggregate.parts}
    assert set(METADATA.tables) == set(AGGREGATES) | parts | set(UNAUDITED)


def test_every_model_file_is_found():
    folder = Path(models.__file__).parent
    files = {file.stem for file in folder.rglob("*.py")} - {"__init__"}
    assert {each.__name__.rpartition(".")[2] for each in MODULES} == files
    assert len(METADATA.tables) > 50


@pytest.mark.parametrize("table", sorted(METADATA.tables.values(), key=lambda t: t.name), ids=lambda t: t.name)
def test_constraints_have_names_and_foreign_keys_never_cascade(table):
    for constraint in table.constraints:
        assert constraint.name or isinstance(constraint, sa.PrimaryKeyConstraint)
    for key in table.foreign_keys:
        assert key.ondelete == "RESTRICT"


def test_workers_who_were_there_before_are_counted_into_their_groups(engine, keyring):
    sessions = make_sessions(engine, keyring=keyring)
    with write_tx(sessions) as session:
        make = Make(session, NOW)
        consulate = make.organisation(
            OrganisationKind.CONSULAR_POST, "GT", parent=make.organisation(OrganisationKind.ORIGIN_MINISTRY, "GT")
        )
        officer = make.actor(OrganisationKind.CONSULAR_POST, "GT", Role.REGISTRATION_OFFICER, of=consulate)
        today = session.scalar(sa.select(sa.func.current_date()))
        today = today if isinstance(today, date) else date.fromisoformat(today)
        for years in (20, 25, 35, 60):
            for shift in (-1, 0, 1):
                day = date(today.year - years, today.month, min(today.day, 28)) + timedelta(days=shift)
                make.worker(officer, born_on=day, displaced_by="storm" if shift else None)
        workers = session.scalars(sa.select(Worker.id)).all()
        fairness_groups.write(session, workers, on=today)
        expected = groups_of(session, SYSTEM, workers)

    migrations.downgrade(engine, "0002")
    migrations.upgrade(engine)

    with sessions() as session:
        assert groups_of(session, SYSTEM, workers) == expected


def checks_of(engine, table):
    return {
        check["name"]: "".join(check["sqltext"].split()) for check in sa.inspect(engine).get_check_constraints(table)
    }


def test_the_quota_table_keeps_its_checks_when_it_is_rebuilt(engine):
    names = {
        "ck_quota_cap_not_negative",
        "ck_quota_counters_not_negative",
        "ck_quota_never_oversubscribed",
        "ck_quota_period_in_order",
        "ck_quota_quotadimension",
    }
    now = checks_of(engine, "quota")
    migrations.downgrade(engine, "0008")
    before = checks_of(engine, "quota")
    migrations.upgrade(engine)

    assert set(now) == names
    assert before == now == checks_of(engine, "quota")
    assert migrations.differences(engine) == []


def test_quotas_and_rules_that_were_recorded_before_are_still_what_the_log_says(engine, keyring):
    sessions = make_sessions(engine, keyring=keyring)
    with write_tx(sessions) as session:
        make = Make(session, NOW)
        made = make.corridor(workers=1, vacancies=1)
        (proposal,) = make.proposals(make.match(made))
        proposals.endorse(session, made.endorser, proposal.ref, version=1, at=NOW)
        proposals.approve(session, made.approver, proposal.ref, version=2, at=NOW)
        make.record_people()
    with sessions() as session:
        assert verify(session, None).faults == ()

    migrations.downgrade(engine, "0007")  # the rows lose the columns that came later …
    migrations.upgrade(engine)  # … and get them again, empty, as rows from before do

    with sessions() as session:
        assert verify(session, None).faults == ()
        assert session.scalars(sa.select(Quota.committed)).all() == [1]  # with its unit, when SQLite rebuilds the table
        session.execute(sa.update(Quota).where(Quota.scheme_id == made.scheme.id).values(conditions="origin=GT"))
        assert {fault.where for fault in verify(session, None).faults} == {
            f"quota:{ref}" for ref in session.scalars(sa.select(Quota.ref))
        }


OLD = {"per_position": 2, "top": 20, "near": 5, "a_worker": 3, "chunk": 1, "days": 30, "chunks": 2}


@pytest.mark.parametrize(
    "later", [{}, {"yardstick": True, "watermark": 9}, {"yardstick": False, "snapshot": "a" * 64, "watermark": 7}]
)
def test_a_run_keeps_what_it_was_started_with_and_its_parts_on_the_way_into_columns(engine, keyring, later):
    sessions = make_sessions(engine, keyring=keyring)
    with write_tx(sessions) as session:
        make = Make(session, NOW)
        ref = make.match(make.corridor(workers=2, vacancies=2), part_size=1).ref
    parts = sa.text("SELECT kind, number, result FROM match_part ORDER BY kind, number")
    with engine.connect() as connection:
        before = [(kind, number, str(result)) for kind, number, result in connection.execute(parts)]

    migrations.downgrade(engine, "0016")
    run = sa.table("match_run", sa.column("parameters", sa.JSON()), sa.column("scorecard_id", sa.String()))
    with engine.begin() as connection:
        told = connection.execute(sa.select(run)).one()
        numbers = connection.scalars(sa.text("SELECT number FROM match_chunk ORDER BY number")).all()
        connection.execute(sa.update(run).values(parameters={**OLD, **later}))
    migrations.upgrade(engine)

    assert (told.scorecard_id, {**told.parameters, **OLD}) == ("expert-1", told.parameters)
    assert numbers == [-2, -1, 0, 1, 2]
    with engine.connect() as connection:
        assert [(kind, number, str(result)) for kind, number, result in connection.execute(parts)] == before
    with sessions() as session:
        found = session.scalars(sa.select(MatchRun).where(MatchRun.ref == ref)).one()
        kept = {name: getattr(found, name) for name in ("yardstick", "snapshot", "watermark")}
        assert (found.part_size, found.parts, found.open_days, found.top) == (1, 2, 30, 20)
        assert kept == {"yardstick": None, "snapshot": None, "watermark": None, **later}


def test_there_is_no_way_back_once_another_scorecard_than_the_experts_was_used(engine, keyring):
    sessions = make_sessions(engine, keyring=keyring)
    with write_tx(sessions) as session:
        document = json.loads(json.dumps(expert_scorecard().document))
        text = scorecard_from({**document, "id": "experts-2"}).text()
        made = scorecards.store(session, SYSTEM, text, ScorecardOrigin.EXPERTS, at=NOW)
        scorecards.put_in_force(session, SYSTEM, made.number, after=1, at=NOW)
        make = Make(session, NOW)
        make.match(make.corridor(workers=1, vacancies=1))

    with pytest.raises(ValueError, match="no way back"):
        migrations.downgrade(engine, "0016")
    assert migrations.is_current(engine)
