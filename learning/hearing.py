"""What a caller said at the open question, and what the line made of it: read for one ticket.

Calls belong to a room above this one, so their rows are read by their columns. A ticket's subject
is what its caller said first: the turn that heard those words is the one to look at.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import text
from sqlalchemy.orm import Session

_TURNS = text(
    """
    SELECT c.turn, c.language, c.heard ->> 'words' AS words, c.trail, t.call_sid,
           coalesce(k.memo -> 'memo' ->> 'subject', '') = t.subject AS is_last,
           k.memo -> 'memo' AS memo
    FROM tickets t
    JOIN call_turns c ON c.call_sid = t.call_sid
    JOIN calls k ON k.sid = t.call_sid
    WHERE t.id = :ticket AND t.subject <> ''
      AND starts_with(coalesce(c.heard ->> 'words', ''), t.subject)
    ORDER BY c.turn DESC LIMIT 1
    """
)


@dataclass(frozen=True, slots=True)
class Hearing:
    """Words of a caller and the intents they were taken for, the likeliest first (0..1 each).

    `intent` is what the call went on with; None where nothing of that is known any more.
    """

    call_sid: str
    turn: int
    language: str
    words: str
    guesses: tuple[tuple[str, float], ...]
    intent: str


def hearing_of(session: Session, ticket_id: int) -> Hearing | None:
    """Find what was said and understood; None for keys, an emergency, or no call at all."""
    row = session.execute(_TURNS, {"ticket": ticket_id}).one_or_none()
    if row is None or _was_an_emergency(row.trail):
        return None
    memo = cast("dict[str, Any]", row.memo if row.is_last and row.memo else {})
    guesses = _pairs(_traced(row.trail) or memo.get("intents"))
    intent = _taken(str(memo.get("intent") or ""), guesses)
    if not intent:
        return None
    return Hearing(row.call_sid, row.turn, row.language, row.words, guesses, intent)


def _taken(intent: str, guesses: tuple[tuple[str, float], ...]) -> str:
    """Name what the call went on with; an intent that was no guess belongs to other words."""
    known = [guess for guess, _ in guesses]
    return intent if intent in known or not known else known[0]


def _was_an_emergency(trail: object) -> bool:
    return any(step[1:2] == ["emergency"] for step in _steps(trail))


def _traced(trail: object) -> object:
    """Find the guesses that a step of this turn left in its line of the trail."""
    found = (cast("Mapping[str, Any]", step[2]) for step in _steps(trail) if _has_more(step))
    return next((more["intents"] for more in found if "intents" in more), None)


def _has_more(step: list[Any]) -> bool:
    return len(step) > 2 and isinstance(step[2], Mapping)  # noqa: PLR2004  place, outcome, and more


def _steps(trail: object) -> list[list[Any]]:
    steps = cast("list[Any]", trail) if isinstance(trail, list) else []
    return [cast("list[Any]", step) for step in steps if isinstance(step, list)]


def _pairs(guesses: object) -> tuple[tuple[str, float], ...]:
    """Read [intent, probability] pairs; what has another shape is left out."""
    pairs = cast("list[Any]", guesses) if isinstance(guesses, list) else []
    return tuple((str(pair[0]), float(pair[1])) for pair in pairs if len(pair) == 2)  # noqa: PLR2004  a pair
