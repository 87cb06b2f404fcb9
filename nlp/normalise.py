"""Any text whatever -> the plain words this room reads: bounded, lower case, no accents, no noise.

A recogniser writes the same sentence in many ways ("I'm", "im"; "avería", "averia"; "um"). Folding
them here, once, is what lets the same phrases be found by every part of the room.
"""

import re
import unicodedata

MOST_CHARACTERS = 600
"""A sentence on the phone is under 200; what comes after this is not read."""

LEFT_AS_THEY_ARE = frozenset({"911", "988", "311", "211", "711"})
FILLERS = frozenset({"um", "umm", "uh", "uhh", "uhm", "er", "erm", "eh", "ehh", "em", "hmm", "mm",
                     "mmm", "ah", "ahh", "oh"})  # fmt: skip

_WORD = re.compile(r"\w+")
_APOSTROPHES = re.compile("['`\u00b4\u2018\u2019\u02bc]")
_NUMBER = re.compile(r"\d+")


def clean(words: str) -> str:
    """Return the first 600 characters, without what cannot be encoded or is a control."""
    readable = words[:MOST_CHARACTERS].encode("utf-8", "ignore").decode("utf-8")
    composed = unicodedata.normalize("NFKC", readable)[:MOST_CHARACTERS]
    return "".join(
        mark for mark in composed if mark.isspace() or unicodedata.category(mark) != "Cc"
    )


def fold(text: str) -> str:
    """Fold to lower case without accents or apostrophes: "Avería" and "averia" become one word."""
    apart = unicodedata.normalize("NFD", _APOSTROPHES.sub("", text.lower()))
    return "".join(mark for mark in apart if unicodedata.category(mark) != "Mn")


def spoken_words(text: str) -> tuple[str, ...]:
    """Split into lower-case words with their accents, fillers left out (for the language)."""
    plain = _APOSTROPHES.sub("", text.lower())
    return tuple(word for word in _WORD.findall(plain) if word not in FILLERS)


def plain_words(text: str) -> tuple[str, ...]:
    """Split into folded words, fillers left out, and every number but 911 and its kin as "0"."""
    heard = (word for word in _WORD.findall(fold(text)) if word not in FILLERS)
    return tuple(_one_number(word) for word in heard)


def plain_text(text: str) -> str:
    """`plain_words` joined by spaces: what the intents are told apart by."""
    return " ".join(plain_words(text))


def _one_number(word: str) -> str:
    return "0" if _NUMBER.fullmatch(word) and word not in LEFT_AS_THEY_ARE else word


def heard_text(text: str) -> str:
    """Fold to lower case with accents, apostrophes and marks kept: what sentence vectors read."""
    return " ".join(word for word in text.lower().split() if word.strip(".,!?") not in FILLERS)
