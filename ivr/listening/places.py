"""The listener for places. The raw words are kept beside a tidy form (nlp/spoken/places.py)."""

from datetime import date
from typing import Final

from config.words import Language
from ivr.heard import Heard
from ivr.listening.cards import heard_card
from ivr.listening.shapes import Keys, Listener, Reading
from nlp.spoken.places import tidy


def read_place(heard: Heard, language: Language, _: date) -> Reading | None:
    """Value: {"raw": the words as they came, "tidy": the place as it is written}."""
    raw = " ".join(heard.words.split())
    if heard_card(heard):
        return None
    place = tidy(raw, language)
    return Reading("place", {"raw": raw, "tidy": place}) if place else None


PLACE: Final = Listener(
    "place",
    ("place",),
    # Keys are no answer here, but 0 and * must still reach the line: so one key is taken.
    Keys(most=1, finish="", speech=True, seconds=7, speech_seconds=3),
    read_place,
)
