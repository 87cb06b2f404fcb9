"""How a call begins: whether the city is open, and in which language we speak."""

from datetime import datetime, time
from typing import Final, Literal

from babel.dates import format_date

from calendars.hours import OpenStatus, status_at
from calendars.opening import calendar_for
from config.words import LANGUAGES, Both, Language
from ivr.speaking import time_words
from ivr.verb import LANGUAGE_CHOSEN, Tell, Turn, verb
from routing.closures import current

OFFICE: Final = "office"


@verb(
    opens_next=Tell("both", {"en": "Monday at 8 in the morning", "es": "lunes a las 8"}),
    closure=Tell("both", {"en": "The city is closed.", "es": "La ciudad está cerrada."}),
    holiday=Tell("both", {"en": "Thanksgiving", "es": "el Día de Acción de Gracias"}),
)
def look_at_the_clock(
    turn: Turn,
) -> Literal["open", "closed", "holiday", "emergency closure"]:
    """Find out whether the offices are open at this moment."""
    status = status_now(turn)
    turn.remember("opens next", opens_next_words(status, turn))
    turn.remember("closure", status.name or Both("", ""))
    turn.remember("holiday", status.name or Both("", ""))
    if status.open:
        return "open"
    if status.why == "closure":
        return "emergency closure"
    return "holiday" if status.why in {"holiday", "half day"} else "closed"


@verb()
def change_the_language(turn: Turn) -> Literal["changed"]:
    """Speak the other language from here on."""
    turn.language = "en" if turn.language == "es" else "es"
    turn.remember(LANGUAGE_CHOSEN, value=True)
    return "changed"


def status_now(turn: Turn) -> OpenStatus:
    """Ask the calendar of the office, emergency closures included.

    Production does not speak hours that nobody has verified: but for a closure, it is open then,
    and whoever finds nobody at the desk's phone is called back.
    """
    now, city = turn.world.now(), turn.world.city
    closures = turn.world.database.run(lambda session: current(session, now))
    status = status_at(now, calendar_for(city, OFFICE), closures)
    if turn.world.production and city.hours[OFFICE].origin.unverified and status.why != "closure":
        return OpenStatus(open=True, why="open", opens_next=None, closes=None, name=None)
    return status


def opens_next_words(status: OpenStatus, turn: Turn) -> Both:
    """Say when the offices open again, as a caller would: today, tomorrow, on Monday."""
    moment = status.opens_next
    if moment is None:
        return Both("when this is over", "cuando esto termine")
    said = {language: moment_words(moment, turn, language) for language in LANGUAGES}
    return Both(said["en"], said["es"])


def moment_words(moment: datetime, turn: Turn, language: Language) -> str:
    """Say a day and a time of the coming week."""
    zone = turn.world.city.zone
    there, here = moment.astimezone(zone), turn.world.now().astimezone(zone)
    days = (there.date() - here.date()).days
    near = {0: Both("today", "hoy"), 1: Both("tomorrow", "mañana")}.get(days)
    weekday = format_date(there.date(), "EEEE", locale=language)
    if near is None:
        day = f"on {weekday}" if language == "en" else f"el {weekday}"
    else:
        day = near.get(language)
    return f"{day} {at_time(there.time(), language)}"


def at_time(moment: time, language: Language) -> str:
    """Say at what time, with the article that Spanish wants: "a la 1", "a las 8", "al mediodía"."""
    words = time_words(moment, language)
    if language == "en":
        return f"at {words}"
    if not words[0].isdigit():
        return f"al {words}" if moment.hour else f"a la {words}"
    return f"a la {words}" if moment.hour % 12 == 1 else f"a las {words}"
