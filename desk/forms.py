"""What a form brought: cleaned, bounded, and given back when something was wrong with it."""

from collections.abc import Container
from dataclasses import dataclass
from typing import Final

from flask import request

WORDS_MOST: Final = 4000
VERSION_MOST: Final = 2**62


# Not frozen: contextlib sets __traceback__ on what it lets through.
@dataclass(eq=False)
class NotFilled(Exception):
    """A field was left empty or is too long; `problem` is a key of words.yaml."""

    field: str
    problem: str


def words(field: str, most: int = WORDS_MOST) -> str:
    """Read a text that must be there; raises NotFilled."""
    text = cleaned(request.form.get(field, ""))
    if not text:
        raise NotFilled(field, "form.empty")
    if len(text) > most:
        raise NotFilled(field, "form.too_long")
    return text


def one_of(field: str, allowed: Container[str]) -> str:
    """Read a choice; raises NotFilled."""
    value = request.form.get(field, "")
    if value not in allowed:
        raise NotFilled(field, "form.choose")
    return value


def version() -> int:
    """Read which version of the ticket the form was made for; one that cannot be is none at all."""
    value = request.form.get("version", "")
    known = value.isascii() and value.isdigit() and len(value) < len(str(VERSION_MOST))
    return int(value) if known else 0


def cleaned(text: str) -> str:
    """Take out what PostgreSQL refuses (NUL) and what no keyboard writes; trim the ends."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (char for char in unified if char in "\n\t" or (char.isprintable() or char.isspace()))
    return "".join(kept).strip()
