"""Connection overrides: what a webhook URL's fragment says about patience and retries.

Source: twilio.com/docs/usage/webhooks/webhooks-connection-overrides (times in milliseconds).
"""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urldefrag

# name in the fragment: (least, most, default)
RANGES = {
    "ct": (100, 10_000, 5_000),
    "rt": (100, 15_000, 15_000),
    "tt": (100, 15_000, 15_000),
    "rc": (0, 5, 1),
}
POLICIES = frozenset({"ct", "rt", "4xx", "5xx", "all"})


@dataclass(frozen=True)
class Overrides:
    """How long to wait, how often to try again, and after which failures."""

    connect_ms: int = 5_000
    read_ms: int = 15_000
    total_ms: int = 15_000
    retries: int = 1
    retry_after: frozenset[str] = frozenset({"ct"})

    def allows_retry_after(self, failure: str) -> bool:
        """Whether a failure of this class ("ct", "rt", "4xx" or "5xx") is tried again."""
        return "all" in self.retry_after or failure in self.retry_after


def split(url: str) -> tuple[str, Overrides]:
    """Return the URL as it is sent and signed, and what its fragment asked for.

    A value out of range or of no known name is ignored: the default holds.
    """
    bare, fragment = urldefrag(url)
    asked = dict(parse_qsl(fragment))
    policies = frozenset(asked.get("rp", "").split(",")) & POLICIES
    return bare, Overrides(
        connect_ms=_number(asked, "ct"),
        read_ms=_number(asked, "rt"),
        total_ms=_number(asked, "tt"),
        retries=_number(asked, "rc"),
        retry_after=policies or Overrides.retry_after,
    )


def _number(asked: dict[str, str], name: str) -> int:
    least, most, default = RANGES[name]
    text = asked.get(name, "")
    if not (text.isascii() and text.isdigit()):
        return default
    return int(text) if least <= int(text) <= most else default
