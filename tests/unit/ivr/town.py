"""A small book of flows, verbs of its own, and calls put into it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from sqlalchemy.orm import Session

import app
from config.words import Language
from db.session import Database
from ivr.ear import NotListening
from ivr.flows.checker import Knowledge, faults_of
from ivr.flows.reader import read_book
from ivr.flows.shapes import Book, Place
from ivr.heard import Heard
from ivr.listening import LISTENERS
from ivr.reply import Listen
from ivr.state import Contact, Conversation, Taken, Where
from ivr.turn import Walk, first_turn, take_turn
from ivr.verb import Tell, Turn, Verbs, World
from nlp import Understanding

NOW = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
SINGLE = {
    name: listener.outcomes[0]
    for name, listener in LISTENERS.items()
    if len(listener.outcomes) == 1
}
MAIN = """\
flow: main line
purpose: A line for tests.
starts at: greet
at any question:
  {representative: to a person, repeat: again, go back: back, español: in spanish,
   english: in english, emergency: danger}
steps:
  greet:
    say: {en: "Hello.", es: "Hola."}
    then: ask
  ask:
    ask: {en: "What is your number, please?", es: "¿Cuál es su número, por favor?"}
    ask again:
      - {en: "Your number, please?", es: "¿Su número, por favor?"}
      - {en: "Your number?", es: "¿Su número?"}
    listen for: digits
    keys: {"#": menu}
    when: {digits: look it up, menu: menu}
    at most: 4
    otherwise: to a person
  look it up:
    do: look it up
    at most: 2
    otherwise: to a person
    when: {found: tell, not found: ask}
  tell:
    say: {en: "It is {size} big.", es: "Es {size} de grande."}
    then: menu
  menu:
    choose: {en: "For one, press 1. For two, press 2.", es: "Para uno, oprima 1. Para dos, 2."}
    ask again: {en: "One: 1. Two: 2.", es: "Uno: 1. Dos: 2."}
    options:
      one: {key: 1, en: [the apple], es: [la manzana], then: goodbye}
      two: {key: 2, en: [the orange], es: [la naranja], then: look it up}
    at most: 2
    otherwise: goodbye
  goodbye:
    hang up: {en: "Goodbye.", es: "Hasta luego."}
    ending: served
"""
PERSON = """\
flow: to a person
purpose: Somebody is rung.
starts at: find a phone
at any question: {representative: find a phone, repeat: again}
steps:
  find a phone:
    do: find a phone
    at most: 3
    otherwise: goodbye
    when: {there: ring}
  ring:
    transfer to: phone
    say: {en: "One moment.", es: "Un momento."}
    ringing: 20
    when: {answered: goodbye, no answer: nobody, busy: nobody, failed: nobody}
  nobody:
    say: {en: "Nobody is there.", es: "No hay nadie."}
    then: goodbye
  goodbye:
    hang up: {en: "Goodbye.", es: "Hasta luego."}
    ending: person
"""
DANGER = """\
flow: danger
purpose: Somebody is in danger.
starts at: say it
steps:
  say it:
    hang up: {en: "Hang up and dial 9 1 1.", es: "Cuelgue y marque 9 1 1."}
    ending: danger
"""
FILES = {"main": MAIN, "person": PERSON, "danger": DANGER}
CONTACT = Contact("CA" + "1" * 32, "+18015550142")

own = Verbs()


@own(size=Tell("plain", "7", only=("found",)))
def look_it_up(turn: Turn) -> Literal["found", "not found"]:
    """Decide as the memo says, and promise a write."""
    turn.will(never_run)
    turn.remember("size", "seven")
    return "found" if turn.memo.get("found", True) else "not found"


@own()
def find_a_phone(turn: Turn) -> Literal["there"]:
    """Find the desk's phone, unless the memo says that there is none."""
    turn.remember("phone", turn.memo.get("desk", turn.world.desk_phone))
    return "there"


def never_run(_session: Session) -> None:
    """Stand for a write: the engine must collect it and never run it."""
    raise AssertionError("an effect was run outside the transaction that stores the turn")


class Danger:
    """An ear that hears one word."""

    def understand(self, words: str, language: Language | None) -> Understanding:
        raise NotListening(f"{words!r} {language}")

    def emergency(self, words: str) -> str | None:
        return "fire" if "fire" in words else None


def world() -> World:
    """Give a world with nothing connected to it."""
    nowhere = Database("postgresql://nobody@127.0.0.1:1/nowhere")
    return World(app.the_city(), nowhere, Danger(), lambda: NOW, "+18015550100")


KNOWLEDGE = Knowledge(own.all(), {"numbers"})


def write(folder: Path, files: Mapping[str, str]) -> Path:
    """Write flows where the reader looks for them."""
    flows = folder / "flows"
    flows.mkdir(exist_ok=True)
    for name, text in files.items():
        (flows / f"{name}.yaml").write_text(text, encoding="utf-8")
    return flows


def book_of(folder: Path, files: Mapping[str, str] = FILES) -> Book:
    """Read a book; raises ConfigError."""
    return read_book(write(folder, files), SINGLE)


def faults_in(folder: Path, files: Mapping[str, str]) -> list[str]:
    """Read and check a book."""
    return faults_of(book_of(folder, files), KNOWLEDGE)


@dataclass
class Call:
    """A call put into a book: turn by turn, with everything that came of it."""

    talk: Conversation
    world: World
    turns: list[Taken] = field(default_factory=list[Taken])

    @property
    def now(self) -> Taken:
        """What the last turn came to."""
        return self.turns[-1]

    @property
    def at(self) -> str:
        """The step where the call waits."""
        return self.now.where.place.step

    @property
    def said(self) -> str:
        """What was said last."""
        return " ".join(said.text for said in self.now.reply.said)

    @property
    def trail(self) -> list[tuple[str, str]]:
        """The steps of the last turn, each with its outcome."""
        return [(passed.place.step, passed.outcome) for passed in self.now.trail]

    @property
    def hears(self) -> Language:
        """The language of the last question."""
        assert isinstance(self.now.reply, Listen)
        return self.now.reply.language

    def dials(self) -> "Call":
        self.turns.append(first_turn(self.talk, self.world, CONTACT))
        return self

    def is_at(self, step: str, flow: str = "main line", **memo: object) -> "Call":
        """Put the call at a step, as a call kept in the database would be."""
        where = Where(Place(flow, step), "en", memo)
        self.turns.append(Taken(where, Listen((), "en", LISTENERS["words"].keys), (), ()))
        return self

    def turn(self, heard: Heard, number: int | None = None) -> "Call":
        number = len(self.turns) if number is None else number
        walk = Walk(self.talk, self.world, CONTACT, self.now.where, number)
        self.turns.append(take_turn(walk, heard))
        return self

    def presses(self, keys: str) -> "Call":
        return self.turn(Heard(digits=keys))

    def says(self, words: str) -> "Call":
        return self.turn(Heard(words=words))

    def stays_silent(self) -> "Call":
        return self.turn(Heard())

    def rang(self, status: str) -> "Call":
        return self.turn(Heard(dialled=status))


def call_into(book: Book) -> Call:
    """Prepare a call into a book."""
    hints: dict[tuple[str, Language], tuple[str, ...]] = {("numbers", "en"): ("one", "two")}
    return Call(Conversation(book, KNOWLEDGE, hints), world())
