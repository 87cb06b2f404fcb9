"""Places: addresses, cross streets and landmarks, as said and as written."""

from datetime import date

import pytest

from config.words import Language
from ivr.heard import Heard
from ivr.listening import LISTENERS, Reading

TODAY = date(2026, 11, 18)
PLACE = LISTENERS["place"]


def tidied(words: str, language: Language) -> object:
    reading = PLACE.read(Heard(words=words), language, TODAY)
    return reading.value["tidy"] if reading and isinstance(reading.value, dict) else None


@pytest.mark.parametrize(
    ("words", "tidy"),
    [
        ("center street and five hundred west", "Center Street & 500 West"),
        ("Center Street and 500 West.", "Center Street & 500 West"),
        ("Center St & 500 W", "Center Street & 500 West"),
        ("five hundred west and center", "500 West & Center"),
        ("it's at the corner of freedom and center", "Freedom & Center"),
        ("ninth east and ninth north", "900 East & 900 North"),
        ("9th East", "900 East"),
        ("fifth west", "500 West"),
        ("first avenue", "First Avenue"),
        ("three fifty one west center street", "351 West Center Street"),
        ("my address is 351 W. Center St.", "351 West Center Street"),
        ("one twenty north five hundred east", "120 North 500 East"),
        ("1 20 north 500 east", "120 North 500 East"),
        ("twelve fifty five east nine hundred north", "1255 East 900 North"),
        ("1 1 0 0 north", "1100 North"),
        ("eleven hundred north freedom boulevard", "1100 North Freedom Boulevard"),
        ("1230 N University Ave", "1230 North University Avenue"),
        ("university avenue at 12 30 north", "University Avenue & 1230 North"),
        (
            "two twenty five north main st and first south",
            "225 North Main Street & 100 South",
        ),
        ("450 north 200 west apartment 3", "450 North 200 West Apartment 3"),
        ("15 500 west", "15 500 West"),
        ("123456 500 west", "123456 500 West"),
        ("st mary church", "St Mary Church"),
        ("in front of the rec center on 500 north", "In Front of the Rec Center on 500 North"),
        ("the big tree by the library", "Big Tree by the Library"),
        ("at the McDonald's on 9999th north", "McDonald's on 9999th North"),
        (
            "stop sign is down and the light is out",
            "Stop Sign Is Down and the Light Is Out",
        ),
        ("meet at center", "Meet at Center"),
    ],
)
def test_an_english_place_is_tidied(words: str, tidy: str) -> None:
    assert tidied(words, "en") == tidy


@pytest.mark.parametrize(
    ("words", "tidy"),
    [
        ("calle center y quinientos oeste", "Center Street & 500 West"),
        ("la esquina de calle center con quinientos oeste", "Center Street & 500 West"),
        ("avenida university y cien norte", "University Avenue & 100 North"),
        ("trescientos cincuenta y uno oeste calle center", "351 West Center Street"),
        ("mi dirección es 450 norte 200 oeste", "450 North 200 West"),
        ("calle 500 oeste", "500 West"),
        ("quinientos este", "500 East"),
        ("la calle principal", "Principal Street"),
        ("calle freedom boulevard", "Freedom Boulevard"),
        ("enfrente de la panadería", "Enfrente de la Panadería"),
        ("center street and 500 west", "Center Street & 500 West"),
    ],
)
def test_a_spanish_place_gets_the_words_of_the_signs(words: str, tidy: str) -> None:
    assert tidied(words, "es") == tidy


@pytest.mark.parametrize(
    "words",
    ["", "um", "uh please", "I don't know", "no sé", "450", "4 5 0", "4111 1111 1111 1111", "the"],
)
def test_what_names_no_place_is_not_understood(words: str) -> None:
    assert tidied(words, "en") is None


def test_what_was_said_is_kept_beside_the_tidy_form() -> None:
    heard = Heard(words="  um fifth west  and Center ")
    assert PLACE.read(heard, "en", TODAY) == Reading(
        "place", {"raw": "um fifth west and Center", "tidy": "500 West & Center"}
    )
