"""What must always hold of calls."""

from typing import Final

from db.verify import Invariant

INVARIANTS: Final = (
    Invariant(
        "the turns of a call are numbered from 0 without a gap, and all are answered",
        """SELECT c.sid FROM calls c
           WHERE c.turn <> (SELECT count(*) FROM call_turns t
                            WHERE t.call_sid = c.sid AND t.document IS NOT NULL)""",
    ),
    Invariant(
        "an answered turn says what it walked",
        """SELECT call_sid || ' ' || turn FROM call_turns
           WHERE document IS NOT NULL AND took_ms IS NULL""",
    ),
    Invariant(
        "a call that is over has an end",
        "SELECT sid FROM calls WHERE (rank = 9) <> (ended_at IS NOT NULL)",
    ),
    Invariant(
        "no call goes on for ever",
        "SELECT sid FROM calls WHERE rank < 9 AND started_at < now() - interval '8 hours'",
    ),
)
