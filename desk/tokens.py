"""The token in every form. Flask-WTF ships no types: its unknowns stay in this file."""

from typing import cast

from flask_wtf.csrf import (
    generate_csrf,  # pyright: ignore[reportUnknownVariableType]  ships no types
    validate_csrf,  # pyright: ignore[reportUnknownVariableType]  ships no types
)
from wtforms import ValidationError


def token() -> str:
    """Give the token of this session's forms."""
    return cast("str", generate_csrf())


def is_good(given: str | None) -> bool:
    """Tell whether a form was made by a page of this session."""
    try:
        validate_csrf(given)
    except ValidationError:
        return False
    return True
