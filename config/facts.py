"""A figure or statement about the city, with where it came from and whether anyone checked it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Generic, NamedTuple, TypeVar

from config.phones import dialled
from config.reading import Part

Value = TypeVar("Value")

# What each status means; True where a city must confirm the fact before production.
STATUSES: Final[dict[str, bool]] = {
    "verified": False,  # confirmed by the city itself
    "snapshot": False,  # read in a stored copy of the named page
    "policy": False,  # decided by this project or the city, not a fact to be found
    "historic": True,  # read, but the page is dated and old
    "other_city": True,  # published by another city, used as a stand-in
    "recalled": True,  # from memory, no source opened
    "not_found": True,  # looked for and not found; any value is a stand-in
    "proposal": True,  # shaped by other cities' promises; the city has not agreed to it
}


@dataclass(frozen=True, slots=True)
class Fact(Generic[Value]):
    """A value with its source. `unverified` means: off in production until the city confirms it."""

    value: Value
    source: str
    status: str
    unverified: bool


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a whole section (hours, holidays, a department) came from."""

    source: str
    status: str
    unverified: bool


class Unverified(NamedTuple):
    """One line of preflight: something nobody has confirmed."""

    where: str
    what: str
    source: str
    status: str


def read_origin(part: Part) -> Origin:
    """Read `source`, `status` and `unverified`; refuse a doubtful status taken as fact."""
    source = part.text("source")
    status = part.one_of("status", STATUSES, "status")
    unverified = part.flag("unverified", default=False)
    if STATUSES.get(status, False) and not unverified:
        part.fault(f"has the status '{status}' and must say 'unverified: true'")
    return Origin(source, status, unverified)


def read_fact(part: Part, key: str, convert: Callable[[Part], Value]) -> Fact[Value]:
    """Read `{value, source, status, unverified?}`; `convert` reads the value."""
    inner = part.part(key)
    value = convert(inner)
    origin = read_origin(inner)
    inner.done()
    return Fact(value, origin.source, origin.status, origin.unverified)


def phone_value(part: Part) -> str:
    """Read `value` as a telephone number: E.164, or a short code."""
    written = part.text("value")
    number = dialled(written)
    if written and number is None:
        part.fault(f"has '{written}', which is no telephone number")
    return number or ""
