"""The record of calls: claim a turn, store its answer with all it decided, follow the status.

Two short transactions make a turn. The first claims it (`claim`): the row of (call, turn) is
unique, so a repeat of the same webhook finds it, and gets the stored answer, byte for byte. The
second (`store`) writes the answer, the call's new state and all effects together. A turn whose
process died in between is claimed anew by the repeat, once its lease has run out. All times are
the database's, so that machines whose clocks differ share one lease.
"""

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, Final, cast

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from config.words import Language
from ivr.flows.shapes import Place
from ivr.heard import Heard
from ivr.state import Taken, Where
from ivr.tables import Call, CallEvent, CallTurn

LEASE: Final = timedelta(seconds=4.5)  # as long as Twilio waits; over when "one moment" is

# How far a call has come; a callback may only move it forward. Source: Twilio's CallStatus values.
RANKS: Final[dict[str, int]] = {
    "queued": 0,
    "initiated": 0,
    "ringing": 1,
    "in-progress": 2,
    "busy": 9,
    "failed": 9,
    "no-answer": 9,
    "canceled": 9,
    "completed": 9,
}
OVER: Final = 9
LONGEST: Final = timedelta(hours=5)  # the carrier ends a call after four
FORGOTTEN: Final = "the carrier never said how it ended"


class AnsweredAlready(Exception):
    """Somebody else stored this turn's answer while we thought; theirs is the one that counts."""


@dataclass(frozen=True)
class Arrival:
    """A webhook for a turn, checked and cleaned. `digest` is that of what was sent."""

    call_sid: str
    turn: int
    caller: str
    called: str
    attestation: str
    digest: str
    heard: Heard


@dataclass(frozen=True)
class Stored:
    """The turn was answered before: these bytes. `same` tells whether the body was the same."""

    document: bytes
    same: bool


@dataclass(frozen=True)
class Claimed:
    """The turn is ours to take; `where` is None for the first of a call.

    `heard` is what the caller said: where a repeat brings nothing ("one moment" leads back by a
    redirect, and a redirect carries no speech), what the turn's first arrival brought.
    """

    where: Where | None
    heard: Heard


@dataclass(frozen=True)
class Taking:
    """Somebody else is taking this very turn at this moment."""


@dataclass(frozen=True)
class Unknown:
    """No call of that name, or not at that turn."""


Claim = Stored | Claimed | Taking | Unknown


def claim(session: Session, arrival: Arrival, start: Place, version: str) -> Claim:
    """Claim a turn, or find out why it is not ours."""
    if arrival.turn == 0:
        open_call(session, arrival, start, version)
    call = session.execute(
        select(Call).where(Call.sid == arrival.call_sid).with_for_update()
    ).scalar_one_or_none()
    if call is None or arrival.turn > call.turn:
        return Unknown()
    if insert_turn(session, arrival, call.language):
        return Claimed(where_of(call), arrival.heard)
    return found(session, arrival, call)


def open_call(session: Session, arrival: Arrival, start: Place, version: str) -> None:
    """Write the call's row, unless it is there; callbacks may have come before it."""
    one_at_a_time(session, arrival.call_sid)
    opened = session.execute(
        insert(Call)
        .values(
            sid=arrival.call_sid,
            caller=arrival.caller,
            called=arrival.called,
            attestation=arrival.attestation,
            language="en",
            flow=start.flow,
            step=start.step,
            version=version,
            memo={},
            turn=0,
            status="in-progress",
            rank=RANKS["in-progress"],
            ending="",
        )
        .on_conflict_do_nothing()
        .returning(Call.sid)
    ).first()
    if opened is None:
        return
    for status in session.scalars(
        select(CallEvent.status).where(CallEvent.call_sid == arrival.call_sid)
    ).all():
        move_forward(session, arrival.call_sid, status)


def one_at_a_time(session: Session, call_sid: str) -> None:
    """Keep a call's first turn and its callbacks apart, so that each sees what the other wrote."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(call_sid, 0))))


def insert_turn(session: Session, arrival: Arrival, language: str) -> bool:
    """Write the turn's row; False where there is one already."""
    result = session.execute(
        insert(CallTurn)
        .values(
            call_sid=arrival.call_sid,
            turn=arrival.turn,
            digest=arrival.digest,
            heard=asdict(arrival.heard),
            language=language,
            trail=[],
            said=[],
            lease_until=func.now() + LEASE,
        )
        .on_conflict_do_nothing()
        .returning(CallTurn.turn)
    )
    return result.first() is not None


def found(session: Session, arrival: Arrival, call: Call) -> Claim:
    """Decide on a turn that has a row: answered, being taken, or left behind by a dead process."""
    turn = session.get_one(CallTurn, (arrival.call_sid, arrival.turn))
    if turn.document is not None:
        return Stored(turn.document, same=turn.digest == arrival.digest)
    heard = Heard(**turn.heard) if arrival.heard.silent else arrival.heard
    ours = session.execute(
        update(CallTurn)
        .where(CallTurn.call_sid == arrival.call_sid, CallTurn.turn == arrival.turn)
        .where(CallTurn.document.is_(None), CallTurn.lease_until <= func.now())
        .values(lease_until=func.now() + LEASE, began_at=func.now(), heard=asdict(heard))
        .returning(CallTurn.turn)
    ).first()
    return Claimed(where_of(call), heard) if ours else Taking()


def give_back(session: Session, arrival: Arrival) -> None:
    """End the lease on a turn that could not be taken, so that its repeat need not wait for it."""
    session.execute(
        update(CallTurn)
        .where(CallTurn.call_sid == arrival.call_sid, CallTurn.turn == arrival.turn)
        .where(CallTurn.document.is_(None))
        .values(lease_until=func.now())
    )


def where_of(call: Call) -> Where | None:
    """Read where a call stands; None before its first turn was taken."""
    if call.turn == 0:
        return None
    kept = call.memo
    return Where(
        place=Place(call.flow, call.step),
        language=known_language(call.language),
        memo=cast("dict[str, Any]", kept.get("memo", {})),
        tries=int(kept.get("tries", 0)),
        passes=cast("dict[str, int]", kept.get("passes", {})),
        asked=tuple(Place(flow, step) for flow, step in kept.get("asked", [])),
    )


def known_language(code: str) -> Language:
    """Read a language as the database keeps it."""
    return "es" if code == "es" else "en"


def store(session: Session, arrival: Arrival, taken: Taken, document: bytes) -> None:
    """Write a turn's answer, the call's state and every effect; raises AnsweredAlready.

    The call's row first, as `claim` locks it, so that the two never wait for each other.
    """
    session.execute(
        update(Call).where(Call.sid == arrival.call_sid).values(**state_of(arrival, taken))
    )
    done = session.execute(
        update(CallTurn)
        .where(CallTurn.call_sid == arrival.call_sid, CallTurn.turn == arrival.turn)
        .where(CallTurn.document.is_(None))
        .values(
            document=document,
            language=taken.where.language,
            trail=[passed.line() for passed in taken.trail],
            said=[asdict(said) for said in taken.reply.said],
            took_ms=func.extract("epoch", func.clock_timestamp() - CallTurn.began_at) * 1000,
        )
        .returning(CallTurn.turn)
    ).first()
    if done is None:
        raise AnsweredAlready
    for effect in taken.effects:
        effect(session)


def state_of(arrival: Arrival, taken: Taken) -> dict[str, Any]:
    """Write where a call stands as the columns that keep it."""
    where = taken.where
    state: dict[str, Any] = {
        "turn": arrival.turn + 1,
        "language": where.language,
        "flow": where.place.flow,
        "step": where.place.step,
        "memo": {
            "memo": where.memo,
            "tries": where.tries,
            "passes": where.passes,
            "asked": [[place.flow, place.step] for place in where.asked],
        },
    }
    return {**state, "ending": taken.ending} if taken.ending else state


def stored_answer(session: Session, call_sid: str, turn: int) -> bytes | None:
    """Return the bytes a turn was answered with, None while it is not."""
    return session.execute(
        select(CallTurn.document).where(CallTurn.call_sid == call_sid, CallTurn.turn == turn)
    ).scalar_one_or_none()


def note_status(
    session: Session, call_sid: str, status: str, sequence: int, body: dict[str, Any]
) -> bool:
    """Keep a status callback once and move the call forward, never back; False for a repeat."""
    one_at_a_time(session, call_sid)
    kept = session.execute(
        insert(CallEvent)
        .values(call_sid=call_sid, status=status, sequence=sequence, body=body)
        .on_conflict_do_nothing()
        .returning(CallEvent.sequence)
    ).first()
    move_forward(session, call_sid, status)
    return kept is not None


def move_forward(session: Session, call_sid: str, status: str) -> None:
    """Write a status that is further on than the call's; one that is not changes nothing."""
    rank = RANKS.get(status, 0)
    session.execute(
        update(Call)
        .where(Call.sid == call_sid, Call.rank < rank)
        .values(status=status, rank=rank, ended_at=func.now() if rank == OVER else None)
    )


def end_forgotten(session: Session) -> None:
    """Close the record of calls whose last status callback never came: none lasts so long."""
    session.execute(
        update(Call)
        .where(Call.rank < OVER, Call.started_at < func.now() - LONGEST)
        .values(
            status="completed",
            rank=OVER,
            ended_at=func.now(),
            ending=func.coalesce(func.nullif(Call.ending, ""), FORGOTTEN),
        )
    )
