"""Say, Play, Pause: what a caller hears."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from devphone.delivery import Document, Jump
from devphone.documents import verb
from devphone.leg import Leg
from devphone.markup import number_of, text_of
from devphone.steps import Elapsed, Pressed, Spoke, Steps, hear

CHARACTERS_PER_SECOND = 15.0  # about 180 words a minute
PLAY_S = 8.0  # the length of a recording, which we do not fetch
LOOPS_MAX = 100  # loop="0" means for ever; a caller who waits that long has heard enough

# Voices whose name does not carry their language.
SPANISH_VOICES = {
    "Mia": "es-MX", "Andres": "es-MX", "Lupe": "es-US", "Pedro": "es-US", "Miguel": "es-US",
    "Penelope": "es-US", "Lucia": "es-ES", "Conchita": "es-ES", "Enrique": "es-ES",
    "Sergio": "es-ES",
}  # fmt: skip


@verb("Say")
@verb("Play")
@verb("Pause")
def prompt(leg: Leg, element: Element, document: Document) -> Steps[Jump | None]:
    """Speak, play or keep silent; keys pressed meanwhile go to nobody, as on the real line."""
    del document
    for seconds in sounds(leg, element):
        yield from _let_pass(leg, seconds)
    return None


def sounds(leg: Leg, element: Element) -> Iterator[float]:
    """Make the sounds of one element, one at a time; each gives its length in seconds."""
    if element.tag == "Pause":
        yield float(number_of(element, "length", 1))
        return
    for _ in range(number_of(element, "loop", 1) or LOOPS_MAX):
        yield _say(leg, element) if element.tag == "Say" else _play(leg, element)


def language_of(say: Element) -> str:
    """Return the language a <Say> is spoken in: named, or its voice's, or US English."""
    voice = say.get("voice", "").split(".")
    if named := say.get("language"):
        return named
    if voice[0] == "Google" and len(voice) > 1:
        return "-".join(voice[1].split("-")[:2])
    name = voice[1].partition("-")[0] if len(voice) > 1 else ""
    return SPANISH_VOICES.get(name, "en-US")


def _say(leg: Leg, element: Element) -> float:
    words = text_of(element)
    leg.note("said", words, language_of(element), voice=element.get("voice", ""))
    return len(words) / CHARACTERS_PER_SECOND


def _play(leg: Leg, element: Element) -> float:
    if digits := element.get("digits"):
        leg.note("played", f"tones {digits}")
        return 0.5 * len(digits)
    leg.note("played", text_of(element))
    return PLAY_S


def _let_pass(leg: Leg, seconds: float) -> Steps[None]:
    until = leg.carrier.now() + seconds
    while True:
        match (yield from hear(max(0.0, until - leg.carrier.now()), brief=True)):
            case Pressed(key=key):
                leg.note("pressed", key, heard=False)
            case Spoke(words=words):
                leg.note("spoke", words, leg.language, heard=False)
            case Elapsed():
                return
            case _:
                pass
