"""The line learns: what reps say callers meant, phrases proposed from it, trainings asked for.

Revision ID: 0002
Revises: 0001
"""

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    script = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    # The driver itself, without parameters: it then leaves the % of the script alone.
    op.get_bind().connection.cursor().execute(script)


def downgrade() -> None:
    op.execute("DROP TABLE trainings, phrase_candidates, wrap_ups")
