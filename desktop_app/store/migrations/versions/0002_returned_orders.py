"""An order that was believed never to have arrived may turn out to have filled."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# As it was: what schema.py says today is another matter.
STATEMENTS = (
    """DROP TRIGGER orders_final""",
    """CREATE TRIGGER orders_final BEFORE UPDATE OF status ON orders
WHEN OLD.status <> NEW.status AND OLD.status IN ('filled', 'canceled', 'rejected')
 AND NOT (OLD.status IN ('canceled', 'rejected') AND NEW.status = 'filled')
BEGIN SELECT RAISE(ABORT, 'an order that is final was changed, or its id used twice'); END""",
)


def upgrade() -> None:
    """Forward only: the way back is the copy that was made before."""
    for statement in STATEMENTS:
        op.execute(statement)
