"""The addresses we hand out: each with its turn's token and bounds on the carrier's patience."""

import hashlib
import hmac
from typing import Final

# Connection overrides ride in the fragment. Connect in 1.5 s, read in 4.5 s, with one retry, and
# only where the first try cannot have reached us. What fails then goes to the fallback process.
# The names are those of Twilio's page on webhook connection overrides.
OVERRIDES: Final = "#ct=1500&rt=4500&rc=1&rp=ct,5xx"
VOICE: Final = "/webhooks/twilio/voice"
STATUS: Final = "/webhooks/twilio/status"
FALLBACK: Final = "/webhooks/twilio/fallback"
AGAIN: Final = "again=1"


def token(secret: str, call_sid: str, turn: int) -> str:
    """Make the token of one turn of one call: nobody can post a turn that was not handed out."""
    message = f"turn:{call_sid}:{turn}".encode()
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()[:32]


def token_holds(secret: str, call_sid: str, turn: int, given: str) -> bool:
    """Tell whether a turn's token is the one we made."""
    return given.isascii() and hmac.compare_digest(token(secret, call_sid, turn), given)


def turn_path(secret: str, call_sid: str, turn: int) -> str:
    """Give the path of a turn; turn 0 is where a number points, and has no token."""
    return VOICE if turn == 0 else f"{VOICE}/{turn}/{token(secret, call_sid, turn)}/"
