"""A ticket's own words and figures as a page shows them: fields, places, phones, names."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, cast

from babel.dates import format_date

from config.city import Field, ServiceType
from desk import here
from tickets.reading import Listed

_PHONE_DIGITS: Final = 12  # "+1" and ten digits
PRIORITIES: Final = {1: "priority.1", 2: "priority.2", 3: "priority.3", 4: "priority.4"}


@dataclass(frozen=True, slots=True)
class Told:
    """One typed field: its label and what the resident said."""

    label: str
    value: str


def service_name(code: str) -> str:
    """Name a service type; by its code when the city no longer has it."""
    service = _service(code)
    return service.name.get(here.language()) if service else code


def queue_name(queue: str) -> str:
    found = here.ports().city.queues.get(queue)
    return found.name.get(here.language()) if found else queue


def department_name(department: str) -> str:
    found = here.ports().city.departments.get(department)
    return found.name.get(here.language()) if found else department


def language_name(language: str) -> str:
    return here.t("language.es" if language == "es" else "language.en")


def priority_name(priority: int) -> str:
    return here.t(PRIORITIES.get(priority, "priority.5"))


def phone(number: str) -> str:
    """Write a North American number as people do; anything else as it is."""
    if not (number.startswith("+1") and len(number) == _PHONE_DIGITS):
        return number or here.t("caller.unknown")
    return f"({number[2:5]}) {number[5:8]}-{number[8:]}"


def told(ticket: Listed) -> list[Told]:
    """List the typed fields in their order, and last whatever the service type does not name."""
    service = _service(ticket.service_type)
    fields = service.fields if service else ()
    known = [
        Told(field.label.get(here.language()), _value(ticket.details[field.name], field))
        for field in fields
        if _is_given(ticket.details.get(field.name))
    ]
    named = {field.name for field in fields}
    others = [
        Told(name.replace("_", " "), _value(value, None))
        for name, value in ticket.details.items()
        if name not in named and _is_given(value)
    ]
    return known + others


def place(ticket: Listed) -> str:
    """Find the first place among the fields, "" where there is none."""
    service = _service(ticket.service_type)
    places = (field.name for field in (service.fields if service else ()) if field.kind == "place")
    found = (ticket.details.get(name) for name in places)
    return next((_plain(value) for value in found if _is_given(value)), "")


def _service(code: str) -> ServiceType | None:
    return here.ports().city.services.get(code)


def _is_given(value: object) -> bool:
    return value not in (None, "", {})


def _value(value: object, field: Field | None) -> str:
    if isinstance(value, bool):
        return here.t("answer.yes" if value else "answer.no")
    written = _plain(value)
    if field is None:
        return written
    if field.kind == "yes no":
        return {"yes": here.t("answer.yes"), "no": here.t("answer.no")}.get(written, written)
    if field.kind == "date":
        return _day(written)
    names = {option.value: option.name.get(here.language()) for option in field.options}
    return names.get(written, written)


def _day(written: str) -> str:
    try:
        day = date.fromisoformat(written)
    except ValueError:
        return written
    return format_date(day, "full", locale=f"{here.language()}_US")


def _plain(value: object) -> str:
    """Flatten what JSON held: a mapping's own words where it has them, else all its values."""
    if isinstance(value, Mapping):
        parts = cast("Mapping[str, Any]", value)
        words = parts.get("text") or parts.get("words")
        return str(words) if words else ", ".join(str(part) for part in parts.values() if part)
    if isinstance(value, list):
        return ", ".join(_plain(part) for part in cast("list[object]", value))
    return str(value)
