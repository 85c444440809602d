"""taxonomies.

Revision: 0004, after 0003
"""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('taxonomy_edition',
    sa.Column('ref', sa.String(length=16), nullable=False),
    sa.Column('kind', sa.Enum('esco', 'onet', 'crosswalk', name='taxonomykind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('version', sa.String(length=40), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('languages', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('occupations', sa.Integer(), nullable=False),
    sa.Column('skills', sa.Integer(), nullable=False),
    sa.Column('links', sa.Integer(), nullable=False),
    sa.Column('current', sa.Boolean(create_constraint=True, name='current'), nullable=False),
    sa.Column('imported_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_taxonomy_edition')),
    sa.UniqueConstraint('name', 'version', name=op.f('uq_taxonomy_edition_name_version')),
    sa.UniqueConstraint('ref', name=op.f('uq_taxonomy_edition_ref')),
    sqlite_autoincrement=True
    )
    op.create_table('code_link',
    sa.Column('edition_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('source_scheme', sa.String(length=20), nullable=False),
    sa.Column('source_code', sa.String(length=20), nullable=False),
    sa.Column('source_title', sa.String(length=300), nullable=True),
    sa.Column('target_scheme', sa.String(length=20), nullable=False),
    sa.Column('target_code', sa.String(length=20), nullable=False),
    sa.Column('kind', sa.Enum('exact', 'close', 'broad', 'narrow', name='matchkind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('rank', sa.Integer(), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['edition_id'], ['taxonomy_edition.id'], name=op.f('fk_code_link_edition_id_taxonomy_edition'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_code_link')),
    sa.UniqueConstraint('source_scheme', 'source_code', 'target_scheme', 'target_code', name='uq_code_link_ends'),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('code_link', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_code_link_edition_id'), ['edition_id'], unique=False)

    op.create_table('concept',
    sa.Column('key', sa.String(length=80), nullable=False),
    sa.Column('kind', sa.Enum('occupation', 'skill', 'skill_group', name='conceptkind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('uri', sa.String(length=200), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=True),
    sa.Column('title_en', sa.String(length=300), nullable=False),
    sa.Column('title_es', sa.String(length=300), nullable=False),
    sa.Column('title_fr', sa.String(length=300), nullable=False),
    sa.Column('edition_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('occupation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('skill_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('broader_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('retired_in', sa.String(length=40), nullable=True),
    sa.Column('successor_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['broader_id'], ['concept.id'], name=op.f('fk_concept_broader_id_concept'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['edition_id'], ['taxonomy_edition.id'], name=op.f('fk_concept_edition_id_taxonomy_edition'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['occupation_id'], ['occupation.id'], name=op.f('fk_concept_occupation_id_occupation'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['skill_id'], ['skill.id'], name=op.f('fk_concept_skill_id_skill'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['successor_id'], ['concept.id'], name=op.f('fk_concept_successor_id_concept'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_concept')),
    sa.UniqueConstraint('key', name=op.f('uq_concept_key')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('concept', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_concept_broader_id'), ['broader_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_concept_edition_id'), ['edition_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_concept_kind'), ['kind'], unique=False)
        batch_op.create_index(batch_op.f('ix_concept_occupation_id'), ['occupation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_concept_skill_id'), ['skill_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_concept_successor_id'), ['successor_id'], unique=False)

    op.create_table('concept_label',
    sa.Column('concept_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('language', sa.String(length=3), nullable=False),
    sa.Column('text', sa.String(length=300), nullable=False),
    sa.Column('preferred', sa.Boolean(create_constraint=True, name='preferred'), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['concept_id'], ['concept.id'], name=op.f('fk_concept_label_concept_id_concept'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_concept_label')),
    sa.UniqueConstraint('concept_id', 'language', 'text', name=op.f('uq_concept_label_concept_id_language_text')),
    sqlite_autoincrement=True
    )
    op.create_table('concept_skill',
    sa.Column('occupation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('skill_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('essential', sa.Boolean(create_constraint=True, name='essential'), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['occupation_id'], ['concept.id'], name=op.f('fk_concept_skill_occupation_id_concept'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['skill_id'], ['concept.id'], name=op.f('fk_concept_skill_skill_id_concept'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_concept_skill')),
    sa.UniqueConstraint('occupation_id', 'skill_id', name=op.f('uq_concept_skill_occupation_id_skill_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('concept_skill', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_concept_skill_skill_id'), ['skill_id'], unique=False)

    op.add_column('employment', sa.Column('concept', sa.String(length=80), nullable=True))

    op.add_column('shortage', sa.Column('concept', sa.String(length=80), nullable=True))

    op.add_column('vacancy', sa.Column('concept', sa.String(length=80), nullable=True))



def downgrade():
    op.drop_column('vacancy', 'concept')

    op.drop_column('shortage', 'concept')

    op.drop_column('employment', 'concept')

    with op.batch_alter_table('concept_skill', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_concept_skill_skill_id'))

    op.drop_table('concept_skill')
    op.drop_table('concept_label')
    with op.batch_alter_table('concept', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_concept_successor_id'))
        batch_op.drop_index(batch_op.f('ix_concept_skill_id'))
        batch_op.drop_index(batch_op.f('ix_concept_occupation_id'))
        batch_op.drop_index(batch_op.f('ix_concept_kind'))
        batch_op.drop_index(batch_op.f('ix_concept_edition_id'))
        batch_op.drop_index(batch_op.f('ix_concept_broader_id'))

    op.drop_table('concept')
    with op.batch_alter_table('code_link', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_code_link_edition_id'))

    op.drop_table('code_link')
    op.drop_table('taxonomy_edition')
