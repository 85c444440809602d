"""Notices of checks that run out and of vacancies that are over; which ones a check had.

Revision: 0013, after 0012. On the way back the notices of the further kinds go, for the older version has no words for
them; what they told of stands in the audit log.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KINDS = (
    "scheme_submitted",
    "scheme_suspended",
    "scheme_resumed",
    "scheme_closed",
    "rules_to_sign",
    "rules_signed",
    "proposals_superseded",
    "worker_scheme_suspended",
    "worker_scheme_resumed",
    "worker_proposal_superseded",
    "worker_rule_waived",
    "proposals_ended",
    "proposals_frozen",
    "proposals_go_on",
    "vacancy_withdrawn",
    "vacancy_revoked",
    "vacancy_changed",
    "employer_suspended",
    "employer_reinstated",
    "employer_debarred",
    "shortage_suspended",
    "shortage_resumed",
    "agreement_ended",
    "worker_proposal_ended",
    "worker_proposal_frozen",
    "worker_proposal_goes_on",
    "worker_ineligible",
    "worker_reinstated",
)
FURTHER = (
    "proposal_waits_for_check",
    "proposal_check_renewed",
    "vacancy_over",
    "worker_check_runs_out",
    "worker_action_needed",
    "worker_check_renewed",
)
CHECK = "ck_notice_noticekind"


def upgrade():
    op.create_table(
        "check_warning",
        sa.Column("check_id", BIG, nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("id", BIG, nullable=False),
        sa.CheckConstraint("days >= 0", name=op.f("ck_check_warning_days_not_negative")),
        sa.ForeignKeyConstraint(
            ["check_id"],
            ["worker_check.id"],
            name=op.f("fk_check_warning_check_id_worker_check"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_warning")),
        sa.UniqueConstraint("check_id", name=op.f("uq_check_warning_check_id")),
        sqlite_autoincrement=True,
    )
    _allow(KINDS, (*KINDS, *FURTHER))


def downgrade():
    named = ", ".join(f"'{kind}'" for kind in FURTHER)
    op.execute(f"DELETE FROM notice WHERE kind IN ({named})")
    _allow((*KINDS, *FURTHER), KINDS)
    op.drop_table("check_warning")


def _allow(before, after):
    """Let notices be of other kinds; SQLite rebuilds the table: written out, for a reading of it would lose the CHECK."""
    table = sa.Table(
        "notice",
        sa.MetaData(),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("organisation_id", BIG, nullable=False),
        sa.Column("worker_id", BIG, nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("params", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("subject_kind", sa.String(length=20), nullable=False),
        sa.Column("subject_ref", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_by_id", BIG, nullable=True),
        sa.Column("id", BIG, nullable=False),
        sa.CheckConstraint(_one_of(before), name=CHECK),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name="fk_notice_organisation_id_organisation",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["read_by_id"], ["user.id"], name="fk_notice_read_by_id_user", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["worker_id"], ["worker.id"], name="fk_notice_worker_id_worker", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_notice"),
        sa.UniqueConstraint("ref", name="uq_notice_ref"),
        sa.Index("ix_notice_organisation_created", "organisation_id", "created_at", "id"),
        sa.Index("ix_notice_worker_id", "worker_id"),
        sqlite_autoincrement=True,
    )
    rebuilt = {"recreate": "auto", "table_kwargs": {"sqlite_autoincrement": True}}
    with op.batch_alter_table("notice", copy_from=table, **rebuilt) as batch_op:
        batch_op.drop_constraint(op.f(CHECK), type_="check")
        batch_op.create_check_constraint(op.f(CHECK), _one_of(after))


def _one_of(kinds):
    return "kind IN ({})".format(", ".join(f"'{kind}'" for kind in kinds))
