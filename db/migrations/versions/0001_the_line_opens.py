"""The line opens: calls, staff, tickets, texts and the outbox.

Revision ID: 0001
Revises:
"""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    script = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    # The driver itself, without parameters: it then leaves the % of the script alone.
    op.get_bind().connection.cursor().execute(script)


def downgrade() -> None:
    message = "the first revision has nothing before it: drop the database instead"
    raise RuntimeError(message)
