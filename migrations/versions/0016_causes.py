"""Causes of steps that end or hold up what others rely on; where an agreement stands.

Revision: 0016, after 0015. On the way back causes go, agreements that are suspended or ended stand again, and so the
older version, which tells by dates alone, proposes under them; notices of the further kinds go too.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
CAUSES = (
    "no_longer_needed",
    "found_locally",
    "cannot_keep_terms",
    "dates_moved",
    "terms_moved",
    "site_unfit",
    "entered_wrongly",
    "need_met",
    "figures_in_doubt",
    "rights_at_risk",
    "safety_at_risk",
    "under_review",
    "notice_given",
    "replaced",
    "last_day_past",
    "shortage_ended",
    "scheme_closed",
    "employer_debarred",
    "other",
)
CAUSED = ("agreement", "proposal_ending", "scheme", "shortage", "vacancy")
STATES = ("standing", "suspended", "ended")
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
    "shortage_review_due",
    "worker_review_due",
)
FURTHER = ("agreement_suspended", "agreement_resumed")
CHECK = "ck_notice_noticekind"


def upgrade():
    for table in CAUSED:
        _add(table, f"cause VARCHAR(32) CONSTRAINT ck_{table}_cause CHECK ({_one_of(CAUSES, 'cause')})")
    check = f"CONSTRAINT ck_agreement_agreementstate CHECK ({_one_of(STATES, 'state')})"
    _add("agreement", f"state VARCHAR(32) DEFAULT 'standing' NOT NULL {check}")
    _add("agreement", "state_reason VARCHAR(2000)")
    _add("agreement", "version INTEGER DEFAULT 1 NOT NULL")
    _allow(KINDS, (*KINDS, *FURTHER))


def downgrade():
    named = ", ".join(f"'{kind}'" for kind in FURTHER)
    op.execute(f"DELETE FROM notice WHERE kind IN ({named})")
    _allow((*KINDS, *FURTHER), KINDS)
    for column in ("version", "state_reason", "state"):
        op.execute(f"ALTER TABLE agreement DROP COLUMN {column}")
    for table in reversed(CAUSED):
        op.execute(f"ALTER TABLE {table} DROP COLUMN cause")


def _add(table, column):
    """Add a column with its CHECK, which both databases take in place: no table has to be rebuilt."""
    op.execute(f"ALTER TABLE {table} ADD COLUMN {column}")


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


def _one_of(kinds, column="kind"):
    return "{} IN ({})".format(column, ", ".join(f"'{kind}'" for kind in kinds))
