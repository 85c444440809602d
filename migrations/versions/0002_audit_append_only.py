"""Audit events are appended, never changed: triggers refuse UPDATE and DELETE on both databases.

Revision: 0002, after 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SQLITE = """
CREATE TRIGGER audit_event_no_{verb} BEFORE {VERB} ON audit_event
BEGIN SELECT RAISE(ABORT, 'audit events are append-only'); END
"""

POSTGRES_FUNCTION = """
CREATE FUNCTION audit_event_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'audit events are append-only'; END $$
"""

POSTGRES = """
CREATE TRIGGER audit_event_no_{verb} BEFORE {VERB} ON audit_event
FOR EACH {each} EXECUTE FUNCTION audit_event_append_only()
"""


def upgrade():
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(SQLITE.format(verb=verb, VERB=verb.upper()))
        return
    op.execute(POSTGRES_FUNCTION)
    for verb, each in (("update", "ROW"), ("delete", "ROW"), ("truncate", "STATEMENT")):
        op.execute(POSTGRES.format(verb=verb, VERB=verb.upper(), each=each))


def downgrade():
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(f"DROP TRIGGER audit_event_no_{verb}")
        return
    for verb in ("update", "delete", "truncate"):
        op.execute(f"DROP TRIGGER audit_event_no_{verb} ON audit_event")
    op.execute("DROP FUNCTION audit_event_append_only()")
