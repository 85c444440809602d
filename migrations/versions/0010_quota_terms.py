"""Conditions of quotas; places in halves, with a supplement and a set-aside.

Revision: 0010, after 0009. A way back there is while no two quotas differ by their conditions alone.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

KEY = ("scheme_id", "period_from", "dimension", "value")
WIDER_KEY = ("scheme_id", "period_from", "period_to", "dimension", "value", "conditions")
OLD, NEW = "uq_quota_scheme_id_period_from_dimension_value", "uq_quota_key"
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DIMENSIONS = ("total", "origin", "sector", "region", "employer", "returning", "sex_floor")


def upgrade():
    op.create_table(
        "quota_places",
        sa.Column("scheme_id", BIG, nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_to", sa.Date(), nullable=False),
        sa.Column("regular", sa.Integer(), nullable=False),
        sa.Column("second_from", sa.Date(), nullable=True),
        sa.Column("second", sa.Integer(), nullable=False),
        sa.Column("carry_on", sa.Date(), nullable=True),
        sa.Column("carried", sa.Integer(), nullable=False),
        sa.Column("supplement", sa.Integer(), nullable=False),
        sa.Column("set_aside", sa.Integer(), nullable=False),
        sa.Column("set_aside_for", sa.String(length=400), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", BIG, nullable=False),
        sa.CheckConstraint("period_to >= period_from", name=op.f("ck_quota_places_period_in_order")),
        sa.CheckConstraint(
            "second_from IS NULL OR (second_from > period_from AND second_from <= period_to)",
            name=op.f("ck_quota_places_half_in_its_year"),
        ),
        sa.CheckConstraint(
            "regular >= carried AND carried >= 0 AND second >= 0 AND set_aside >= 0",
            name=op.f("ck_quota_places_counts_not_negative"),
        ),
        sa.CheckConstraint("set_aside <= supplement", name=op.f("ck_quota_places_set_aside_in_its_pot")),
        sa.ForeignKeyConstraint(
            ["scheme_id"], ["scheme.id"], name=op.f("fk_quota_places_scheme_id_scheme"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quota_places")),
        sa.UniqueConstraint("scheme_id", "period_from", name=op.f("uq_quota_places_scheme_id_period_from")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("quota_places") as batch_op:
        batch_op.create_index(batch_op.f("ix_quota_places_scheme_id"), ["scheme_id"], unique=False)
    with _quota() as batch_op:
        batch_op.add_column(sa.Column("conditions", sa.String(length=500), nullable=False, server_default=""))
        batch_op.drop_constraint(OLD, type_="unique")
        batch_op.create_unique_constraint(NEW, WIDER_KEY)


def downgrade():
    with _quota(sa.Column("conditions", sa.String(length=500), nullable=False, server_default="")) as batch_op:
        batch_op.drop_constraint(NEW, type_="unique")
        batch_op.drop_column("conditions")
        batch_op.create_unique_constraint(OLD, KEY)
    with op.batch_alter_table("quota_places") as batch_op:
        batch_op.drop_index(batch_op.f("ix_quota_places_scheme_id"))
    op.drop_table("quota_places")


def _quota(*more):
    """Alter the table, which SQLite rebuilds: written out, for a reading of it would lose the CHECKs."""
    table = sa.Table(
        "quota",
        sa.MetaData(),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("scheme_id", BIG, nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_to", sa.Date(), nullable=False),
        sa.Column(
            "dimension",
            sa.Enum(*DIMENSIONS, name="ck_quota_quotadimension", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("value", sa.String(length=40), nullable=False),
        sa.Column("cap", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("committed", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("released", sa.Integer(), nullable=False),
        sa.Column("id", BIG, nullable=False),
        *more,
        sa.CheckConstraint("cap >= 0", name="ck_quota_cap_not_negative"),
        sa.CheckConstraint(
            "held >= 0 AND committed >= 0 AND used >= 0 AND released >= 0", name="ck_quota_counters_not_negative"
        ),
        sa.CheckConstraint("held + committed + used <= cap", name="ck_quota_never_oversubscribed"),
        sa.CheckConstraint("period_to >= period_from", name="ck_quota_period_in_order"),
        sa.ForeignKeyConstraint(
            ["scheme_id"], ["scheme.id"], name="fk_quota_scheme_id_scheme", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_quota"),
        sa.UniqueConstraint("ref", name="uq_quota_ref"),
        sa.UniqueConstraint(*(WIDER_KEY if more else KEY), name=NEW if more else OLD),
        sa.Index("ix_quota_scheme_id", "scheme_id"),
        sqlite_autoincrement=True,
    )
    return op.batch_alter_table("quota", copy_from=table, recreate="auto", table_kwargs={"sqlite_autoincrement": True})
