"""The ends of the network: lines that belong to the account, phones that belong to others."""

from dataclasses import dataclass
from typing import Literal, get_args

Behaviour = Literal["answers", "rings", "busy", "no-answer", "failed"]
BEHAVIOURS: tuple[Behaviour, ...] = get_args(Behaviour)


@dataclass
class Line:
    """A number that the account owns, and where its calls and messages go."""

    sid: str
    number: str
    voice_url: str
    fallback_url: str | None = None
    status_url: str | None = None
    sms_url: str | None = None
    voice_method: Literal["GET", "POST"] = "POST"
    friendly_name: str = ""
    # An inbound call reports its end only, as Twilio does; tests may widen it.
    status_events: frozenset[str] = frozenset({"completed"})


@dataclass(frozen=True)
class Phone:
    """Somebody else's phone, and what becomes of a call to it.

    answers: picked up after `rings_for` seconds; a phone that nobody attends then presses `presses`
    at the first question it is asked, and hangs up after `talks_for` seconds.
    rings: rings until somebody picks up (Caller.picks_up, or the dial pad).
    """

    number: str
    name: str = ""
    behaviour: Behaviour = "answers"
    presses: str = ""
    rings_for: float = 2.0
    talks_for: float = 60.0


def behaviour_named(name: str) -> Behaviour:
    """Find the behaviour of this name. Raises ValueError with a sentence for any other."""
    for known in BEHAVIOURS:
        if name == known:
            return known
    raise ValueError(f"What a phone can do is {', '.join(BEHAVIOURS)}; not {name!r}.")


def phones_from(text: str) -> list[Phone]:
    """Read "+18015550100=Rep's desk phone:answers,..."; after a further colon, keys it presses.

    Raises ValueError with a sentence for an entry of another form.
    """
    return [_phone(entry.strip()) for entry in text.split(",") if entry.strip()]


def _phone(entry: str) -> Phone:
    number, _, rest = entry.partition("=")
    name, _, rest = rest.partition(":")
    behaviour, _, presses = rest.partition(":")
    return Phone(number, name, behaviour_named(behaviour or "answers"), presses)
