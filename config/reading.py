"""Reads mappings out of YAML into typed values, and collects what is wrong as plain sentences.

A `Part` is one mapping of one file. Every read returns something usable even where the file is
wrong, so that one reading finds all faults; whoever started it raises them together.
"""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import cast

from config.errors import ConfigError
from config.words import Both
from config.yaml_file import read, shown

_LANGUAGE_NAMES = {"en": "English", "es": "Spanish"}


class Part:
    """One mapping: where it stands, what it holds, and where its faults are written."""

    def __init__(
        self, file: str, trail: str, data: Mapping[str, object], faults: list[str]
    ) -> None:
        self.file = file
        self.trail = trail
        self.faults = faults
        self._data = data
        self._asked: set[str] = set()

    def fault(self, predicate: str) -> None:
        """Note a fault; `predicate` goes on from this part's name: "has no 'queue'"."""
        place = f"{self.file}: {self.trail}" if self.trail else self.file
        self.faults.append(f"{place} {predicate}.")

    def has(self, key: str) -> bool:
        """Say whether the key is there with a value, and count it as asked for."""
        return self.value(key) is not None

    def value(self, key: str) -> object:
        """Return whatever stands under the key, or None."""
        self._asked.add(key)
        return self._data.get(key)

    def names(self) -> tuple[str, ...]:
        return tuple(self._data)

    def text(self, key: str) -> str:
        """Return the text under the key. A bare number is refused: 0801 would lose its zero."""
        value = self.value(key)
        if isinstance(value, str) and value.strip():
            return value.strip()
        self.fault(f"has no '{key}'" if value in (None, "") else f"must write '{key}' as text")
        return ""

    def text_if_any(self, key: str) -> str | None:
        return self.text(key) if self.has(key) else None

    def number(self, key: str) -> float:
        """Return the number under the key; it must be above zero."""
        value = self.value(key)
        if isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
            return float(value)
        wrong = f"must give '{key}' as a number above zero"
        self.fault(f"has no '{key}'" if value is None else wrong)
        return 1.0

    def whole(self, key: str) -> int:
        """Return the whole number under the key; it must be above zero."""
        number = self.number(key)
        if not number.is_integer():
            self.fault(f"must give '{key}' as a whole number")
        return int(number)

    def flag(self, key: str, *, default: bool) -> bool:
        value = self.value(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.fault(f"must say true or false for '{key}'")
        return value is True

    def one_of(self, key: str, allowed: Collection[str], what: str) -> str:
        """Return the text under the key when it is allowed; `what` names the kind of word."""
        value = self.text(key)
        if value and value not in allowed:
            self.fault(f"has '{value}' for its '{key}', which is no {what}")
        return value

    def name_of(self, key: str, known: Collection[str], what: str = "") -> str:
        """Return the id under the key, one that city.yaml has; `what` it is, if not the key."""
        return self._name_in("city.yaml", key, known, what or key)

    def code_of(self, key: str, known: Collection[str]) -> str:
        """Return the code of a service type under the key."""
        return self._name_in("services/", key, known, key)

    def _name_in(self, home: str, key: str, known: Collection[str], what: str) -> str:
        value = self.text(key)
        if value and value not in known:
            self.fault(f"names the {what} '{value}', which {home} does not have")
        return value

    def both(self, key: str) -> Both:
        """Return the text under the key in both languages."""
        part = self.part(key)
        both = part.as_both()
        part.done()
        return both

    def as_both(self) -> Both:
        """Read `en` and `es` of this very part."""
        said: dict[str, str] = {}
        for code, language in _LANGUAGE_NAMES.items():
            value = self.value(code)
            said[code] = value.strip() if isinstance(value, str) else ""
            if not said[code]:
                self.fault(f"says nothing in {language}")
        return Both(said["en"], said["es"])

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the list of texts under the key; empty when it is not there."""
        value = self.value(key)
        if value is None:
            return ()
        if not isinstance(value, list):
            self.fault(f"must give '{key}' as a list")
            return ()
        items = cast("list[object]", value)
        if not all(isinstance(item, str) and item.strip() for item in items):
            self.fault(f"has something under '{key}' that is not text")
        return tuple(item.strip() for item in items if isinstance(item, str))

    def part(self, key: str) -> "Part":
        """Return the mapping under the key; where there is none, an empty part that stays quiet."""
        value = self.value(key)
        trail = f"{self.trail}, {key}" if self.trail else key
        if isinstance(value, Mapping):
            return Part(self.file, trail, _keyed_by_text(cast("object", value)), self.faults)
        wrong = f"must give '{key}' as names with values"
        self.fault(f"has no '{key}'" if value is None else wrong)
        return Part(self.file, trail, {}, [])

    def parts(self, key: str) -> list[tuple[str, "Part"]]:
        """Return each mapping inside the mapping under the key, with its name."""
        whole = self.part(key)
        return [(name, whole.part(name)) for name in whole.names()]

    def named(self, trail: str) -> "Part":
        """Return this part under a shorter name, for sentences: "RD-POT" for "services, RD-POT"."""
        return Part(self.file, trail, self._data, self.faults)

    def done(self) -> None:
        """Refuse every key that nobody asked for: a misspelt one would be silently lost."""
        for key in self._data:
            if key not in self._asked:
                self.fault(f"has '{key}', a word this file does not know")


def read_part(path: Path, faults: list[str]) -> Part:
    """Read a file that must hold a mapping. A broken file is a fault, and an empty part."""
    try:
        value = read(path)
    except ConfigError as error:
        faults.extend(error.faults)
        return Part(shown(path), "", {}, [])
    if not isinstance(value, Mapping):
        faults.append(f"{shown(path)} holds no names with values.")
        return Part(shown(path), "", {}, [])
    return Part(shown(path), "", _keyed_by_text(cast("object", value)), faults)


def _keyed_by_text(value: object) -> dict[str, object]:
    # YAML keys may be numbers (a menu key, a year); ours are words, and read as such.
    mapping = cast("Mapping[object, object]", value)
    return {str(key): item for key, item in mapping.items()}
