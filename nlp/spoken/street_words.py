"""The words of addresses in both languages, accents folded."""

from collections.abc import Mapping
from typing import Final

from nlp.spoken.lists import split_phrases, word_set
from nlp.spoken.text import FILLERS

DIRECTIONS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("north", "n", "norte"), "North"),
    **dict.fromkeys(("south", "s", "sur"), "South"),
    **dict.fromkeys(("east", "e", "este"), "East"),
    **dict.fromkeys(("west", "w", "oeste"), "West"),
}
STREETS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("street", "st"), "Street"),
    **dict.fromkeys(("avenue", "ave", "av"), "Avenue"),
    **dict.fromkeys(("road", "rd"), "Road"),
    **dict.fromkeys(("drive", "dr"), "Drive"),
    **dict.fromkeys(("boulevard", "blvd"), "Boulevard"),
    **dict.fromkeys(("lane", "ln"), "Lane"),
    **dict.fromkeys(("court", "ct"), "Court"),
    **dict.fromkeys(("circle", "cir"), "Circle"),
    **dict.fromkeys(("place", "pl"), "Place"),
    **dict.fromkeys(("parkway", "pkwy"), "Parkway"),
    **dict.fromkeys(("highway", "hwy"), "Highway"),
}
SPANISH_STREETS: Final[Mapping[str, str]] = {"calle": "Street", "avenida": "Avenue"}
JOINERS: Final = word_set("& and y con at")
SMALL_WORDS: Final = word_set("of the by in on at and de del la el los las en y con")
LEAD_INS: Final = FILLERS | word_set("""
    it's it is I'm i am at on the my our address that this would be it's located live yeah yes
    place corner of intersection es la el esta estoy en mi nuestra dirección sí queda vivo
    lugar esquina intersección de que and y &
    """)
NOWHERE: Final = split_phrases(
    "don't know, do not know, not sure, no idea, no se, no estoy seguro, no estoy segura"
)
