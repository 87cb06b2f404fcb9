"""What can stand in the way of a change to a ticket.

    TicketError           the change did not happen; nothing was written
    ├── TicketGone        there is no such ticket
    ├── TicketChanged     somebody changed it since it was read
    └── NotPossible       the ticket is not in a state that allows it

Views let them rise; desk/errors.py turns them into pages.
"""

from dataclasses import dataclass
from datetime import datetime


class TicketError(Exception):
    """The change did not happen."""


class TicketGone(TicketError):
    """There is no such ticket."""


# Not frozen: contextlib sets __traceback__ on what it lets through.
@dataclass(eq=False)
class TicketChanged(TicketError):
    """Somebody else was quicker: `who` ("" for the line itself) did `what` (an event's kind)."""

    who: str
    what: str
    at: datetime | None
    version: int


@dataclass(eq=False)
class NotPossible(TicketError):
    """`why` is "closed", "open", "not held", "held by another" or "same queue"; `who` holds it."""

    why: str
    who: str = ""
