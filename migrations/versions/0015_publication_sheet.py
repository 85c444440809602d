"""The sheet that held the lines of a published list.

Revision: 0015, after 0014. Lists that were read before came from the first sheet that held anything; its name was not kept.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, empty for what is there."""
    op.add_column("publication", sa.Column("sheet", sa.String(100), nullable=False, server_default=""))
    with op.batch_alter_table("publication") as table:
        table.alter_column("sheet", server_default=None)


def downgrade() -> None:
    """Drop it."""
    with op.batch_alter_table("publication") as table:
        table.drop_column("sheet")
