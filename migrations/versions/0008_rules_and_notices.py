"""Drafts and worked examples of rules, waivers, notices.

Revision: 0008, after 0007
"""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('notice',
    sa.Column('ref', sa.String(length=16), nullable=False),
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('worker_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('kind', sa.Enum('scheme_submitted', 'scheme_suspended', 'scheme_resumed', 'scheme_closed', 'rules_to_sign', 'rules_signed', 'proposals_superseded', 'worker_scheme_suspended', 'worker_scheme_resumed', 'worker_proposal_superseded', 'worker_rule_waived', name='noticekind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('params', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('subject_kind', sa.String(length=20), nullable=False),
    sa.Column('subject_ref', sa.String(length=16), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('read_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_notice_organisation_id_organisation'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['read_by_id'], ['user.id'], name=op.f('fk_notice_read_by_id_user'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['worker_id'], ['worker.id'], name=op.f('fk_notice_worker_id_worker'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice')),
    sa.UniqueConstraint('ref', name=op.f('uq_notice_ref')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.create_index('ix_notice_organisation_created', ['organisation_id', 'created_at', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_notice_worker_id'), ['worker_id'], unique=False)

    op.create_table('rule_draft',
    sa.Column('scheme_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('first_day', sa.Date(), nullable=False),
    sa.Column('rules', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('examples', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('changed_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['changed_by_id'], ['user.id'], name=op.f('fk_rule_draft_changed_by_id_user'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['scheme_id'], ['scheme.id'], name=op.f('fk_rule_draft_scheme_id_scheme'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rule_draft')),
    sa.UniqueConstraint('scheme_id', name=op.f('uq_rule_draft_scheme_id')),
    sqlite_autoincrement=True
    )
    op.create_table('waiver',
    sa.Column('ref', sa.String(length=16), nullable=False),
    sa.Column('scheme_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('worker_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('proposal_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('rule', sa.String(length=60), nullable=False),
    sa.Column('authority', sa.Enum('destination_ministry', 'origin_ministry', 'consular_post', 'employer', 'oversight_body', 'operator', name='organisationkind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('given_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('given_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reason', sa.String(length=2000), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_until', sa.Date(), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint('valid_until >= valid_from', name=op.f('ck_waiver_period_in_order')),
    sa.ForeignKeyConstraint(['given_by_id'], ['user.id'], name=op.f('fk_waiver_given_by_id_user'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_waiver_organisation_id_organisation'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['proposal_id'], ['match_proposal.id'], name=op.f('fk_waiver_proposal_id_match_proposal'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['scheme_id'], ['scheme.id'], name=op.f('fk_waiver_scheme_id_scheme'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['withdrawn_by_id'], ['user.id'], name=op.f('fk_waiver_withdrawn_by_id_user'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['worker_id'], ['worker.id'], name=op.f('fk_waiver_worker_id_worker'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_waiver')),
    sa.UniqueConstraint('ref', name=op.f('uq_waiver_ref')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('waiver', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_waiver_proposal_id'), ['proposal_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_waiver_scheme_id'), ['scheme_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_waiver_worker_id'), ['worker_id'], unique=False)

    with op.batch_alter_table('rule_set', schema=None) as batch_op:
        batch_op.add_column(sa.Column('examples', sa.JSON(none_as_null=True), nullable=True))


def downgrade():
    with op.batch_alter_table('rule_set', schema=None) as batch_op:
        batch_op.drop_column('examples')

    with op.batch_alter_table('waiver', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_waiver_worker_id'))
        batch_op.drop_index(batch_op.f('ix_waiver_scheme_id'))
        batch_op.drop_index(batch_op.f('ix_waiver_proposal_id'))

    op.drop_table('waiver')
    op.drop_table('rule_draft')
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_notice_worker_id'))
        batch_op.drop_index('ix_notice_organisation_created')

    op.drop_table('notice')
