"""Which rules about money nobody has confirmed, found in their files whoever reads them."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, cast

from config.facts import Unverified
from config.yaml_file import read, shown

FOLDER: Final = Path(__file__).parents[1] / "config" / "billing"
WHOLE: Final = "every rule in it"


def unverified_rules(folder: Path = FOLDER) -> tuple[Unverified, ...]:
    """List them by file and place; raises ConfigError. Tariffs tell theirs line by line."""
    return tuple(
        Unverified(shown(path), what or WHOLE, str(part.get("source")), str(part.get("status")))
        for path in sorted(folder.glob("*.yaml"))
        for what, part in _within(read(path))
    )


def _within(value: object, place: str = "") -> Iterator[tuple[str, Mapping[str, object]]]:
    """Walk a file's parts; gives those that say so of themselves, each with its place."""
    if not isinstance(value, Mapping):
        return
    part = cast("Mapping[str, object]", value)
    if part.get("unverified") is True:
        yield place, part
    for key, inner in part.items():
        yield from _within(inner, f"{place} {key}".strip())
