"""Paying, as the core offers it: an intent is begun, sent, and comes to a receipt or to none."""

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from billing.errors import BadAmount
from billing.looking import account_id, intent
from billing.payments import intents
from billing.scan import refuse_numbers
from billing.shapes import CardTender, Intent
from config.words import Language

CHANNEL_LONGEST = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A payment that somebody is about to make."""

    account: str
    cents: int
    tender: CardTender
    channel: str
    language: Language
    call_sid: str | None = None


def start(session: Session, asked: Asked, key: str) -> Intent:
    """Begin a payment once per key, and say which one like it was before or is under way.

    Raises NotFound, BadAmount, AnotherBody, NotAllowed (a card's number in the words).
    """
    refuse_numbers(channel=asked.channel, call_sid=asked.call_sid or "")
    if not 0 < len(asked.channel) <= CHANNEL_LONGEST:
        message = f"{asked.channel!r} is no channel"
        raise BadAmount("channel", message, 'Name where it comes from, such as "phone".')
    wanted = intents.Wanted(
        account_id=account_id(session, asked.account),
        cents=asked.cents,
        tender=asked.tender,
        channel=asked.channel,
        language=asked.language,
        call_sid=asked.call_sid,
    )
    made = intents.create(session, wanted, key)
    return replace(intent(session, made.id), paid_before=intents.paid_before(session, made))


def sent(session: Session, name: str) -> Intent:
    """Note that the processor is asked from now on; raises NotFound, Conflict."""
    intents.mark_sent(session, name)
    return intent(session, name)
