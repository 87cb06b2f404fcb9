"""Everything that happened to a ticket as one list, newest first: call, events, texts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, cast

from desk import here, shown
from tickets.story import Event, Story, Text, Turn

Kind = Literal["call", "event", "note", "text"]
EVENTS: Final = {
    "opened": "event.opened",
    "taken": "event.taken",
    "given back": "event.given_back",
    "note": "event.note",
    "referred": "event.referred",
    "closed": "event.closed",
    "reopened": "event.reopened",
    "texted": "event.texted",
}
TEXT_STATES: Final = {
    "promised": "text.promised",
    "sending": "text.sending",
    "sent": "text.sent",
    "delivered": "text.delivered",
    "failed": "text.failed",
    "refused": "text.refused",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing said in a call: by the caller, or by the line. `language` is that of the words."""

    by_caller: bool
    words: str
    language: str


@dataclass(frozen=True, slots=True)
class Item:
    """One entry: what happened, its words, and for a call its lines."""

    at: datetime
    kind: Kind
    title: str
    words: str = ""
    language: str = ""
    lines: tuple[Line, ...] = ()


def timeline(story: Story) -> list[Item]:
    """Merge everything that is known of a ticket, newest first."""
    items = [_event(event) for event in story.events]
    items += [_text(text) for text in story.texts]
    if story.turns:
        items.append(_call(story.turns))
    return sorted(items, key=lambda item: item.at, reverse=True)


def event_words(kind: str, who: str) -> str:
    """Say who did what: "Taken by ..."; the line itself is named as such."""
    key = EVENTS.get(kind, "event.other")
    return here.t(key, who=who or here.t("event.the_line"), kind=kind)


def _event(event: Event) -> Item:
    kind: Kind = "note" if event.kind == "note" else "event"
    title = event_words(event.kind, event.who)
    if event.kind == "referred":
        to = shown.queue_name(str(event.body.get("queue", "")))
        title = here.t("event.referred_to", who=event.who, queue=to)
    words = (event.body.get(key) for key in ("words", "reason", "resolution"))
    return Item(event.at, kind, title, str(next(filter(None, words), "")))


def _text(text: Text) -> Item:
    state = here.t(TEXT_STATES.get(text.state, "text.promised"))
    title = here.t("event.text_to", phone=shown.phone(text.phone), state=state)
    return Item(text.at, "text", title, text.body, text.language)


def _call(turns: tuple[Turn, ...]) -> Item:
    lines = tuple(line for turn in turns for line in _lines(turn))
    title = here.t("event.call", language=shown.language_name(turns[-1].language))
    return Item(turns[0].at, "call", title, lines=lines)


def _lines(turn: Turn) -> list[Line]:
    heard = _heard(turn.heard)
    caller = [Line(by_caller=True, words=heard, language=turn.language)] if heard else []
    said = [Line(False, _said(part), _tongue(part, turn)) for part in turn.said]
    return caller + [line for line in said if line.words]


def _heard(heard: Mapping[str, Any]) -> str:
    """Say what the caller said or pressed; the silent first turn of a call shows nothing."""
    if heard.get("words"):
        return f"“{heard['words']}”"
    if heard.get("digits"):
        return here.t("heard.pressed", digits=" ".join(str(heard["digits"])))
    if heard.get("recording"):
        return here.t("heard.recording")
    return ""


def _said(part: object) -> str:
    if isinstance(part, Mapping):
        spoken = cast("Mapping[str, Any]", part)
        return str(spoken.get("text") or spoken.get("words") or spoken.get("say") or "")
    return str(part)


def _tongue(part: object, turn: Turn) -> str:
    if not isinstance(part, Mapping):
        return turn.language
    return str(cast("Mapping[str, Any]", part).get("language") or turn.language)
