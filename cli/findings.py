"""What preflight finds: the key to change, and what is wrong with it."""

from dataclasses import asdict, dataclass
from typing import Literal

Severity = Literal["refused", "warning", "unverified"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. `key` is a variable, or a file of the city's; the rest of the sentence follows.

    refused: the line would fail callers. warning: it would work, less well. unverified: a figure
    nobody has confirmed, so what needs it is off in production.
    """

    key: str
    what: str
    severity: Severity = "refused"

    def as_dict(self) -> dict[str, str]:
        """Return it for JSON."""
        return asdict(self)
