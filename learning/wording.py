"""What may be kept of a caller's words: no digits, no addresses of e-mail, no numbers read aloud.

Dropped, not masked: a "[number]" would become a word that the line learns.
"""

import re
import unicodedata
from itertools import groupby
from pathlib import Path
from typing import Final

LONGEST: Final = 240
SPOKEN_RUN: Final = 3  # so many number words in a row are an account or a phone, fewer are talk

_MAIL: Final = re.compile(
    r"\S*@\S*|\b\S+\s+(?:at|arroba)\s+\S+\s+(?:dot|punto)\s+\S+", re.IGNORECASE
)
_EDGES: Final = '.,;:!?¿¡"“”()[]{}'
_NUMBER_WORDS: Final = frozenset(
    Path(__file__).with_name("number_words.txt").read_text(encoding="utf-8").split()
)
_BETWEEN: Final = frozenset({"y", "and"})


def plain(words: str) -> str:
    """Leave out what could name somebody's account, phone or mail; "" where nothing is left."""
    tidy = " ".join(_printable(_MAIL.sub(" ", words)).split())
    kept = [word for word in tidy.split() if not any(letter.isdigit() for letter in word)]
    spoken = " ".join(_without_runs(kept)).strip(_EDGES + " ")
    return shortened(spoken) if any(letter.isalpha() for letter in spoken) else ""


def shortened(words: str) -> str:
    """Cut what is too long after a whole word."""
    if len(words) <= LONGEST:
        return words
    return words[: LONGEST + 1].rpartition(" ")[0] or words[:LONGEST]


def folded(word: str) -> str:
    """Write a word without accents, case and the signs around it, as words are compared."""
    apart = unicodedata.normalize("NFD", word.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter)).strip(_EDGES)


def _without_runs(words: list[str]) -> list[str]:
    """Take out runs of number words with what joins them ("forty eight and twelve")."""
    kept: list[str] = []
    for is_number, group in groupby(words, key=_may_count):
        run = list(group)
        counted = sum(folded(word) in _NUMBER_WORDS for word in run)
        kept += [] if is_number and counted >= SPOKEN_RUN else run
    return kept


def _may_count(word: str) -> bool:
    return folded(word) in _NUMBER_WORDS or folded(word) in _BETWEEN


def _printable(text: str) -> str:
    """Take out what PostgreSQL refuses and no voice says."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
