"""The two languages of the line, and a text that is always there in both."""

from dataclasses import dataclass
from typing import Final, Literal

Language = Literal["en", "es"]
LANGUAGES: Final[tuple[Language, ...]] = ("en", "es")


@dataclass(frozen=True, slots=True)
class Both:
    """One text in English and in Spanish. Neither is ever missing: the reader refuses that."""

    en: str
    es: str

    def get(self, language: Language) -> str:
        """Return the text in the given language."""
        return self.es if language == "es" else self.en
