"""Notices of reviews that are due, and the end of proposals whose waiver is over.

Revision: 0014, after 0013. On the way back such notices go, and such endings are told as a change of rules: the older
version has no words for them, and what happened stands in the audit log.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
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
    "proposal_waits_for_check",
    "proposal_check_renewed",
    "vacancy_over",
    "worker_check_runs_out",
    "worker_action_needed",
    "worker_check_renewed",
)
FURTHER = ("shortage_review_due", "worker_review_due")
REASONS = (
    "vacancy_withdrawn",
    "vacancy_revoked",
    "vacancy_changed",
    "vacancy_over",
    "employer_debarred",
    "worker_paused",
    "worker_withdrew",
    "worker_ineligible",
    "consent_withdrawn",
    "check_failed",
    "scheme_closed",
    "agreement_ended",
    "rules_changed",
    "new_run",
    "time_over",
)
KIND_CHECK = "ck_notice_noticekind"
REASON_CHECK = "ck_proposal_ending_endreason"


def upgrade():
    _allow_notices(KINDS, (*KINDS, *FURTHER))
    _allow_reasons(REASONS, (*REASONS, "waiver_over"))


def downgrade():
    named = ", ".join(f"'{kind}'" for kind in FURTHER)
    op.execute(f"DELETE FROM notice WHERE kind IN ({named})")
    op.execute("UPDATE proposal_ending SET reason = 'rules_changed' WHERE reason = 'waiver_over'")
    _allow_reasons((*REASONS, "waiver_over"), REASONS)
    _allow_notices((*KINDS, *FURTHER), KINDS)


def _allow_notices(before, after):
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
        sa.CheckConstraint(_one_of("kind", before), name=KIND_CHECK),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name="fk_notice_organisation_id_organisation",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(["read_by_id"], ["user.id"], name="fk_notice_read_by_id_user", ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name="fk_notice_worker_id_worker", ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name="pk_notice"),
        sa.UniqueConstraint("ref", name="uq_notice_ref"),
        sa.Index("ix_notice_organisation_created", "organisation_id", "created_at", "id"),
        sa.Index("ix_notice_worker_id", "worker_id"),
        sqlite_autoincrement=True,
    )
    rebuilt = {"recreate": "auto", "table_kwargs": {"sqlite_autoincrement": True}}
    with op.batch_alter_table("notice", copy_from=table, **rebuilt) as batch_op:
        batch_op.drop_constraint(op.f(KIND_CHECK), type_="check")
        batch_op.create_check_constraint(op.f(KIND_CHECK), _one_of("kind", after))


def _allow_reasons(before, after):
    table = sa.Table(
        "proposal_ending",
        sa.MetaData(),
        sa.Column("proposal_id", BIG, nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", BIG, nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", BIG, nullable=False),
        sa.CheckConstraint(_one_of("reason", before), name=REASON_CHECK),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["match_proposal.id"],
            name="fk_proposal_ending_proposal_id_match_proposal",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name="fk_proposal_ending_organisation_id_organisation",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_proposal_ending"),
        sa.UniqueConstraint("proposal_id", name="uq_proposal_ending_proposal_id"),
        sqlite_autoincrement=True,
    )
    rebuilt = {"recreate": "auto", "table_kwargs": {"sqlite_autoincrement": True}}
    with op.batch_alter_table("proposal_ending", copy_from=table, **rebuilt) as batch_op:
        batch_op.drop_constraint(op.f(REASON_CHECK), type_="check")
        batch_op.create_check_constraint(op.f(REASON_CHECK), _one_of("reason", after))


def _one_of(column, names):
    return "{} IN ({})".format(column, ", ".join(f"'{name}'" for name in names))
