"""What a sentence names: numbers, money, dates, places, services and bins, in both languages.

Each finder claims words that no finder before it has claimed, the surest kind first, so entities
never overlap. Values are read by nlp/spoken, as the listeners read answers. Pure and cheap: no
clock, no spaCy.
"""

from collections.abc import Callable, Iterable
from datetime import date
from functools import partial
from typing import Final

from config.streets import Streets, shipped_streets
from nlp.answers import Entity
from nlp.entities.days import days
from nlp.entities.digits import long_numbers, other_numbers
from nlp.entities.money import bare_amounts, marked_amounts
from nlp.entities.places import places
from nlp.entities.sentence import Claim, Sentence, sentence_of
from nlp.entities.things import things
from nlp.spoken.cards import holds_card

Finder = Callable[[Sentence], Iterable[Claim]]

_MOST_CHARACTERS: Final = 1000  # of a turn's speech; what comes after is not read


def find_entities(
    text: str, today: date | None = None, streets: Streets | None = None
) -> tuple[Entity, ...]:
    """Find the entities of any text, in the order in which they were said; never raises for it.

    `today` is the day that "tomorrow" is told from; without it only dates that are the same on
    every day are found. `streets` are the named ones, those of config/streets.yaml if not given.
    Where a payment card's number may stand, nothing is found: it must not be kept.
    """
    sentence = sentence_of(text[:_MOST_CHARACTERS])
    if holds_card(sentence.text):
        return ()
    found: list[Claim] = []
    for finder in _finders(today, (streets or shipped_streets()).names):
        for claim in finder(sentence):
            sentence.take(claim)
            found.append(claim)
    return tuple(_entity(sentence, claim) for claim in sorted(found, key=lambda one: one.first))


def _finders(today: date | None, streets: tuple[str, ...]) -> tuple[Finder, ...]:
    return (
        partial(days, today=today),
        partial(places, streets=streets),
        marked_amounts,
        long_numbers,
        bare_amounts,
        other_numbers,
        things,
    )


def _entity(sentence: Sentence, claim: Claim) -> Entity:
    return Entity(claim.kind, sentence.raw(claim.first, claim.last), claim.value)
