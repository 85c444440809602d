"""Who looked at whose file: a table that is appended to and never changed, by triggers on both databases.

Revision: 0005, after 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SQLITE = """
CREATE TRIGGER reading_no_{verb} BEFORE {VERB} ON reading
BEGIN SELECT RAISE(ABORT, 'readings are append-only'); END
"""

POSTGRES_FUNCTION = """
CREATE FUNCTION reading_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'readings are append-only'; END $$
"""

POSTGRES = """
CREATE TRIGGER reading_no_{verb} BEFORE {VERB} ON reading
FOR EACH {each} EXECUTE FUNCTION reading_append_only()
"""


def upgrade():
    op.create_table(
        "reading",
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("worker_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("page", sa.String(length=60), nullable=False),
        sa.Column("fields", sa.String(length=400), nullable=False),
        sa.Column("request_id", sa.String(length=16), nullable=False),
        sa.Column("mac", sa.String(length=64), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_reading_user_id_user"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_reading_organisation_id_organisation"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["worker_id"], ["worker.id"], name=op.f("fk_reading_worker_id_worker"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_reading_at", "reading", ["at"])
    op.create_index("ix_reading_user_id", "reading", ["user_id"])
    op.create_index("ix_reading_organisation_id", "reading", ["organisation_id"])
    op.create_index("ix_reading_worker_id_at", "reading", ["worker_id", "at"])
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(SQLITE.format(verb=verb, VERB=verb.upper()))
        return
    op.execute(POSTGRES_FUNCTION)
    for verb, each in (("update", "ROW"), ("delete", "ROW"), ("truncate", "STATEMENT")):
        op.execute(POSTGRES.format(verb=verb, VERB=verb.upper(), each=each))


def downgrade():
    op.drop_table("reading")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION reading_append_only()")
