"""Stored scorecards, the experts' first; what a run was started with in columns; its stored parts told apart by kind.

Revision: 0017, after 0016. Every run that there is was scored by the experts' scorecard. A way back there is while no
other one was used: nothing would say any more what it counts.
"""

import json
from datetime import UTC, datetime
from hashlib import sha256

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
REBUILT = {"recreate": "auto", "table_kwargs": {"sqlite_autoincrement": True}}
FEATURES = (
    (
        "essential_skills",
        3000,
        "An employer declares these as what the work cannot be done without; nothing else may outweigh them.",
    ),
    (
        "optional_skills",
        900,
        "Useful, but the employer said that the work can start without them; under a third of the essential ones.",
    ),
    (
        "skill_evidence",
        1000,
        "A tested or attested skill is worth more than a claimed one; low enough that an untested expert still ranks.",
    ),
    (
        "experience",
        1600,
        "Months in the same kind of work, full three years beyond what is asked, so that age alone cannot win.",
    ),
    ("recency", 500, "Work done lately is fresher; small, so that a pause for care or study costs little."),
    (
        "language",
        1000,
        "Safety instructions and daily life; what is above the level asked counts up to two steps only.",
    ),
    ("destination_wish", 500, "The worker's own wish; people sent where they want to go stay until the end."),
    ("sector_wish", 300, "The worker's own wish for the kind of work."),
    ("duration_wish", 300, "The worker's own wish for the time away from home."),
    ("pay_wish", 300, "The worker's own least pay; the legal floor is a rule and not a feature."),
    ("availability", 300, "Free on the first day of work; a later start can often be arranged."),
    (
        "returned_on_time",
        300,
        "A kept promise; small and full at three seasons, so that first-time applicants are not shut out.",
    ),
)
EXPERTS = {
    "id": "expert-1",
    "features": [{"name": name, "weight": weight, "reason": reason} for name, weight, reason in FEATURES],
}
DIGEST = sha256(json.dumps(EXPERTS, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()
STATES = ("queued", "running", "finished", "failed", "cancelled")
#: What a run was started with: the column, and the key that it had among the parameters.
SETTINGS = {
    "per_position": "per_position",
    "top": "top",
    "near": "near",
    "a_worker": "a_worker",
    "part_size": "chunk",
    "parts": "chunks",
    "open_days": "days",
}
LATER = {"yardstick": "yardstick", "snapshot": "snapshot", "watermark": "watermark"}
CHECKS = {
    "in_parts": "part_size > 0 AND parts > 0",
    "list_lengths": "per_position > 0 AND top >= 0 AND near >= 0 AND a_worker > 0",
    "open_for_a_while": "open_days > 0",
}
RUN_CARD = "fk_match_run_scorecard_digest_scorecard"
SCENARIO_CARD = "fk_scenario_scorecard_digest_scorecard"

SQLITE = """
CREATE TRIGGER {table}_no_{verb} BEFORE {VERB} ON {table}
BEGIN SELECT RAISE(ABORT, 'scorecards are append-only'); END
"""

POSTGRES_FUNCTION = """
CREATE FUNCTION scorecard_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'scorecards are append-only'; END $$
"""

POSTGRES = """
CREATE TRIGGER {table}_no_{verb} BEFORE {VERB} ON {table}
FOR EACH {each} EXECUTE FUNCTION scorecard_append_only()
"""


def upgrade():
    _store_scorecards()
    _settings_into_columns()
    _parts_by_kind()
    op.add_column("scenario", sa.Column("scorecard_digest", sa.String(length=64), nullable=True))
    with op.batch_alter_table("scenario", copy_from=_scenario(), **REBUILT) as batch_op:
        batch_op.create_foreign_key(
            op.f(SCENARIO_CARD), "scorecard", ["scorecard_digest"], ["digest"], ondelete="RESTRICT"
        )


def downgrade():
    _refuse_other_scorecards()
    with op.batch_alter_table("scenario", copy_from=_scenario(("scorecard_digest", "scorecard", "digest")), **REBUILT) as batch_op:
        batch_op.drop_constraint(op.f(SCENARIO_CARD), type_="foreignkey")
        batch_op.drop_column("scorecard_digest")
    _parts_by_sign()
    _settings_into_json()
    op.drop_table("scorecard_use")
    op.drop_table("scorecard")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION scorecard_append_only()")


def _store_scorecards():
    card = op.create_table(
        "scorecard",
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column(
            "origin",
            sa.Enum("experts", "learned", name="scorecardorigin", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("document", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("stored_by_id", BIG, nullable=True),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["stored_by_id"], ["user.id"], name=op.f("fk_scorecard_stored_by_id_user"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scorecard")),
        sa.UniqueConstraint("digest", name=op.f("uq_scorecard_digest")),
        sa.UniqueConstraint("number", name=op.f("uq_scorecard_number")),
        sa.UniqueConstraint("ref", name=op.f("uq_scorecard_ref")),
        sqlite_autoincrement=True,
    )
    use = op.create_table(
        "scorecard_use",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("scorecard_id", BIG, nullable=False),
        sa.Column("begun_by_id", BIG, nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["begun_by_id"], ["user.id"], name=op.f("fk_scorecard_use_begun_by_id_user"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["scorecard_id"],
            ["scorecard.id"],
            name=op.f("fk_scorecard_use_scorecard_id_scorecard"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scorecard_use")),
        sa.UniqueConstraint("number", name=op.f("uq_scorecard_use_number")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_scorecard_use_scorecard_id"), "scorecard_use", ["scorecard_id"])
    connection, now = op.get_bind(), datetime.now(UTC).replace(microsecond=0)
    first = {
        "ref": "K-XBD3-BBD3-S",
        "number": 1,
        "name": EXPERTS["id"],
        "origin": "experts",
        "document": EXPERTS,
        "digest": DIGEST,
        "stored_at": now,
    }
    connection.execute(sa.insert(card), first)
    key = connection.scalar(sa.select(card.c.id))
    connection.execute(sa.insert(use), {"number": 1, "scorecard_id": key, "begun_at": now})
    _append_only("scorecard", "scorecard_use")


def _append_only(*tables):
    if op.get_bind().dialect.name == "sqlite":
        for table in tables:
            for verb in ("update", "delete"):
                op.execute(SQLITE.format(table=table, verb=verb, VERB=verb.upper()))
        return
    op.execute(POSTGRES_FUNCTION)
    for table in tables:
        for verb, each in (("update", "ROW"), ("delete", "ROW"), ("truncate", "STATEMENT")):
            op.execute(POSTGRES.format(table=table, verb=verb, VERB=verb.upper(), each=each))


def _settings_into_columns():
    for name in SETTINGS:
        op.add_column("match_run", sa.Column(name, sa.Integer(), nullable=True))
    op.add_column("match_run", sa.Column("yardstick", sa.Boolean(), nullable=True))
    op.add_column("match_run", sa.Column("snapshot", sa.String(length=64), nullable=True))
    op.add_column("match_run", sa.Column("watermark", BIG, nullable=True))
    connection, run = op.get_bind(), _run_rows()
    for key, given in connection.execute(sa.select(run.c.id, run.c.parameters)).all():
        values = {column: given.get(name) for column, name in {**SETTINGS, **LATER}.items()}
        connection.execute(sa.update(run).where(run.c.id == key).values(values))
    table = _match_run(
        sa.Column("parameters", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("scorecard_id", sa.String(length=80), nullable=False),
    )
    with op.batch_alter_table("match_run", copy_from=table, **REBUILT) as batch_op:
        for name in SETTINGS:
            batch_op.alter_column(name, existing_type=sa.Integer(), nullable=False)
        batch_op.drop_column("parameters")
        batch_op.alter_column("scorecard_id", new_column_name="scorecard_name", existing_type=sa.String(length=80))
        for name, condition in CHECKS.items():
            batch_op.create_check_constraint(op.f(f"ck_match_run_{name}"), condition)
        if connection.dialect.name == "sqlite":
            batch_op.create_check_constraint(op.f("ck_match_run_yardstick"), "yardstick IN (0, 1)")
        batch_op.create_foreign_key(
            op.f(RUN_CARD), "scorecard", ["scorecard_digest"], ["digest"], ondelete="RESTRICT"
        )


def _settings_into_json():
    op.add_column("match_run", sa.Column("parameters", sa.JSON(none_as_null=True), nullable=True))
    connection, run = op.get_bind(), _run_rows()
    for row in connection.execute(sa.select(run)).mappings().all():
        given = {name: row[column] for column, name in {**SETTINGS, **LATER}.items() if row[column] is not None}
        connection.execute(sa.update(run).where(run.c.id == row["id"]).values(parameters=given))
    lite = connection.dialect.name == "sqlite"
    named = {**CHECKS, **({"yardstick": "yardstick IN (0, 1)"} if lite else {})}
    table = _match_run(
        sa.Column("parameters", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("scorecard_name", sa.String(length=80), nullable=False),
        *(sa.CheckConstraint(condition, name=f"ck_match_run_{name}") for name, condition in named.items()),
        sa.ForeignKeyConstraint(["scorecard_digest"], ["scorecard.digest"], name=RUN_CARD, ondelete="RESTRICT"),
    )
    with op.batch_alter_table("match_run", copy_from=table, **REBUILT) as batch_op:
        for name in named:
            batch_op.drop_constraint(op.f(f"ck_match_run_{name}"), type_="check")
        batch_op.drop_constraint(op.f(RUN_CARD), type_="foreignkey")
        batch_op.alter_column("parameters", existing_type=sa.JSON(none_as_null=True), nullable=False)
        batch_op.alter_column("scorecard_name", new_column_name="scorecard_id", existing_type=sa.String(length=80))
        for name in (*SETTINGS, *LATER):
            batch_op.drop_column(name)


def _run_rows():
    return sa.table(
        "match_run",
        sa.column("id", BIG),
        sa.column("parameters", sa.JSON(none_as_null=True)),
        *(sa.column(name, sa.Integer()) for name in SETTINGS),
        sa.column("yardstick", sa.Boolean()),
        sa.column("snapshot", sa.String()),
        sa.column("watermark", BIG),
    )


def _match_run(*more):
    """Return the table as SQLite rebuilds it: written out, for a reading of it would lose the CHECKs."""
    return sa.Table(
        "match_run",
        sa.MetaData(),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("scheme_id", BIG, nullable=False),
        sa.Column("rule_set_id", BIG, nullable=False),
        sa.Column("started_by_id", BIG, nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("scorecard_digest", sa.String(length=64), nullable=False),
        sa.Column("vacancies", sa.Integer(), nullable=False),
        sa.Column("workers", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("fairness", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", BIG, nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in SETTINGS),
        sa.Column("yardstick", sa.Boolean(create_constraint=False), nullable=True),
        sa.Column("snapshot", sa.String(length=64), nullable=True),
        sa.Column("watermark", BIG, nullable=True),
        *more,
        sa.CheckConstraint(_one_of("state", STATES), name="ck_match_run_matchrunstate"),
        sa.ForeignKeyConstraint(
            ["rule_set_id"], ["rule_set.id"], name="fk_match_run_rule_set_id_rule_set", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["scheme_id"], ["scheme.id"], name="fk_match_run_scheme_id_scheme", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["started_by_id"], ["user.id"], name="fk_match_run_started_by_id_user", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_match_run"),
        sa.UniqueConstraint("ref", name="uq_match_run_ref"),
        sa.Index("ix_match_run_scheme_id", "scheme_id"),
        sqlite_autoincrement=True,
    )


def _scenario(*more):
    return sa.Table(
        "scenario",
        sa.MetaData(),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("scheme_id", BIG, nullable=False),
        sa.Column("organisation_id", BIG, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.Column("changes", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("figures", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", BIG, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rule_set_id", BIG, nullable=True),
        sa.Column("attached_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", BIG, nullable=False),
        sa.Column("scorecard_digest", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "(rule_set_id IS NULL) = (attached_at IS NULL)", name="ck_scenario_attached_at_a_time"
        ),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.{key}"], name=f"fk_scenario_{column}_{table}", ondelete="RESTRICT")
            for column, table, key in (
                ("created_by_id", "user", "id"),
                ("organisation_id", "organisation", "id"),
                ("rule_set_id", "rule_set", "id"),
                ("scheme_id", "scheme", "id"),
                *more,
            )
        ),
        sa.PrimaryKeyConstraint("id", name="pk_scenario"),
        sa.UniqueConstraint("ref", name="uq_scenario_ref"),
        sa.Index("ix_scenario_organisation_id", "organisation_id"),
        sa.Index("ix_scenario_rule_set_id", "rule_set_id"),
        sa.Index("ix_scenario_scheme_created", "scheme_id", "created_at"),
        sqlite_autoincrement=True,
    )


def _parts_by_kind():
    kind = sa.Enum("input", "scored", "margins", name="partkind", native_enum=False, create_constraint=True, length=32)
    _stored_parts("match_part", ("run_id", "kind", "number"), sa.Column("kind", kind, nullable=False))
    op.execute(
        "INSERT INTO match_part (run_id, kind, number, result) SELECT run_id,"
        " CASE WHEN number = 0 THEN 'input' WHEN number > 0 THEN 'scored' ELSE 'margins' END, ABS(number), result"
        " FROM match_chunk ORDER BY id"
    )
    op.drop_table("match_chunk")


def _parts_by_sign():
    _stored_parts("match_chunk", ("run_id", "number"))
    op.execute(
        "INSERT INTO match_chunk (run_id, number, result) SELECT run_id,"
        " CASE WHEN kind = 'margins' THEN -number ELSE number END, result FROM match_part ORDER BY id"
    )
    op.drop_table("match_part")


def _stored_parts(name, key, *more):
    op.create_table(
        name,
        sa.Column("run_id", BIG, nullable=False),
        *more,
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("result", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("id", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["match_run.id"], name=op.f(f"fk_{name}_run_id_match_run"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint(*key, name=op.f(f"uq_{name}_{'_'.join(key)}")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f(f"ix_{name}_run_id"), name, ["run_id"])


def _refuse_other_scorecards():
    for table in ("match_run", "scenario"):
        used = sa.table(table, sa.column("scorecard_digest"))
        if op.get_bind().scalar(sa.select(sa.func.count()).where(used.c.scorecard_digest != DIGEST)):
            raise ValueError(f"{table} has rows that another scorecard than the experts' scored: there is no way back")


def _one_of(column, values):
    return "{} IN ({})".format(column, ", ".join(f"'{value}'" for value in values))
