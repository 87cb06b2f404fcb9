"""The words on the pages, both languages side by side in words.yaml."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import cast

from config.errors import ConfigError
from config.words import Both, Language
from config.yaml_file import read

FILE = Path(__file__).with_name("words.yaml")


@dataclass(frozen=True, slots=True)
class Words:
    """Every text of the desk by its key."""

    texts: dict[str, Both]

    def say(self, key: str, language: Language, /, **values: object) -> str:
        """Give a text, its {names} filled in; a key that is not there is a fault of ours."""
        return self.texts[key].get(language).format(**values)


@cache
def read_words(path: Path = FILE) -> Words:
    """Read the words; raises ConfigError with a sentence for each key that lacks a language."""
    found = cast("dict[str, dict[str, str]]", read(path))
    faults = [f"{key} is not said in both languages." for key in found if not _both(found[key])]
    if faults:
        raise ConfigError(faults)
    return Words({key: Both(pair["en"], pair["es"]) for key, pair in found.items()})


def _both(pair: dict[str, str]) -> bool:
    return set(pair) == {"en", "es"} and all(pair.values())
