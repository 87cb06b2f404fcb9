"""What must always hold of tickets."""

from typing import Final

from db.verify import Invariant

INVARIANTS: Final = (
    Invariant(
        "every ticket has exactly one work row, in the queue it names",
        """SELECT t.number FROM tickets t LEFT JOIN ticket_work w ON w.ticket_id = t.id
           WHERE w.ticket_id IS NULL OR w.queue <> t.queue""",
    ),
    Invariant(
        "a closed ticket is nobody's work, an open one is somebody's or waits",
        """SELECT t.number FROM tickets t JOIN ticket_work w ON w.ticket_id = t.id
           WHERE (t.status = 'closed') <> (w.state = 'done')""",
    ),
    Invariant(
        "every ticket begins with one event that opened it",
        """SELECT t.number FROM tickets t
           WHERE (SELECT count(*) FROM ticket_events e
                  WHERE e.ticket_id = t.id AND e.kind = 'opened') <> 1""",
    ),
    Invariant(
        "a ticket that was told on the phone is there",
        """SELECT told.number FROM calls c
           CROSS JOIN LATERAL jsonb_array_elements_text(c.memo -> 'memo' -> 'tickets') told (number)
           LEFT JOIN tickets t ON t.number = told.number AND t.call_sid = c.sid
           WHERE t.id IS NULL""",
    ),
)
