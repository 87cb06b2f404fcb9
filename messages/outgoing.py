"""One text, sent once: promised with its cause, handed over by a job, looked up before repeats."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from config.words import Language
from db.session import Database
from jobs.errors import JobError
from jobs.outbox import promise
from messages.carrier import Carrier, NotSent, Unknown
from messages.tables import TextMessage

JOB: Final = "send a text"
CLOCKS_APART: Final = timedelta(minutes=5)  # the carrier's clock and ours


@dataclass(frozen=True)
class Text:
    """A text about to be promised; `key` names its cause, and a cause sends one text."""

    key: str
    phone: str
    language: Language
    body: str
    ticket_id: int | None = None


def promise_text(session: Session, text: Text) -> None:
    """Write the text and promise to send it, in the transaction of its cause."""
    message_id = session.execute(
        insert(TextMessage)
        .values(
            key=text.key,
            phone=text.phone,
            language=text.language,
            body=text.body,
            ticket_id=text.ticket_id,
            state="promised",
        )
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(TextMessage.id)
    ).scalar_one_or_none()
    if message_id is not None:
        promise(session, JOB, f"text:{text.key}", {"message": message_id})


def send_text(database: Database, carrier: Carrier, args: dict[str, Any]) -> None:
    """Hand one text to the carrier; safe to repeat.

    The state becomes "sending" before the carrier is called, so a repeat after a crash knows that
    it must look the text up first.
    """
    message_id = int(args["message"])
    before = database.run(lambda session: start_sending(session, message_id))
    if before is None:
        return
    try:
        taken = None
        if before.state == "sending":
            taken = carrier.find(before.phone, before.body, before.created_at - CLOCKS_APART)
        taken = taken or carrier.send(before.phone, before.body)
    except NotSent as error:
        reason, permanent = str(error), error.permanent
        state = "refused" if permanent else "promised"
        database.run(lambda session: note(session, message_id, state, error=reason))
        raise JobError(reason, permanent=permanent) from error
    except Unknown as error:
        raise JobError(f"no answer from the carrier: {error}") from error
    sid = taken.sid
    database.run(lambda session: note(session, message_id, "sent", sid=sid))


def start_sending(session: Session, message_id: int) -> TextMessage | None:
    """Mark a text as being handed over; gives it as it was before, None where it is done."""
    message = session.get_one(TextMessage, message_id, with_for_update=True)
    if message.state not in {"promised", "sending"}:
        return None
    before = TextMessage(
        key=message.key,
        phone=message.phone,
        language=message.language,
        body=message.body,
        state=message.state,
    )
    before.created_at = message.created_at
    message.state = "sending"
    return before


def note(
    session: Session,
    message_id: int,
    state: str,
    *,
    sid: str | None = None,
    error: str | None = None,
) -> None:
    """Write how the handing over ended."""
    sent_at = datetime.now(UTC) if state == "sent" else None
    session.execute(
        update(TextMessage)
        .where(TextMessage.id == message_id)
        .values(state=state, sid=sid, error=error, sent_at=sent_at)
    )
