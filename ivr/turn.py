"""One turn of a call: what was heard leads to an outcome, steps are walked, and a reply comes out.

Pure but for the verbs it calls: no database, no Flask, no Twilio. What goes in and what comes out
is in ivr/state.py.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, Literal

from config.words import Both, Language
from ivr.flows.shapes import (
    AGAIN,
    BACK,
    EMERGENCY,
    IN_ENGLISH,
    IN_SPANISH,
    NOT_UNDERSTOOD,
    SILENCE,
    Ask,
    Choose,
    Do,
    GoTo,
    HangUp,
    Place,
    Prompt,
    Question,
    Say,
    Transfer,
)
from ivr.heard import Heard
from ivr.listening import LISTENERS, Keys, choice, command
from ivr.listening import Option as MenuOption
from ivr.prompting import spoken
from ivr.reply import Goodbye, Listen, PutThrough, Reply, Said
from ivr.state import Contact, Conversation, Passed, Taken, Where
from ivr.verb import LANGUAGE_CHOSEN, Turn, World

STEPS_MOST: Final = 60  # walked in one turn; a flow that needs more is broken
TURNS_MOST: Final = 120  # of one call; then a person takes over, and at twice that we hang up
REMEMBERED_QUESTIONS: Final = 8
MENU_KEYS: Final = Keys(most=1, finish="", speech=True, seconds=6, speech_seconds=2)
FAREWELL: Final = Both(
    "This call has become very long. Please call again. Goodbye.",
    "Esta llamada se ha hecho muy larga. Llame otra vez, por favor. Hasta luego.",
)

DIALLED: Final[Mapping[str, str]] = {
    "completed": "answered",
    "answered": "answered",
    "busy": "busy",
    "no-answer": "no answer",
    "canceled": "no answer",
    "failed": "failed",
}


class Walk:
    """One turn being taken: it moves from step to step until something waits for the caller."""

    def __init__(
        self, talk: Conversation, world: World, contact: Contact, where: Where, number: int
    ) -> None:
        """Begin where the call stands; the memo is copied, never changed in place."""
        self.talk = talk
        self.world = world
        self.where = where
        self.trail: list[Passed] = []
        self.said: list[Said] = []
        self.turn = Turn(
            world=world,
            call_sid=contact.call_sid,
            caller=contact.caller,
            number=number,
            language=where.language,
            memo=dict(where.memo),
        )

    def hear(self, heard: Heard) -> Taken:
        """Take in what was heard at the step where the call waits, and walk on."""
        self.turn.confidence = heard.confidence
        step = self.talk.book.step(self.where.place)
        match step:
            case Ask() | Choose():
                return self.answered(step, heard)
            case Transfer(when=when):
                outcome = DIALLED.get(heard.dialled, "failed")
                return self.go(outcome, when[outcome])
            case _:
                return self.go("lost", self.talk.book.person)  # a deploy took the step away

    def answered(self, step: Question, heard: Heard) -> Taken:
        """Find out what an answer means: an emergency, a command, a good answer, or a miss."""
        self.turn.memo["heard"] = heard.words
        anywhere = self.talk.book.flows[self.where.place.flow].anywhere
        emergency = self.world.ear.emergency(heard.words) if heard.words else None
        if emergency and EMERGENCY in anywhere:
            self.turn.memo[EMERGENCY] = emergency
            return self.go(EMERGENCY, anywhere[EMERGENCY])
        word = command(heard, self.where.language)  # a lone 0 is a person, also where digits count
        if word is not None and word in anywhere:
            return self.aside(word, anywhere[word])
        outcome = self.answer_of(step, heard)
        if outcome is None:
            return self.missed(step, SILENCE if heard.silent else NOT_UNDERSTOOD)
        return self.go(outcome, target_of(step, outcome))

    def answer_of(self, step: Question, heard: Heard) -> str | None:
        """Read a good answer and remember it; None when it was none."""
        if isinstance(step, Choose):
            picked = self.picked(step, heard)
            self.turn.memo["choice"] = picked or self.turn.memo.get("choice", "")
            return picked
        if heard.digits in step.keys:
            return step.keys[heard.digits]
        listener = LISTENERS[step.listen_for]
        today = self.world.now().astimezone(self.world.city.zone).date()
        reading = listener.read(heard, self.where.language, today)
        if reading is None:
            return None
        self.turn.memo[step.listen_for] = reading.value
        return reading.outcome

    def picked(self, step: Choose, heard: Heard) -> str | None:
        """Name the option that was chosen."""
        language = self.where.language
        options = [MenuOption(option.key, option.words) for option in step.options]
        key = choice(heard, language, options)
        return next((option.name for option in step.options if option.key == key), None)

    def aside(self, word: str, target: str) -> Taken:
        """Do what may be asked for at any question: a move, or another place in the flows."""
        if target == AGAIN:
            return self.run(self.where.place)
        if target == BACK:
            return self.run(self.back())
        if target in {IN_SPANISH, IN_ENGLISH}:
            self.speak("es" if target == IN_SPANISH else "en")
            self.turn.memo[LANGUAGE_CHOSEN] = True
            return self.run(self.where.place)
        return self.go(word, target)

    def back(self) -> Place:
        """Find the question before this one, and forget this one was asked."""
        asked = self.where.asked
        if asked and asked[-1] == self.where.place:
            asked = asked[:-1]
        self.where = replace(self.where, asked=asked[:-1])
        return asked[-1] if asked else self.where.place

    def speak(self, language: Language) -> None:
        """Go on in a language, for the rest of the call."""
        self.where = replace(self.where, language=language)
        self.turn.language = language

    def missed(self, step: Question, miss: Literal["silence", "not understood"]) -> Taken:
        """Ask again, shorter; after the last try, take the way out."""
        self.trail.append(Passed(self.where.place, miss))
        if isinstance(step, Ask) and miss in step.when:
            return self.run(self.find(step.when[miss]))
        tries = self.where.tries + 1
        if tries >= step.at_most:
            return self.run(self.find(step.otherwise))
        self.where = replace(self.where, tries=tries)
        rung = step.again[min(tries, len(step.again)) - 1]
        return self.question(step, rung)

    def go(self, outcome: str, target: str) -> Taken:
        """Note the outcome of the step where the call waits, and walk on."""
        self.trail.append(Passed(self.where.place, outcome))
        return self.run(self.find(target))

    def find(self, target: str) -> Place:
        """Resolve a target; what cannot be found leads to a person, never to an error."""
        book = self.talk.book
        return book.find(self.where.place.flow, target) or book.person_place()

    def run(self, place: Place) -> Taken:
        """Walk from a place to the next step that waits for the caller or ends the call."""
        for _ in range(STEPS_MOST):
            self.where = replace(self.where, place=place, tries=0)
            step = self.talk.book.step(place)
            match step:
                case Ask() | Choose():
                    self.where = replace(self.where, asked=self.questions(place))
                    return self.question(step, step.prompt)
                case Transfer():
                    return self.put_through(step)
                case HangUp():
                    self.say(step.prompt)
                    return self.taken(Goodbye(tuple(self.said)), step.ending)
                case _:
                    place = self.find(self.passed(step))
        message = f"{place}: a turn walked {STEPS_MOST} steps without coming to a question"
        raise RuntimeError(message)

    def passed(self, step: Say | Do | GoTo | None) -> str:
        """Go through a step that does not wait; give the target it leads to."""
        match step:
            case Say():
                self.say(step.prompt)
                return step.then
            case Do():
                return self.decided(step)
            case GoTo():
                return step.target
            case None:
                return self.talk.book.person

    def decided(self, step: Do) -> str:
        """Let the verb decide, unless the call has been here too often."""
        passes = dict(self.where.passes)
        key = str(self.where.place)
        passes[key] = passes.get(key, 0) + 1
        self.where = replace(self.where, passes=passes)
        if step.at_most is not None and step.otherwise and passes[key] > step.at_most:
            self.trail.append(Passed(self.where.place, "otherwise"))
            return step.otherwise
        before = len(self.turn.effects)
        self.turn.noted = {}
        outcome = self.decide(step)
        if len(self.turn.effects) > before:
            # What was decided is done: "go back" must not lead to where it would be done again.
            self.where = replace(self.where, asked=())
        self.trail.append(Passed(self.where.place, outcome, self.turn.noted))
        self.speak(self.turn.language)
        return step.when[outcome]

    def decide(self, step: Do) -> str:
        """Ask the verb; gives one of its outcomes."""
        return self.talk.knowledge.verbs[step.verb].decide(self.turn)

    def questions(self, place: Place) -> tuple[Place, ...]:
        """Add a question to those put so far."""
        asked = tuple(one for one in self.where.asked if one != place)
        return (*asked, place)[-REMEMBERED_QUESTIONS:]

    def say(self, prompt: Prompt) -> None:
        """Add words to what this turn says."""
        tells = self.talk.knowledge.tells()
        self.said.extend(spoken(prompt, self.where.language, self.turn.memo, tells))

    def question(self, step: Question, prompt: Prompt) -> Taken:
        """Put a question and wait."""
        self.say(prompt)
        language = self.where.language
        keys = MENU_KEYS if isinstance(step, Choose) else LISTENERS[step.listen_for].keys
        hints = self.hints(step, language)
        return self.taken(Listen(tuple(self.said), language, keys, hints))

    def hints(self, step: Question, language: Language) -> tuple[str, ...]:
        """Collect what the recogniser should expect here."""
        if isinstance(step, Choose):
            return tuple(word for option in step.options for word in option.words[language])
        return self.talk.hints.get((step.hints or "", language), ())

    def put_through(self, step: Transfer) -> Taken:
        """Ring somebody; a number that is not there is a ring that failed."""
        number = self.turn.recall(step.to)
        if not number:
            return self.go("failed", step.when["failed"])
        self.say(step.prompt)
        return self.taken(PutThrough(tuple(self.said), number, step.seconds))

    def taken(self, reply: Reply, ending: str = "") -> Taken:
        """Close the turn."""
        where = replace(self.where, memo=self.turn.memo)
        return Taken(where, reply, tuple(self.trail), tuple(self.turn.effects), ending)


def target_of(step: Question, outcome: str) -> str:
    """Find where a good answer leads."""
    if isinstance(step, Choose):
        return next(option.then for option in step.options if option.name == outcome)
    return step.when[outcome]


def first_turn(talk: Conversation, world: World, contact: Contact) -> Taken:
    """Take the turn in which a call comes in."""
    opening = talk.book.opening_place()
    return Walk(talk, world, contact, Where(opening, "en", {}), 0).run(opening)


def take_turn(walk: Walk, heard: Heard) -> Taken:
    """Take any later turn. A call of very many turns is taken to a person, whatever was heard."""
    number = walk.turn.number
    if number > 2 * TURNS_MOST:
        language = walk.where.language
        return walk.taken(Goodbye((Said(language, FAREWELL.get(language)),)), "too long")
    if number == TURNS_MOST:
        return walk.go("too long", walk.talk.book.person)
    return walk.hear(heard)
