"""Phrases as a recogniser might bring them: with fillers, a lost first word, a wrong letter.

Nothing is drawn by chance: the phrase itself decides its noise, so two trainings are the same.
"""

from collections.abc import Sequence
from zlib import crc32

from config.words import Language

_BEFORE: dict[Language, tuple[str, ...]] = {
    "en": (
        "yeah hi i'm calling about", "hi um so", "hello yes i was wondering about", "yeah so",
        "um okay so", "good morning", "hi there i have a question about", "yes please",
        "i need to talk to somebody about", "hey how's it going", "i'm trying to",
        "can you help me with", "okay yeah hi",
    ),
    "es": (
        "sí buenas tardes", "hola este", "bueno mire", "oiga le hablo porque",
        "buenos días fíjese que", "sí bueno quería saber", "disculpe", "hola qué tal llamo por",
        "es que este", "mire señorita", "ey hola tengo una pregunta",
        "quiero hablar con alguien de",
    ),
}  # fmt: skip
_AFTER: dict[Language, tuple[str, ...]] = {
    "en": (
        "please", "thank you", "you know", "and i don't know who to call", "if you can", "today",
    ),
    "es": (
        "por favor", "gracias", "verdad", "y no sé a quién llamar", "si me puede ayudar", "hoy",
    ),
}  # fmt: skip
_SHORT = 3


def noised(phrase: str, language: Language) -> tuple[str, ...]:
    """Return other ways in which the phrase may arrive; always the same ones."""
    draw = crc32(phrase.encode())
    words = phrase.split()
    variants = [_framed(phrase, language, draw)]
    if len(words) > _SHORT:
        variants.append(" ".join(_without(words, draw)))
    return tuple(variants)


def _framed(phrase: str, language: Language, draw: int) -> str:
    before, after = _BEFORE[language], _AFTER[language]
    ending = after[draw // 7 % len(after)] if draw % 3 == 0 else ""
    return f"{before[draw % len(before)]} {phrase} {ending}".strip()


def _without(words: Sequence[str], draw: int) -> list[str]:
    """Lose the first word, and in one phrase of two another one as well."""
    left = list(words[1:])
    if draw % 2 and len(left) > _SHORT:
        del left[1 + draw // 11 % (len(left) - 1)]
    return left
