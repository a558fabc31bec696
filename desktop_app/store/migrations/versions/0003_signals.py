"""Signals from outside are remembered, so that none is acted on twice and people see what became of each."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# As it was: what schema.py says today is another matter.
STATEMENTS = (
    """CREATE TABLE signal (
    line INTEGER NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL,
    bot_id INTEGER NOT NULL,
    way TEXT NOT NULL,
    sender TEXT NOT NULL,
    signal_key TEXT,
    status INTEGER NOT NULL,
    said_json TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT""",
    "CREATE UNIQUE INDEX signal_once ON signal (signal_key) WHERE signal_key IS NOT NULL",
)


def upgrade() -> None:
    """Forward only: the way back is the copy that was made before."""
    for statement in STATEMENTS:
        op.execute(statement)
