"""Reads config/streets.yaml: the city's named streets, each list with its source and status."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from config.errors import ConfigError
from config.facts import Origin, read_origin
from config.reading import Part, read_part

_SHIPPED: Final = Path(__file__).with_name("streets.yaml")


@dataclass(frozen=True)
class Streets:
    """The named streets, as on their signs ("Center Street"), in the order of the file.

    `origins` says for each name where it was read; the numbered streets of the grid need no list.
    """

    names: tuple[str, ...]
    origins: Mapping[str, Origin]


def read_streets(path: Path) -> Streets:
    """Read the file. ConfigError, with all faults at once, when it is not as it should be."""
    faults: list[str] = []
    whole = read_part(path, faults)
    origins: dict[str, Origin] = {}
    for _, part in whole.parts("lists"):
        origin = read_origin(part)
        for name in part.texts("streets"):
            _check(part, name, origins)
            origins[name] = origin
        part.done()
    whole.done()
    if not origins and not faults:
        whole.fault("names no street")
    if faults:
        raise ConfigError(faults)
    return Streets(tuple(origins), origins)


def _check(part: Part, name: str, known: Mapping[str, Origin]) -> None:
    if name in known:
        part.fault(f"names {name} a second time")
    if len(name.split()) == 1:
        part.fault(f"must say what kind of street '{name}' is, as on its sign")


@cache
def shipped_streets() -> Streets:
    """Return the streets of the file beside this one, read once. ConfigError as `read_streets`."""
    return read_streets(_SHIPPED)
