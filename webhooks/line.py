"""The line as the webhooks use it: take an arrival to its answer, whatever breaks on the way."""

import logging
import time
from dataclasses import dataclass
from typing import Final

from config.settings import Settings
from db.errors import DatabaseUnavailable
from ivr import calls
from ivr.calls import Arrival, Claimed, Stored, Taking
from ivr.heard import Heard
from ivr.state import Contact, Conversation, Taken, Where
from ivr.turn import Walk, first_turn, take_turn
from ivr.verb import World
from webhooks import lifeboat
from webhooks.addresses import AGAIN, FALLBACK, OVERRIDES, turn_path
from webhooks.twiml import document

WAIT_SECONDS: Final = 3.0  # for another thread that is taking the same turn
WAIT_STEP_SECONDS: Final = 0.05

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Line:
    """All that a turn needs, wired once in app.py."""

    settings: Settings
    talk: Conversation
    world: World

    def answer(self, arrival: Arrival, *, again: bool) -> bytes:
        """Answer a turn; never raises. `again`: the caller already heard "one moment" once."""
        try:
            return self.take(arrival) or self.adrift(arrival, again=again)
        except DatabaseUnavailable as error:
            log.warning("turn %d: the database is away: %s", arrival.turn, error)
        except Exception:
            log.exception("turn %d failed", arrival.turn)
            self.give_back(arrival)
        return self.adrift(arrival, again=again)

    def take(self, arrival: Arrival, *, waited: bool = False) -> bytes | None:
        """Claim the turn, think, store; None where the call is not ours to go on with.

        Who has `waited` in vain for another's answer claims once more: if its process is dead, its
        lease may be over by now, and the call goes on here.
        """
        book = self.talk.book
        claim = self.world.database.run(
            lambda session: calls.claim(session, arrival, book.opening_place(), book.version)
        )
        match claim:
            case Stored(document=stored, same=same):
                if not same:
                    log.warning("turn %d came again with another body", arrival.turn)
                return stored
            case Taking() if not waited:
                log.info("turn %d is being taken already", arrival.turn)
                return self.wait(arrival) or self.take(arrival, waited=True)
            case Claimed(where=where, heard=heard):
                return self.store(arrival, self.think(arrival, where, heard))
            case Taking():
                log.warning("turn %d is taken, and not answered", arrival.turn)
                return None
            case _:
                log.warning("turn %d belongs to no call we know", arrival.turn)
                return None

    def think(self, arrival: Arrival, where: Where | None, heard: Heard) -> Taken:
        """Take the turn; no transaction is open while verbs think."""
        contact = Contact(arrival.call_sid, arrival.caller)
        if where is None:
            return first_turn(self.talk, self.world, contact)
        walk = Walk(self.talk, self.world, contact, where, arrival.turn)
        return take_turn(walk, heard)

    def store(self, arrival: Arrival, taken: Taken) -> bytes:
        """Store the answer with everything it decided; if another was first, theirs is given."""
        body = document(taken.reply, self.address(arrival.call_sid, arrival.turn + 1))
        database = self.world.database
        try:
            database.run(lambda session: calls.store(session, arrival, taken, body))
        except calls.AnsweredAlready:
            return self.wait(arrival) or body
        return body

    def wait(self, arrival: Arrival) -> bytes | None:
        """Wait for the answer that somebody else is about to store."""
        end = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < end:
            stored = self.world.database.run(
                lambda session: calls.stored_answer(session, arrival.call_sid, arrival.turn)
            )
            if stored is not None:
                return stored
            time.sleep(WAIT_STEP_SECONDS)
        return None

    def give_back(self, arrival: Arrival) -> None:
        """Let the repeat of a failed turn be taken at once."""
        try:
            self.world.database.run(lambda session: calls.give_back(session, arrival))
        except DatabaseUnavailable as error:
            log.warning("turn %d is not given back: %s", arrival.turn, error)

    def adrift(self, arrival: Arrival, *, again: bool) -> bytes:
        """Keep a caller whose turn could not be taken: once more, then a person."""
        if again:
            return lifeboat.to_a_person(self.settings.desk_phone, after=self.fallback())
        path = turn_path(self.settings.secret_key, arrival.call_sid, arrival.turn)
        return lifeboat.go_on(f"{self.settings.public_url}{path}?{AGAIN}{OVERRIDES}")

    def address(self, call_sid: str, turn: int) -> str:
        """Write the full address of a turn, with the bounds on how long the carrier waits."""
        path = turn_path(self.settings.secret_key, call_sid, turn)
        return f"{self.settings.public_url}{path}{OVERRIDES}"

    def fallback(self) -> str:
        """Write the address of the fallback process."""
        return self.settings.fallback_url or f"{self.settings.public_url}{FALLBACK}"
