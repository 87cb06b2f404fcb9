"""Reads config/intents/*.yaml and config/emergencies.yaml."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from config.departments import Line
from config.facts import Unverified, read_origin
from config.intents import (
    DepartmentDestination,
    Destination,
    Emergency,
    FlowDestination,
    InformationDestination,
    Intent,
    PersonDestination,
    TicketDestination,
)
from config.phones import dialled
from config.reading import Part, read_part

DESTINATIONS: Final = ("ticket", "department", "flow", "person", "information")
MENU_KEYS: Final = tuple("123456789")  # 0 is always a person


@dataclass(frozen=True, slots=True)
class Targets:
    """The ids that intents and emergencies may lead to."""

    services: Collection[str]
    departments: Collection[str]
    queues: Collection[str]
    line: Line


def read_intents(folder: Path, targets: Targets, faults: list[str]) -> dict[str, Intent]:
    """Read every intent, keyed by id. Flow names are checked where flows are read."""
    found: dict[str, Intent] = {}
    menu: dict[str, str] = {}
    for path in sorted((folder / "intents").glob("*.yaml")):
        file = read_part(path, faults)
        for id_, part in file.parts("intents"):
            _add_intent(part.named(id_), targets, found, menu)
        file.done()
    return found


def _add_intent(
    part: Part, targets: Targets, found: dict[str, Intent], menu: dict[str, str]
) -> None:
    if part.trail in found:
        part.fault("is written in another file of intents/ too")
    intent = _read_intent(part, targets)
    found[intent.id] = intent
    _note_menu_key(part, intent, menu)


def _read_intent(part: Part, targets: Targets) -> Intent:
    hints = _languages(part, "hints", needed=False)
    phrases = _languages(part, "phrases", needed=True)
    key = part.one_of("menu key", MENU_KEYS, "key from 1 to 9") if part.has("menu key") else None
    intent = Intent(
        id=part.trail,
        name=part.both("name"),
        goes_to=_destination(part, targets),
        hints_en=hints[0],
        hints_es=hints[1],
        phrases_en=phrases[0],
        phrases_es=phrases[1],
        menu_key=key,
    )
    part.done()
    return intent


def _note_menu_key(part: Part, intent: Intent, menu: dict[str, str]) -> None:
    if intent.menu_key is None:
        return
    other = menu.setdefault(intent.menu_key, intent.id)
    if other != intent.id:
        part.fault(f"has the menu key {intent.menu_key}, which '{other}' has already")


def _destination(part: Part, targets: Targets) -> Destination:
    inner = part.part("goes to")
    chosen = [word for word in DESTINATIONS if inner.has(word)]
    if len(chosen) != 1:
        part.fault(f"must go to exactly one of {', '.join(DESTINATIONS)}")
        return FlowDestination("")
    # Said of the intent itself, so that the sentence reads "lost-cat names the ticket ...".
    place = inner.named(part.trail)
    inner.done()
    match chosen[0]:
        case "ticket":
            return TicketDestination(place.code_of("ticket", targets.services))
        case "department":
            return DepartmentDestination(place.name_of("department", targets.departments))
        case "person":
            return PersonDestination(place.name_of("person", targets.queues, "queue"))
        case "information":
            return _information(place)
        case _:
            return FlowDestination(place.text("flow"))


def _information(part: Part) -> InformationDestination:
    answer = part.part("information")
    said, origin = answer.as_both(), read_origin(answer)
    answer.done()
    return InformationDestination(said, origin.source, origin.status, origin.unverified)


def _languages(part: Part, key: str, *, needed: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Read lists of phrases in both languages."""
    if not needed and not part.has(key):
        return (), ()
    inner = part.part(key)
    lists = inner.texts("en"), inner.texts("es")
    for language, phrases in zip(("English", "Spanish"), lists, strict=True):
        if needed and not phrases:
            inner.fault(f"says nothing in {language}")
    inner.done()
    return lists


def read_emergencies(folder: Path, targets: Targets, faults: list[str]) -> dict[str, Emergency]:
    """Read emergencies.yaml, keyed by id."""
    file = read_part(folder / "emergencies.yaml", faults)
    found: dict[str, Emergency] = {}
    for id_, long_part in file.parts("emergencies"):
        found[id_] = _read_emergency(long_part.named(id_), targets)
    file.done()
    return found


def _read_emergency(part: Part, targets: Targets) -> Emergency:
    phrases = _languages(part, "phrases", needed=True)
    look_alikes = _languages(part, "not", needed=False)
    has_ticket = part.has("ticket")
    emergency = Emergency(
        id=part.trail,
        name=part.both("name"),
        advice=part.both("advice"),
        call=_call(part, targets.line),
        service_type=part.code_of("ticket", targets.services) if has_ticket else None,
        phrases_en=phrases[0],
        phrases_es=phrases[1],
        not_en=look_alikes[0],
        not_es=look_alikes[1],
    )
    part.done()
    return emergency


def _call(part: Part, line: Line) -> str | None:
    written = part.text_if_any("call")
    if written is None:
        return None
    number = dialled(written)
    if number is None:
        part.fault(f"calls '{written}', which is no telephone number")
    elif number in line.numbers:
        part.fault("calls the city line's own number: the caller would come back here")
    return number


def unverified_answers(intents: Mapping[str, Intent]) -> Iterator[Unverified]:
    """List spoken answers that rest on something nobody has confirmed."""
    for intent in intents.values():
        match intent.goes_to:
            case InformationDestination(source=source, status=status, unverified=True):
                yield Unverified("config/intents", f"{intent.id}, information", source, status)
            case _:
                pass
