"""Services and bins named in a sentence, in both languages, each with one name of its own.

A black can is for garbage, as the city's own words have it ("a second black can"). No source says
what blue and green cans are, so a colour alone is nothing else here.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from nlp.entities.sentence import Claim, Sentence
from nlp.spoken.folding import fold
from nlp.spoken.lists import split_phrases, table

_CONTAINERS_EN: Final = table("can cans bin bins cart carts container containers barrel barrels")
_CONTAINERS_ES: Final = table(
    "bote botes contenedor contenedores cubo cubos tacho tachos tambo tambos bidón barril"
)
_HELD_EN: Final[Mapping[str, str]] = {
    "garbage": "garbage, trash, rubbish, waste, black",
    "recycling": "recycling, recycle, recyclables",
    "green_waste": "green waste, yard waste, yard, compost, leaf",
}
_HELD_ES: Final[Mapping[str, str]] = {
    "garbage": "de basura, de la basura, para basura, para la basura, negro, negros",
    "recycling": """
        de reciclaje, del reciclaje, de reciclar, de reciclables, para reciclaje, para reciclar
        para el reciclaje
        """,
    "green_waste": """
        de desechos verdes, de residuos verdes, de desechos de jardín, de residuos de jardín
        de desechos del jardín, de jardín, del jardín, de yarda, de la yarda
        """,
}
_ALONE: Final[Mapping[str, str]] = {
    "garbage": "dumpster, zafacón",
    "green_waste": """
        green waste, yard waste, desechos verdes, residuos verdes, desechos de jardín
        desechos del jardín, residuos de jardín
        """,
}
_SERVICES: Final[Mapping[str, str]] = {
    "power": """
        power, electricity, electric, electrical, luz, electricidad, corriente, energía eléctrica
        servicio eléctrico
        """,
    "water": "water, agua, agua potable",
    "sewer": """
        sewer, sewers, sewage, wastewater, waste water, drenaje, alcantarillado, aguas negras
        aguas residuales, drenaje sanitario
        """,
    "storm": """
        storm drain, storm drains, storm water, stormwater, storm sewer, drenaje pluvial
        drenaje de lluvia, drenaje de la lluvia, aguas pluviales, agua pluvial
        agua de lluvia, alcantarilla, alcantarillas
        """,
    "garbage": """
        garbage, trash, sanitation, rubbish, basura, saneamiento, recolección de basura
        """,
    "recycling": "recycling, recycle, reciclaje, reciclar, reciclables, recyclables",
    "fiber": """
        fiber, fibre, fiber internet, fiber optic, fiber optics, fibra, fibra óptica
        internet de fibra
        """,
}
# These hold a word of a service and are none.
_NEITHER: Final = """
    power of attorney, power wheelchair, power washing, power wash, power washer, water bottle
    water slide, willpower, electric car, electric bike, electric scooter, dar a luz, dio a luz
    luz verde, luz roja, luz de la calle, luces de la calle, luz de calle, luz del semáforo
    traffic power, purchasing power, power trip, water park, water heater, hot water heater
    electric razor, trash talk, cuenta corriente, fibra de vidrio, dietary fiber
    """


Phrase = tuple[str, ...]


def _bins() -> Iterator[tuple[Phrase, str]]:
    """Yield every container with every word for what it holds."""
    for value, lines in _HELD_EN.items():
        for held in split_phrases(lines):
            yield from (((*held, container), value) for container in _CONTAINERS_EN)
    for value, lines in _HELD_ES.items():
        for held in split_phrases(lines):
            yield from (((fold(container), *held), value) for container in _CONTAINERS_ES)
    yield from _each(_ALONE)


def _each(values: Mapping[str, str]) -> Iterator[tuple[Phrase, str]]:
    for value, lines in values.items():
        yield from ((phrase, value) for phrase in split_phrases(lines))


def _table() -> dict[str, list[tuple[Phrase, str, str]]]:
    """List the phrases by their first word, the longest first."""
    kinds = (("bin", _bins()), ("service", _each(_SERVICES)), ("", _each({"": _NEITHER})))
    phrases = [(phrase, kind, value) for kind, named in kinds for phrase, value in named]
    found: dict[str, list[tuple[Phrase, str, str]]] = {}
    for phrase in sorted(phrases, key=lambda one: (-len(one[0]), one)):
        found.setdefault(phrase[0][0], []).append(phrase)
    return found


_BY_FIRST: Final = _table()


def things(sentence: Sentence) -> Iterator[Claim]:
    """Find services and bins; at each word the longest phrase counts."""
    place = 0
    while place < len(sentence.words):
        claim = _longest(sentence, place)
        if claim and claim.kind:
            yield claim
        place = claim.last if claim else place + 1


def _longest(sentence: Sentence, place: int) -> Claim | None:
    for phrase, kind, value in _BY_FIRST.get(sentence.plain[place], ()):
        last = place + len(phrase)
        if tuple(sentence.plain[place:last]) == phrase and sentence.free(place, last):
            return Claim(kind, place, last, value)
    return None
