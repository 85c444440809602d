"""One packed row a worker for match runs, and the numbers of its changes.

The command that rebuilds vectors fills it; until then match runs read the workers' tables, only slower.

Revision: 0003, after 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

CHANGES = sa.Sequence("worker_vector_change_seq", data_type=sa.BigInteger())


def upgrade():
    if op.get_bind().dialect.name == "postgresql":
        op.execute(sa.schema.CreateSequence(CHANGES))
    op.create_table(
        "worker_vector",
        sa.Column(
            "worker_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("change_seq", sa.BigInteger(), nullable=False),
        sa.Column("skills", sa.LargeBinary(), nullable=True),
        sa.Column("record", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(skills IS NULL) = (record IS NULL)", name=op.f("ck_worker_vector_whole_or_empty")
        ),
        sa.ForeignKeyConstraint(
            ["worker_id"],
            ["worker.id"],
            name=op.f("fk_worker_vector_worker_id_worker"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("worker_id", name=op.f("pk_worker_vector")),
    )
    with op.batch_alter_table("worker_vector") as batch_op:
        batch_op.create_index(batch_op.f("ix_worker_vector_change_seq"), ["change_seq"], unique=False)


def downgrade():
    op.drop_table("worker_vector")
    if op.get_bind().dialect.name == "postgresql":
        op.execute(sa.schema.DropSequence(CHANGES))
