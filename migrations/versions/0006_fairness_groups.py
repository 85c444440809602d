"""A table of its own for the groups by which fairness is measured, filled from the workers there are.

Revision: 0006, after 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

#: First age of each band, and how many years before today somebody of the next band was born.
BANDS = (("0", 25), ("25", 35), ("35", 45), ("45", 55))


def upgrade():
    op.create_table(
        "fairness_group",
        sa.Column("worker_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "sex",
            sa.Enum(
                "female", "male", "unspecified", name="sex", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("age_band", sa.String(length=2), nullable=False),
        sa.Column("origin", sa.String(length=2), nullable=False),
        sa.Column("displaced", sa.Boolean(create_constraint=True, name="displaced"), nullable=False),
        sa.Column("worked_before", sa.Boolean(create_constraint=True, name="worked_before"), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["worker_id"], ["worker.id"], name=op.f("fk_fairness_group_worker_id_worker"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fairness_group")),
        sa.UniqueConstraint("worker_id", name=op.f("uq_fairness_group_worker_id")),
        sqlite_autoincrement=True,
    )
    op.get_bind().execute(fill())


def fill():
    """Return the statement that counts every worker there is; the daily job moves ages on."""
    worker = sa.table(
        "worker",
        *(sa.column(name) for name in ("id", "sex", "origin_country", "displaced_by")),
        sa.column("born_on", sa.Date),
    )
    employment = sa.table("employment", sa.column("worker_id"), sa.column("scheme_kind"))
    group = sa.table(
        "fairness_group",
        *(sa.column(name) for name in ("worker_id", "sex", "age_band", "origin", "displaced", "worked_before")),
    )
    today, born = sa.func.current_date(), worker.c.born_on
    year, month, day = (sa.extract(part, today) - sa.extract(part, born) for part in ("year", "month", "day"))
    age = year - sa.case((sa.or_(month < 0, sa.and_(month == 0, day < 0)), 1), else_=0)
    band = sa.case(*((age < first_of_next, sa.literal(first)) for first, first_of_next in BANDS), else_=sa.literal("55"))
    returning = sa.exists().where(employment.c.worker_id == worker.c.id, employment.c.scheme_kind.is_not(None))
    rows = sa.select(
        worker.c.id, worker.c.sex, band, worker.c.origin_country, worker.c.displaced_by.is_not(None), returning
    )
    return sa.insert(group).from_select(["worker_id", "sex", "age_band", "origin", "displaced", "worked_before"], rows)


def downgrade():
    op.drop_table("fairness_group")
