"""What must always hold of promised work."""

from typing import Final

from db.verify import Invariant

INVARIANTS: Final = (
    Invariant(
        "no promise waits more than ten minutes past its time",
        """SELECT id::text FROM outbox WHERE state IN ('promised', 'rung')
           AND not_before < now() - interval '10 minutes'
           AND coalesce(lease_until, now() - interval '1 hour') < now() - interval '10 minutes'""",
    ),
    Invariant(
        "what is done has its time, what is not has none",
        "SELECT id::text FROM outbox WHERE (state = 'done') <> (done_at IS NOT NULL)",
    ),
)
