"""Gather: a question, and what the caller does about it (voice/twiml/gather)."""

from dataclasses import dataclass
from itertools import chain
from xml.etree.ElementTree import Element

from devphone.delivery import Document, Jump
from devphone.documents import verb
from devphone.leg import Leg, Listening
from devphone.markup import is_true, number_of
from devphone.steps import Elapsed, Pressed, Signal, Spoke, Steps, hear
from devphone.verbs.speaking import sounds


@dataclass
class Heard:
    """What has come in so far. `done` once it is an answer, `finished_on` a key."""

    digits: str = ""
    words: str | None = None
    confidence: float = 0.0
    finished_on: str = ""
    done: bool = False

    @property
    def anything(self) -> bool:
        return bool(self.digits) or self.words is not None


@verb("Gather")
def gather(leg: Leg, element: Element, document: Document) -> Steps[Jump | None]:
    """Ask and listen. Silence falls through to the next verb unless actionOnEmptyResult is true."""
    listening = _listening(element)
    leg.listening = listening
    _press_by_habit(leg)
    heard = Heard()
    try:
        yield from _prompts(leg, element, heard)
        yield from _listen(leg, heard)
    finally:
        leg.listening = None
    if not heard.anything:
        leg.note("silence", f"{listening.timeout} seconds of silence")
        if not is_true(element, "actionOnEmptyResult"):
            return None
    action = document.resolve(element.get("action"))
    return Jump(action, element.get("method", "POST"), _fields(listening, heard))


def _listening(element: Element) -> Listening:
    digits = number_of(element, "numDigits", 0)
    return Listening(
        input=tuple(element.get("input", "dtmf").split()),
        language=element.get("language", "en-US"),
        num_digits=digits or None,
        finish_on_key=element.get("finishOnKey", "#"),
        timeout=number_of(element, "timeout", 5),
    )


def _press_by_habit(leg: Leg) -> None:
    """Do what a phone that nobody attends always does at its first question."""
    for key in leg.habit:
        leg.carrier.tell(leg, Pressed(key))
    leg.habit = ""


def _prompts(leg: Leg, element: Element, heard: Heard) -> Steps[None]:
    """Ask; the first key or word cuts the question short."""
    for seconds in chain.from_iterable(sounds(leg, prompt) for prompt in element):
        _take(leg, heard, (yield from hear(seconds, brief=True)))
        if heard.anything:
            return


def _listen(leg: Leg, heard: Heard) -> Steps[None]:
    """Wait for an answer; after a key, a pause that nobody decides upon is the answer's end."""
    listening = leg.listening
    while listening is not None and not heard.done:
        signal = yield from hear(listening.timeout, brief=bool(heard.digits))
        _take(leg, heard, signal)
        if isinstance(signal, Elapsed):
            return


def _take(leg: Leg, heard: Heard, signal: Signal) -> None:
    match signal:
        case Pressed(key=key):
            _take_key(leg, heard, key)
        case Spoke(words=words, confidence=confidence):
            _take_words(leg, heard, words, confidence)
        case _:
            pass


def _take_key(leg: Leg, heard: Heard, key: str) -> None:
    listening = leg.listening
    wanted = listening is not None and "dtmf" in listening.input and not heard.done
    leg.note("pressed", key, heard=wanted)
    if listening is None or not wanted:
        return
    if key in listening.finish_on_key:
        # A finishing key with nothing before it finishes nothing (voice/twiml/gather).
        heard.done, heard.finished_on = bool(heard.digits), key
        return
    heard.digits += key
    heard.done = len(heard.digits) == listening.num_digits


def _take_words(leg: Leg, heard: Heard, words: str, confidence: float) -> None:
    listening = leg.listening
    wanted = listening is not None and "speech" in listening.input and not heard.digits
    leg.note("spoke", words, leg.language, confidence=confidence, heard=wanted)
    if wanted:
        heard.words, heard.confidence, heard.done = words, confidence, True


def _fields(listening: Listening, heard: Heard) -> dict[str, str]:
    if heard.words is not None:
        return {
            "SpeechResult": heard.words,
            "Confidence": str(heard.confidence),
            "Language": listening.language,
        }
    if heard.digits or "dtmf" in listening.input:
        return {"Digits": heard.digits, "FinishedOnKey": heard.finished_on if heard.digits else ""}
    return {"SpeechResult": ""}
