"""What we ask of a carrier of texts, whoever it is.

    NotSent      the carrier said no; `permanent` tells whether asking again can help
    Unknown      no answer came: the text may be on its way, so look it up before sending again

messages/twilio_carrier.py is the one that calls use.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class NotSent(Exception):
    """The carrier refused a text."""

    def __init__(self, reason: str, *, permanent: bool) -> None:
        """Keep the carrier's words."""
        super().__init__(reason)
        self.permanent = permanent


class Unknown(Exception):
    """Nobody knows whether the text was taken."""


@dataclass(frozen=True)
class Taken:
    """The carrier took the text under this name."""

    sid: str


class Carrier(Protocol):
    """Sends texts."""

    def send(self, phone: str, body: str) -> Taken:
        """Send one text; raises NotSent or Unknown."""
        ...

    def find(self, phone: str, body: str, since: datetime) -> Taken | None:
        """Find a text that was handed over since then; raises Unknown."""
        ...
