"""Reads config/fields.yaml and config/services/*.yaml: one file per team, an entry per type."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast, get_args

from config.departments import Department
from config.reading import Part, read_part
from config.services import (
    FIELD_KINDS,
    MOST_VOICE_QUESTIONS,
    AskedBy,
    Field,
    FieldKind,
    Option,
    ServiceType,
)

# What happens to a ticket of this type; tickets/ acts on some of these words.
KINDS: Final = frozenset(
    {
        "info",
        "workflow",
        "approval",
        "workorder",
        "emergency",
        "dispatch",
        "inspection",
        "study",
        "appeal",
        "application",
        "appointment",
        "statutory",
        "supervisor",
        "referral_external",
    }
)
LOWEST_PRIORITY: Final = 5

Shared = Mapping[str, Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Known:
    """The ids that service types may name, and the fields that they may share."""

    team_departments: Mapping[str, str]
    departments: Mapping[str, Department]
    queues: Collection[str]
    hours: Collection[str]
    shared: Shared


def read_shared_fields(folder: Path, faults: list[str]) -> Shared:
    """Read fields.yaml: field name -> its words, as they would stand in a service type."""
    whole = read_part(folder / "fields.yaml", faults)
    shared: dict[str, Mapping[str, object]] = {}
    for name in whole.names():
        part = whole.part(name)
        shared[name] = {"name": name} | {key: part.value(key) for key in part.names()}
        # Read once here, so that a fault is told once and not in every type that shares the field.
        _read_field(Part(whole.file, name, shared[name], faults))
    return shared


def read_services(folder: Path, known: Known, faults: list[str]) -> dict[str, ServiceType]:
    """Read every service type, keyed by code, in the order of files and entries."""
    found: dict[str, ServiceType] = {}
    for path in sorted((folder / "services").glob("*.yaml")):
        _read_team_file(read_part(path, faults), known, found)
    if not found:
        faults.append(f"{folder.name}/services has no service types.")
    return found


def _read_team_file(file: Part, known: Known, found: dict[str, ServiceType]) -> None:
    team = file.name_of("team", known.team_departments)
    for code, long_part in file.parts("services"):
        part = long_part.named(code)
        if code in found:
            part.fault("is written in another file of services/ too")
        found[code] = _read_service(part, team, known)
    file.done()


def _read_service(part: Part, team: str, known: Known) -> ServiceType:
    department = known.team_departments.get(team, "")
    clocks = part.part("clocks")
    priority = part.whole("priority")
    if priority > LOWEST_PRIORITY:
        part.fault(f"has the priority {priority}; it goes from 1 to {LOWEST_PRIORITY}")
    service = ServiceType(
        code=part.trail,
        name=part.both("name"),
        spoken=part.both("spoken"),
        team=team,
        department=department,
        queue=part.name_of("queue", known.queues),
        priority=priority,
        first_response_hours=clocks.number("first response hours"),
        resolve_days=clocks.whole("resolve days"),
        hours=_hours(clocks, department, known),
        kind=part.one_of("kind", KINDS, "kind of service type"),
        fields=_read_fields(part, known.shared),
    )
    clocks.done()
    part.done()
    return service


def _hours(clocks: Part, department: str, known: Known) -> str:
    if clocks.has("hours"):
        return clocks.name_of("hours", known.hours)
    owner = known.departments.get(department)
    return owner.hours if owner else ""


def _read_fields(part: Part, shared: Shared) -> tuple[Field, ...]:
    value = part.value("fields")
    items = cast("list[object]", value) if isinstance(value, list) else []
    if not items:
        part.fault("has no 'fields'")
    fields = tuple(_read_field(_field_part(part, item, shared)) for item in items)
    asked = sum(field.asked == "voice" for field in fields)
    if asked > MOST_VOICE_QUESTIONS:
        part.fault(f"asks a caller {asked} questions; {MOST_VOICE_QUESTIONS} are the most")
    names = [field.name for field in fields]
    for name in sorted({name for name in names if name and names.count(name) > 1}):
        part.fault(f"asks for '{name}' twice")
    return fields


def _field_part(part: Part, item: object, shared: Shared) -> Part:
    """Turn an entry of `fields` into a part: a shared name, `{use: name}`, or its own field."""
    own = cast("dict[str, object]", item) if isinstance(item, dict) else {"use": item}
    if "use" not in own:
        return Part(part.file, f"{part.trail}, {own.get('name', 'a field')}", own, part.faults)
    name = str(own["use"])
    if name not in shared:
        part.fault(f"uses the field '{name}', which fields.yaml does not have")
        return Part(part.file, part.trail, {}, [])
    changed = {key: value for key, value in own.items() if key != "use"}
    # An unchanged shared field was judged in fields.yaml; its faults are not told again here.
    faults = part.faults if changed else []
    return Part(part.file, f"{part.trail}, {name}", {**shared[name], **changed}, faults)


def _read_field(part: Part) -> Field:
    kind = part.one_of("kind", FIELD_KINDS, "kind of field")
    label = part.both("label")
    asked = _asked_by(part)
    by_voice = asked == "voice"
    field = Field(
        name=part.text("name"),
        kind=cast("FieldKind", kind),
        ask=part.both("ask") if by_voice or part.has("ask") else label,
        required=part.flag("required", default=True),
        label=label,
        asked=asked,
        options=_read_options(part, kind),
    )
    part.done()
    return field


def _asked_by(part: Part) -> AskedBy:
    if not part.has("asked"):
        return "voice"
    return cast("AskedBy", part.one_of("asked", get_args(AskedBy), "way of asking"))


def _read_options(part: Part, kind: str) -> tuple[Option, ...]:
    if kind != "choice":
        return ()  # options under another kind are left unasked, and so refused
    options = part.part("options")
    return tuple(Option(value, options.both(value)) for value in options.names())
