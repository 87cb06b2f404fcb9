"""Structured logs: one JSON object a line, with the call's name, and nothing that must not be kept.

Every line passes `redact`: digits that could be a card, a bank account, a PIN or a phone number do
not reach a file whole. Of a phone number the last four digits stay, so that a rep can match it.
"""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, Final

import structlog

LONG_DIGITS: Final = re.compile(
    r"(?<![0-9A-Za-z])\+?\(?(?:[0-9][ .()-]{0,2}){7,}[0-9](?![0-9A-Za-z])"
)
SHORTEST: Final = 10_000_000  # a number of eight digits may be an account
SPACES: Final = re.compile(r"[^0-9]")
PHONE_DIGITS: Final = (10, 11)
CHATTY: Final = ("alembic", "rq.worker")  # they tell of every look they take
KEPT: Final = frozenset({"timestamp", "call", "level", "logger", "took_ms"})


def set_up(level: str) -> None:
    """Send everything, the libraries' own lines too, through one chain to standard error."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder()],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            redact,
            structlog.processors.JSONRenderer(),
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for chatty in CHATTY:
        logging.getLogger(chatty).setLevel(logging.WARNING)


def redact(_logger: object, _method: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
    """Take long runs of digits out of every text of a line."""
    return {key: value if key in KEPT else without_digits(value) for key, value in event.items()}


def without_digits(value: object) -> object:
    """Redact one value, whatever its shape."""
    if isinstance(value, str):
        return LONG_DIGITS.sub(masked, value)
    if isinstance(value, float) or value is None or (isinstance(value, int) and value < SHORTEST):
        return value
    return LONG_DIGITS.sub(masked, repr(value))


def masked(match: re.Match[str]) -> str:
    """Keep the last four digits of what has the length of a phone number; nothing of the rest."""
    digits = SPACES.sub("", match.group())
    return f"[...{digits[-4:]}]" if len(digits) in PHONE_DIGITS else "[digits]"
