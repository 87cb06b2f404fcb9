"""Departments, their teams and queues, and the organisations that residents take for the city."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from config.facts import Fact, Origin, Unverified, phone_value, read_fact, read_origin
from config.reading import Part
from config.words import Both

DEFAULT_HOURS = "office"


@dataclass(frozen=True, slots=True)
class Department:
    """A routing target. `phone` is a number to dial (E.164), never the city line's own.

    `spoken` is the name for the ear and `handles` a short spoken list. `queue` is the desk queue
    that takes its callers when there is no verified phone, `hours` an id in `City.hours`.
    """

    id: str
    name: Both
    spoken: Both
    handles: Both
    phone: Fact[str] | None
    queue: str
    hours: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Team:
    """People of one department who share work; `queues` are those its service types use."""

    id: str
    name: Both
    department: str
    queues: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Queue:
    """A line of tickets or callers waiting for a rep of one department."""

    id: str
    name: Both
    department: str


@dataclass(frozen=True, slots=True)
class Organisation:
    """Somebody who is not the city: natural gas, fibre. `phone` is E.164 or a short code."""

    id: str
    what: Both
    who: Both
    phone: Fact[str] | None
    origin: Origin


@dataclass(frozen=True, slots=True)
class Line:
    """The city line's own numbers: a short code inside the city, E.164 elsewhere."""

    short: Fact[str]
    full: Fact[str]

    @property
    def numbers(self) -> frozenset[str]:
        """The numbers that must never be dialled from the line: such a call comes back here."""
        return frozenset({self.short.value, self.full.value})


def read_line(part: Part) -> Line:
    line = Line(read_fact(part, "short", phone_value), read_fact(part, "full", phone_value))
    part.done()
    return line


def read_departments(
    city: Part, line: Line, queues: Collection[str], hours: Collection[str]
) -> dict[str, Department]:
    """Read every department; its queue and hours must be among the given ids."""
    found: dict[str, Department] = {}
    for id_, part in city.parts("departments"):
        name = part.both("name")
        found[id_] = Department(
            id=id_,
            name=name,
            spoken=part.both("spoken") if part.has("spoken") else name,
            handles=part.both("handles"),
            phone=_phone(part, line),
            queue=part.name_of("queue", queues),
            hours=part.name_of("hours", hours) if part.has("hours") else DEFAULT_HOURS,
            origin=read_origin(part),
        )
        part.done()
    return found


def read_teams(city: Part, departments: Collection[str]) -> dict[str, Team]:
    """Read every team. Its queues are known only once the service types are read."""
    found: dict[str, Team] = {}
    for id_, part in city.parts("teams"):
        department = part.name_of("department", departments)
        found[id_] = Team(id_, part.both("name"), department, queues=())
        part.done()
    return found


def read_queues(city: Part, departments: Collection[str]) -> dict[str, Queue]:
    found: dict[str, Queue] = {}
    for id_, part in city.parts("queues"):
        found[id_] = Queue(id_, part.both("name"), part.name_of("department", departments))
        part.done()
    return found


def read_organisations(city: Part, line: Line) -> dict[str, Organisation]:
    found: dict[str, Organisation] = {}
    for id_, part in city.parts("not city"):
        what, who, phone = part.both("what"), part.both("who"), _phone(part, line)
        found[id_] = Organisation(id_, what, who, phone, read_origin(part))
        part.done()
    return found


def _phone(part: Part, line: Line) -> Fact[str] | None:
    if not part.has("phone"):
        return None
    phone = read_fact(part, "phone", phone_value)
    if phone.value and phone.value in line.numbers:
        part.fault("has the city line's own number as its phone: such a call comes back here")
    return phone


def unverified_contacts(
    line: Line, departments: Mapping[str, Department], others: Mapping[str, Organisation]
) -> Iterator[Unverified]:
    """List numbers, departments and organisations that nobody has confirmed."""
    yield from _doubts("line, short", line.short)
    yield from _doubts("line, full", line.full)
    for section, group in (("departments", departments), ("not city", others)):
        for id_, one in group.items():
            yield from _doubts(f"{section}, {id_}", one.origin)
            yield from _doubts(f"{section}, {id_}, phone", one.phone)


def _doubts(what: str, stated: Origin | Fact[str] | None) -> Iterator[Unverified]:
    if stated is not None and stated.unverified:
        yield Unverified("config/city.yaml", what, stated.source, stated.status)
