"""${message}."""

from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only: the way back is the copy that was made before."""
    ${upgrades if upgrades else 'op.execute("")'}
