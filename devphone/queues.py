"""Queues: who waits, since when, and what Twilio tells a caller about it."""

from dataclasses import dataclass, field

from devphone.leg import Leg

SIZE_MAX = 1000


@dataclass
class Member:
    """One call in line; `since` in seconds of the carrier's clock."""

    leg: Leg
    since: float


@dataclass
class Queue:
    """A line of waiting calls, first come first; servers are legs that wait for one to join."""

    sid: str
    name: str
    size_max: int = SIZE_MAX
    members: list[Member] = field(default_factory=list[Member])
    servers: list[Leg] = field(default_factory=list[Leg])

    def place_of(self, leg: Leg) -> int:
        """1 for the next to be served; 0 for a call that is not in line."""
        legs = [member.leg for member in self.members]
        return legs.index(leg) + 1 if leg in legs else 0

    def waited(self, leg: Leg, now: float) -> int:
        """Whole seconds that a call has been in line."""
        return next((round(now - member.since) for member in self.members if member.leg is leg), 0)

    def average_wait(self, now: float) -> int:
        """Return the mean of those now in line, which is what AvgQueueTime means; no forecast."""
        waits = [now - member.since for member in self.members]
        return round(sum(waits) / len(waits)) if waits else 0

    def wait_fields(self, leg: Leg, now: float) -> dict[str, str]:
        """Return the fields that a wait document's request carries."""
        return {
            "QueueSid": self.sid,
            "QueuePosition": str(self.place_of(leg)),
            "QueueTime": str(self.waited(leg, now)),
            "AvgQueueTime": str(self.average_wait(now)),
            "CurrentQueueSize": str(len(self.members)),
            "MaxQueueSize": str(self.size_max),
        }

    def drop(self, leg: Leg) -> None:
        self.members = [member for member in self.members if member.leg is not leg]
