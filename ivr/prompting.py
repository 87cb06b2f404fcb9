"""From a prompt of a flow and a call's memo to the words that are spoken."""

import re
from collections.abc import Mapping
from typing import Any, Final, cast

from config.words import Language
from ivr.flows.shapes import Piece, Prompt
from ivr.reply import Said
from ivr.speaking import plain, say_kind
from ivr.verb import Tell

NAME: Final = re.compile(r"\{([^{}]*)\}")
LONGEST_VALUE: Final = 600  # characters of one filled-in value; a caller's words can be long


def spoken(
    prompt: Prompt, language: Language, memo: Mapping[str, Any], tells: Mapping[str, Tell]
) -> tuple[Said, ...]:
    """Fill a prompt; pieces that come out empty are left out, since silence cannot be said."""
    filled = (Said(piece.language, fill(piece, memo, tells)) for piece in prompt.get(language))
    return tuple(said for said in filled if said.text)


def fill(piece: Piece, memo: Mapping[str, Any], tells: Mapping[str, Tell]) -> str:
    """Put the memo's values into one piece, each spoken the way its kind is spoken."""

    def value(match: re.Match[str]) -> str:
        name = match.group(1)
        return worded(memo.get(name), tells.get(name), piece.language)

    return " ".join(NAME.sub(value, piece.text).split())


def worded(value: object, tell: Tell | None, language: Language) -> str:
    """Speak one value; nothing where there is none."""
    if value is None or tell is None:
        return ""
    if tell.kind == "both":
        texts = cast("Mapping[str, str]", value if isinstance(value, Mapping) else {})
        return plain(texts.get(language, ""))[:LONGEST_VALUE]
    return say_kind(tell.kind, value, language)[:LONGEST_VALUE]
