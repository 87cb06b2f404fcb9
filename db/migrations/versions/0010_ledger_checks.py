"""The ledger's own checks, in fewer statements.

Revision ID: 0010
Revises: 0009
"""

from pathlib import Path

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    script = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    # The driver itself, without parameters: it then leaves the % of the script alone.
    op.get_bind().connection.cursor().execute(script)


def downgrade() -> None:
    message = "a ledger is never taken away: restore a backup instead"
    raise RuntimeError(message)
