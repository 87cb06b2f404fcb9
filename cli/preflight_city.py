"""What can be told from the city's own files: whether they can be read, and what is unverified."""

from collections.abc import Iterator
from functools import cache

from billing.rates.reader import read_tariffs
from billing.unverified import unverified_rules
from cli.findings import Finding
from config.city import City, read_city
from config.errors import ConfigError
from config.settings import Settings


def about_the_city(settings: Settings) -> list[Finding]:
    """Read the city; name every fault, every dial to the line itself, every doubtful figure."""
    try:
        city = the_city()
    except ConfigError as error:
        return [Finding("config", f"cannot be read: {fault.rstrip('.')}") for fault in error.faults]
    return [*circles(city, settings.line_number), *doubts(city, settings)]


@cache
def the_city() -> City:
    """Read the city once in a process: its files are many."""
    return read_city()


def circles(city: City, line_number: str) -> Iterator[Finding]:
    """Find departments whose number is the line's own."""
    for name, department in city.departments.items():
        if department.phone is not None and department.phone.value == line_number:
            yield Finding(f"config/city.yaml departments.{name}.phone", "is the line's own number")


def doubts(city: City, settings: Settings) -> Iterator[Finding]:
    """List what nobody has confirmed; in the demo these are expected and not listed."""
    if settings.mode != "production":
        return
    for one in (*city.unverified(), *read_tariffs().unverified(), *unverified_rules()):
        yield Finding(one.where, f"is not verified ({one.status}): {one.what}", "unverified")
