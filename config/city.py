"""The city as the rest of the house sees it: one frozen object, read once and checked whole.

The shapes live in departments.py, services.py, intents.py, hours.py, facts.py and words.py of this
folder; the names that others use most can be imported from here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from config.decision import Costs, read_decision
from config.departments import (
    DEFAULT_HOURS,
    Department,
    Line,
    Organisation,
    Queue,
    Team,
    read_departments,
    read_line,
    read_organisations,
    read_queues,
    read_teams,
    unverified_contacts,
)
from config.errors import ConfigError
from config.facts import Fact, Origin, Unverified, read_origin
from config.hours import Holiday, QuietHours, WeeklyHours
from config.hours_reader import read_all_hours, read_holidays, read_quiet_hours, unverified_times
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
from config.intents_reader import Targets, read_emergencies, read_intents, unverified_answers
from config.reading import Part, read_part
from config.services import Field, Option, ServiceType
from config.services_reader import Known, read_services, read_shared_fields
from config.words import LANGUAGES, Both, Language

__all__ = [
    "CITY_FOLDER",
    "LANGUAGES",
    "Both",
    "City",
    "ConfigError",
    "Costs",
    "Department",
    "DepartmentDestination",
    "Destination",
    "Emergency",
    "Fact",
    "Field",
    "FlowDestination",
    "Holiday",
    "InformationDestination",
    "Intent",
    "Language",
    "Line",
    "Option",
    "Organisation",
    "Origin",
    "PersonDestination",
    "Queue",
    "QuietHours",
    "ServiceType",
    "Team",
    "TicketDestination",
    "Unverified",
    "WeeklyHours",
    "read_city",
]

CITY_FOLDER: Final = Path(__file__).parent


# eq=False: a city is compared by identity, so that calendars can be remembered per city.
@dataclass(frozen=True, eq=False)
class City:
    """Everything in config/ but settings, flows and billing. Mappings are keyed by id.

    Services are keyed by code. `hours` holds named opening hours; departments and service types say
    which they keep. `clocks` and `holidays_origin` say where the service clocks and the list of
    holidays came from.
    """

    name: Both
    zone: ZoneInfo
    languages: tuple[Language, ...]
    line: Line
    departments: Mapping[str, Department]
    teams: Mapping[str, Team]
    queues: Mapping[str, Queue]
    services: Mapping[str, ServiceType]
    intents: Mapping[str, Intent]
    decision: Costs
    emergencies: Mapping[str, Emergency]
    not_city: Mapping[str, Organisation]
    hours: Mapping[str, WeeklyHours]
    holidays: tuple[Holiday, ...]
    holidays_origin: Origin
    quiet: QuietHours
    clocks: Origin

    def unverified(self) -> list[Unverified]:
        """List everything nobody has confirmed: (where, what, source, status), for preflight."""
        return [
            *unverified_contacts(self.line, self.departments, self.not_city),
            *unverified_times(self.hours, self.holidays_origin, self.quiet),
            *self._unverified_clocks(),
            *unverified_answers(self.intents),
        ]

    def _unverified_clocks(self) -> list[Unverified]:
        if not self.clocks.unverified:
            return []
        what = f"first response and resolve clocks of {len(self.services)} service types"
        return [Unverified("config/services", what, self.clocks.source, self.clocks.status)]


def read_city(folder: Path = CITY_FOLDER) -> City:
    """Read the city out of the files of `folder`, flows, streets and billing left alone.

    Raises ConfigError with one plain sentence per fault, all faults at once.
    """
    faults: list[str] = []
    part = read_part(folder / "city.yaml", faults)
    city = _read(part, folder, faults)
    if DEFAULT_HOURS not in city.hours:
        part.fault(f"has no hours called '{DEFAULT_HOURS}', which departments keep by default")
    part.done()
    if faults:
        raise ConfigError(dict.fromkeys(faults))  # a fault met twice is told once
    return city


def _read(part: Part, folder: Path, faults: list[str]) -> City:
    """Read the files in the order in which they name each other."""
    queue_ids, hours_ids = part.part("queues").names(), part.part("hours").names()
    line = read_line(part.part("line"))
    departments = read_departments(part, line, queue_ids, hours_ids)
    teams = read_teams(part, departments)
    team_departments = {id_: team.department for id_, team in teams.items()}
    shared = read_shared_fields(folder, faults)
    known = Known(team_departments, departments, queue_ids, hours_ids, shared)
    services = read_services(folder, known, faults)
    targets = Targets(services, departments, queue_ids, line)
    intents = read_intents(folder, targets, faults)
    zone = _read_zone(part)
    holidays, holidays_origin = read_holidays(part)
    return City(
        name=part.both("name"),
        zone=zone,
        languages=_read_languages(part),
        line=line,
        departments=departments,
        teams=_with_queues(teams, services),
        queues=read_queues(part, departments),
        services=services,
        intents=intents,
        decision=read_decision(folder, intents, faults),
        emergencies=read_emergencies(folder, targets, faults),
        not_city=read_organisations(part, line),
        hours=read_all_hours(part, [holiday.id for holiday in holidays]),
        holidays=holidays,
        holidays_origin=holidays_origin,
        quiet=read_quiet_hours(part, zone),
        clocks=_read_clocks(part),
    )


def _with_queues(teams: Mapping[str, Team], services: Mapping[str, ServiceType]) -> dict[str, Team]:
    """Give each team the queues that its service types use, in the order of the file."""
    used: dict[str, dict[str, None]] = {id_: {} for id_ in teams}
    for service in services.values():
        used.get(service.team, {})[service.queue] = None
    return {id_: replace(team, queues=tuple(used[id_])) for id_, team in teams.items()}


def _read_zone(part: Part) -> ZoneInfo:
    name = part.text("time zone")
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        part.fault(f"has the time zone '{name}', which this machine does not know")
        return ZoneInfo("UTC")


def _read_languages(part: Part) -> tuple[Language, ...]:
    written = part.texts("languages")
    for language in written:
        if language not in LANGUAGES:
            part.fault(f"has the language '{language}'; the line speaks {' and '.join(LANGUAGES)}")
    if not written:
        part.fault("has no 'languages'")
    return tuple(language for language in LANGUAGES if language in written)


def _read_clocks(part: Part) -> Origin:
    clocks = part.part("service clocks")
    origin = read_origin(clocks)
    clocks.done()
    return origin
