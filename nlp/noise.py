"""Phrases as a recogniser might bring them: with fillers, lost words, words that sound alike.

Nothing is drawn by chance: the phrase itself decides its noise, so two trainings are the same.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from zlib import crc32

from config.words import Language
from nlp.normalise import fold

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


def misheard(phrase: str, language: Language) -> str:
    """Return one way in which the phrase may arrive: framed, with words lost, or wrongly heard."""
    draw = crc32(f"{phrase}/heard".encode())
    kinds = (_confused, _framed, _confused, _shortened)
    return kinds[draw % len(kinds)](phrase, language, draw // 5)


def _shortened(phrase: str, language: Language, draw: int) -> str:
    words = phrase.split()
    return (
        " ".join(_without(words, draw)) if len(words) > _SHORT else _framed(phrase, language, draw)
    )


def _confused(phrase: str, language: Language, draw: int) -> str:
    """Write one or two words of the phrase as words that sound alike, where such are known."""
    words, sounds = fold(phrase).split(), _confusions(language)
    places = [place for place, word in enumerate(words) if word in sounds]
    for number in range(min(len(places), 1 + draw % 2)):
        place = places[(draw // 3 + number) % len(places)]
        wrong = sounds.get(words[place], (words[place],))
        words[place] = wrong[(draw // 11 + number) % len(wrong)]
    return " ".join(words) if places else _framed(phrase, language, draw)


@cache
def _confusions(language: Language) -> dict[str, tuple[str, ...]]:
    """Read confusions.txt: a word, and how it may be written wrongly."""
    path = Path(__file__).parent / "confusions.txt"
    rows = (line.split() for line in path.read_text(encoding="utf-8").splitlines())
    return {
        row[1]: tuple(wrong.replace("_", " ") for wrong in row[2:])
        for row in rows
        if row and row[0] == f"{language}:"
    }
