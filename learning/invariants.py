"""What must always hold of what the line learns from."""

from typing import Final

from db.verify import Invariant

INVARIANTS: Final = (
    Invariant(
        "no phrase that may be learnt holds a digit or an address of e-mail",
        "SELECT id FROM phrase_candidates WHERE words || ' ' || wording ~ '[0-9@]'",
    ),
    Invariant(
        "a phrase is proposed only where the line was wrong",
        "SELECT id FROM phrase_candidates WHERE guessed = intent",
    ),
    Invariant(
        "whoever corrected the line last has said so once",
        """SELECT c.id FROM phrase_candidates c LEFT JOIN wrap_ups w USING (ticket_id)
           WHERE c.state = 'proposed' AND (w.ticket_id IS NULL OR w.intent <> c.intent)""",
    ),
)
