"""Conferences: who is in the room, and by which rules they came (voice/twiml/conference)."""

from dataclasses import dataclass, field

from devphone.leg import Leg, StatusCallback


@dataclass(eq=False)
class Seat:
    """One participant. `ends` closes the room when they leave; `starts` opens it when they come."""

    leg: Leg
    starts: bool = True
    ends: bool = False
    muted: bool = False
    hold: bool = False
    coaching: str = ""


@dataclass(eq=False)
class Room:
    """A conference. It begins with two participants, one of whom may start it."""

    sid: str
    name: str
    host: Leg  # the first to come; what the room reports is noted there
    seats: list[Seat] = field(default_factory=list[Seat])
    callback: StatusCallback | None = None
    begun: bool = False
    over: bool = False
    sequence: int = 0

    @property
    def status(self) -> str:
        if self.over:
            return "completed"
        return "in-progress" if self.begun else "init"

    def may_begin(self) -> bool:
        enough = len(self.seats) > 1 and any(seat.starts for seat in self.seats)
        return enough and not self.begun

    def seat_of(self, sid: str) -> Seat | None:
        """Return the seat of the call with this sid."""
        return next((seat for seat in self.seats if seat.leg.sid == sid), None)
