"""The words of the calendar in both languages, as recognisers write them, accents folded."""

from collections.abc import Mapping
from typing import Final

from nlp.spoken.lists import table, word_set


def _numbered(lines: str, start: int) -> dict[str, int]:
    """Names by line; the names on one line mean the same."""
    return {
        name: number
        for number, names in enumerate(lines.strip().splitlines(), start)
        for name in names.split()
    }


MONTHS: Final[Mapping[str, int]] = _numbered(
    """january jan enero
    february feb febrero
    march mar marzo
    april apr abril
    may mayo
    june jun junio
    july jul julio
    august aug agosto
    september sep sept septiembre setiembre
    october oct octubre
    november nov noviembre
    december dec diciembre""",
    1,
)
WEEKDAYS: Final[Mapping[str, int]] = _numbered(
    """monday mondays lunes
    tuesday tuesdays martes
    wednesday wednesdays miercoles
    thursday thursdays jueves
    friday fridays viernes
    saturday saturdays sabado
    sunday sundays domingo""",
    0,
)
# Days from today. Longer phrases stand first: "pasado mañana" holds "mañana".
NEAR_DAYS: Final = tuple(
    (tuple(phrase.split()), days)
    for phrase, days in (
        ("day before yesterday", -2),
        ("day after tomorrow", 2),
        ("pasado manana", 2),
        ("antes de ayer", -2),
        ("anteayer", -2),
        ("antier", -2),
        ("yesterday", -1),
        ("ayer", -1),
        ("today", 0),
        ("tonight", 0),
        ("this morning", 0),
        ("this afternoon", 0),
        ("this evening", 0),
        ("right now", 0),
        ("hoy", 0),
        ("esta noche", 0),
        ("esta tarde", 0),
        ("esta manana", 0),
        ("ahora mismo", 0),
        ("tomorrow", 1),
        ("manana", 1),
    )
)
PARTS_OF_DAY: Final = tuple(
    tuple(phrase.split())
    for phrase in ("por la manana", "en la manana", "de la manana", "a la manana")
)
UNITS: Final[Mapping[str, int]] = {
    **dict.fromkeys(table("day days dia dias"), 1),
    **dict.fromkeys(table("week weeks semana semanas"), 7),
}
MONTH_ENDS: Final = tuple(
    tuple(phrase.split())
    for phrase in (
        "end of the month",
        "end of month",
        "last day of the month",
        "last of the month",
        "fin de mes",
        "fin del mes",
        "final del mes",
        "ultimo del mes",
        "ultimo dia del mes",
    )
)
NEXT_WEEK: Final = tuple(
    tuple(phrase.split())
    for phrase in (
        "next week",
        "proxima semana",
        "semana proxima",
        "siguiente semana",
        "semana siguiente",
        "semana que viene",
        "semana que entra",
    )
)
NEXT: Final = frozenset({"next", "following"})
THIS: Final = frozenset({"this", "este"})
PAST: Final = word_set("last past pasado")
