"""Phrases that people at the desk taught the line, beside those of config/intents."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from config.intents import Intent
from config.words import Language
from nlp.normalise import plain_text


@dataclass(frozen=True, slots=True)
class Taught:
    """One phrase of one intent."""

    intent: str
    language: Language
    words: str


def with_taught(intents: Iterable[Intent], taught: Sequence[Taught]) -> list[Intent]:
    """Give the intents with these phrases added; phrases of intents that are gone are left out."""
    return [
        replace(
            intent,
            phrases_en=_added(intent.phrases_en, intent.id, "en", taught),
            phrases_es=_added(intent.phrases_es, intent.id, "es", taught),
        )
        for intent in intents
    ]


def _added(
    known: Sequence[str], intent: str, language: Language, taught: Sequence[Taught]
) -> tuple[str, ...]:
    """Add what is not there in the same words."""
    by_words = {plain_text(phrase): phrase for phrase in known}
    for each in taught:
        if (each.intent, each.language) == (intent, language):
            by_words.setdefault(plain_text(each.words), each.words)
    return tuple(by_words.values())
