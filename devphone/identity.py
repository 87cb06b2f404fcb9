"""The names that Twilio gives to things: two letters of kind, then 32 hexadecimal digits."""

import secrets


def sid(kind: str) -> str:
    """Draw a new identifier; `kind` is CA for calls, SM for messages, QU for queues, and so on."""
    return kind + secrets.token_hex(16)


def token() -> str:
    """Draw a new idempotency token."""
    return secrets.token_hex(16)
