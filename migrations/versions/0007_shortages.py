"""Periods of evidence, reviews of shortages, published lists and figures, suggestions, weights.

Revision: 0007, after 0006
"""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('publication',
    sa.Column('ref', sa.String(length=16), nullable=False),
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.Enum('shortage_list', 'figures', name='publicationkind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('codes', sa.Enum('isco08', 'us_soc', 'other', name='codekind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('source', sa.String(length=500), nullable=False),
    sa.Column('published_on', sa.Date(), nullable=False),
    sa.Column('indicator', sa.Enum('vacancy_rate', 'unemployment', 'wage_growth', 'days_to_fill', name='indicatorkind', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('period_from', sa.Date(), nullable=True),
    sa.Column('period_to', sa.Date(), nullable=True),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('lines', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('faults', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('state', sa.Enum('previewed', 'taken_in', 'discarded', name='publicationstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('uploaded_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('taken_in_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint("kind = 'shortage_list' OR indicator IS NOT NULL", name=op.f('ck_publication_figures_have_an_indicator')),
    sa.CheckConstraint('period_to IS NULL OR period_to >= period_from', name=op.f('ck_publication_period_in_order')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_publication_organisation_id_organisation'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['uploaded_by_id'], ['user.id'], name=op.f('fk_publication_uploaded_by_id_user'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_publication')),
    sa.UniqueConstraint('ref', name=op.f('uq_publication_ref')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('publication', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_publication_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('tightness_weights',
    sa.Column('ref', sa.String(length=16), nullable=False),
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('weights', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('reason', sa.String(length=2000), nullable=False),
    sa.Column('changed_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['changed_by_id'], ['user.id'], name=op.f('fk_tightness_weights_changed_by_id_user'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_tightness_weights_organisation_id_organisation'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tightness_weights')),
    sa.UniqueConstraint('organisation_id', name=op.f('uq_tightness_weights_organisation_id')),
    sa.UniqueConstraint('ref', name=op.f('uq_tightness_weights_ref')),
    sqlite_autoincrement=True
    )
    op.create_table('published_figure',
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('publication_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('indicator', sa.Enum('vacancy_rate', 'unemployment', 'wage_growth', 'days_to_fill', name='indicatorkind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('occupation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('region', sa.String(length=6), nullable=False),
    sa.Column('period_from', sa.Date(), nullable=False),
    sa.Column('period_to', sa.Date(), nullable=False),
    sa.Column('figure', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint('period_to >= period_from', name=op.f('ck_published_figure_period_in_order')),
    sa.ForeignKeyConstraint(['occupation_id'], ['occupation.id'], name=op.f('fk_published_figure_occupation_id_occupation'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_published_figure_organisation_id_organisation'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['publication_id'], ['publication.id'], name=op.f('fk_published_figure_publication_id_publication'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_published_figure')),
    sa.UniqueConstraint('organisation_id', 'indicator', 'occupation_id', 'region', 'period_from', 'period_to', name='uq_published_figure_once'),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('published_figure', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_published_figure_occupation_id'), ['occupation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_published_figure_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_published_figure_publication_id'), ['publication_id'], unique=False)

    op.create_table('shortage_review',
    sa.Column('shortage_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('reviewer_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('reviewed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('note', sa.String(length=2000), nullable=False),
    sa.Column('next_on', sa.Date(), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['reviewer_id'], ['user.id'], name=op.f('fk_shortage_review_reviewer_id_user'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['shortage_id'], ['shortage.id'], name=op.f('fk_shortage_review_shortage_id_shortage'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shortage_review')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('shortage_review', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_shortage_review_shortage_id'), ['shortage_id'], unique=False)

    op.create_table('shortage_suggestion',
    sa.Column('ref', sa.String(length=16), nullable=False),
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('publication_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('line', sa.Integer(), nullable=False),
    sa.Column('list_title', sa.String(length=200), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('job_title', sa.String(length=300), nullable=False),
    sa.Column('note', sa.String(length=300), nullable=False),
    sa.Column('occupation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('region', sa.String(length=6), nullable=False),
    sa.Column('headcount', sa.Integer(), nullable=True),
    sa.Column('state', sa.Enum('open', 'drafted', 'set_aside', name='suggestionstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('reason', sa.String(length=2000), nullable=True),
    sa.Column('shortage_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint('headcount IS NULL OR headcount > 0', name=op.f('ck_shortage_suggestion_headcount_positive')),
    sa.ForeignKeyConstraint(['occupation_id'], ['occupation.id'], name=op.f('fk_shortage_suggestion_occupation_id_occupation'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_shortage_suggestion_organisation_id_organisation'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['publication_id'], ['publication.id'], name=op.f('fk_shortage_suggestion_publication_id_publication'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['shortage_id'], ['shortage.id'], name=op.f('fk_shortage_suggestion_shortage_id_shortage'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shortage_suggestion')),
    sa.UniqueConstraint('organisation_id', 'list_title', 'code', 'occupation_id', 'region', name='uq_shortage_suggestion_once'),
    sa.UniqueConstraint('ref', name=op.f('uq_shortage_suggestion_ref')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('shortage_suggestion', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_shortage_suggestion_occupation_id'), ['occupation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_shortage_suggestion_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_shortage_suggestion_publication_id'), ['publication_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_shortage_suggestion_shortage_id'), ['shortage_id'], unique=False)

    with op.batch_alter_table('shortage_evidence', schema=None) as batch_op:
        batch_op.add_column(sa.Column('region', sa.String(length=6), nullable=True))
        batch_op.add_column(sa.Column('period_from', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('period_to', sa.Date(), nullable=True))


def downgrade():
    with op.batch_alter_table('shortage_evidence', schema=None) as batch_op:
        batch_op.drop_column('period_to')
        batch_op.drop_column('period_from')
        batch_op.drop_column('region')

    with op.batch_alter_table('shortage_suggestion', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_shortage_suggestion_shortage_id'))
        batch_op.drop_index(batch_op.f('ix_shortage_suggestion_publication_id'))
        batch_op.drop_index(batch_op.f('ix_shortage_suggestion_organisation_id'))
        batch_op.drop_index(batch_op.f('ix_shortage_suggestion_occupation_id'))

    op.drop_table('shortage_suggestion')
    with op.batch_alter_table('shortage_review', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_shortage_review_shortage_id'))

    op.drop_table('shortage_review')
    with op.batch_alter_table('published_figure', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_published_figure_publication_id'))
        batch_op.drop_index(batch_op.f('ix_published_figure_organisation_id'))
        batch_op.drop_index(batch_op.f('ix_published_figure_occupation_id'))

    op.drop_table('published_figure')
    op.drop_table('tightness_weights')
    with op.batch_alter_table('publication', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_publication_organisation_id'))

    op.drop_table('publication')
