"""Values as the voice says them, in both languages: money, dates, numbers in groups.

Every text holds only characters that XML 1.0 allows, so it may stand in TwiML once the writer of
the document has escaped it. Amounts and dates are spelled so that `nlp.spoken` reads them back
to the same value.
"""

import re
from collections.abc import Mapping
from datetime import date, time
from typing import Final, Literal, cast, get_args

from config.words import Language
from nlp.spoken.lists import table

Kind = Literal["plain", "threes", "digits", "money", "date", "time", "phone"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

_CENTS: Final = 100  # in a dollar, and below "hundred"
_MINUS: Final[Mapping[Language, str]] = {"en": "minus ", "es": "menos "}
_UNITS: Final[Mapping[Language, tuple[str, str, str, str]]] = {
    "en": ("dollar", "dollars", "cent", "cents"),
    "es": ("dólar", "dólares", "centavo", "centavos"),
}
_AND: Final[Mapping[Language, str]] = {"en": " and ", "es": " con "}
_OF: Final[Mapping[Language, str]] = {"en": "", "es": "de "}
_MILLION_DOLLARS: Final = 1_000_000
_MONTHS: Final[Mapping[Language, tuple[str, ...]]] = {
    "en": table(
        "January February March April May June July August September October November December"
    ),
    "es": table(
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
    ),
}
_WEEKDAYS: Final[Mapping[Language, tuple[str, ...]]] = {
    "en": table("Monday Tuesday Wednesday Thursday Friday Saturday Sunday"),
    "es": table("lunes martes miércoles jueves viernes sábado domingo"),
}
_ENDINGS: Final = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}
_NOON: Final = 12
_EVENING: Final = 19  # from seven on Spanish says "de la noche"
_DAWN: Final = 5
_THOUSAND: Final = 1000
_MOST_SAID: Final = 999_999_999  # above it a number is given in digits and the voice reads it
_SMALL: Final[Mapping[Language, tuple[str, ...]]] = {
    "en": table(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen"
    ),
    # As before a noun: "un", "veintiún".
    "es": table(
        "cero un dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince "
        "dieciséis diecisiete dieciocho diecinueve veinte veintiún veintidós veintitrés "
        "veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve"
    ),
}
_TENS: Final[Mapping[Language, tuple[str, ...]]] = {
    "en": table("- - twenty thirty forty fifty sixty seventy eighty ninety"),
    "es": table("- - - treinta cuarenta cincuenta sesenta setenta ochenta noventa"),
}
_HUNDREDS: Final = table(
    "- ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos "
    "novecientos"
)
_JOIN_TENS: Final[Mapping[Language, str]] = {"en": "-", "es": " y "}
_TWELVES: Final[Mapping[Language, tuple[str, str]]] = {
    "en": ("midnight", "noon"),
    "es": ("medianoche", "mediodía"),
}
_NANP: Final = re.compile(r"\+1([0-9]{3})([0-9]{3})([0-9]{4})")
_DATE_END: Final = re.compile("[T ]")
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def plain(value: object) -> str:
    """Return the value as text that XML can hold; of a place, its tidy form."""
    shown = (
        cast("Mapping[str, object]", value).get("tidy", "") if isinstance(value, Mapping) else value
    )
    return _NOT_XML.sub("", str(shown))


def digits_apart(digits: str) -> str:
    """Part digits, "1 2 3 4"; anything that is no digit is left out."""
    return " ".join(_only_digits(digits))


def threes(digits: str) -> str:
    """Say "123456782" as "1 2 3, 4 5 6, 7 8 2"."""
    kept = _only_digits(digits)
    return ", ".join(digits_apart(kept[at : at + 3]) for at in range(0, len(kept), 3))


def phone_words(number: str) -> str:
    """Say "+18015550100" as "8 0 1, 5 5 5, 0 1 0 0"; other countries' digit by digit."""
    groups = _NANP.fullmatch(number)
    return ", ".join(map(digits_apart, groups.groups())) if groups else digits_apart(number)


def money_words(cents: int, language: Language) -> str:
    """Whole cents in words: 14892 is "one hundred forty-eight dollars and ninety-two cents"."""
    dollars, part = divmod(abs(cents), _CENTS)
    one_dollar, many_dollars, one_cent, many_cents = _UNITS[language]
    said: list[str] = []
    if dollars or not part:
        of = _OF[language] if dollars and dollars % _MILLION_DOLLARS == 0 else ""
        unit = one_dollar if dollars == 1 else many_dollars
        said.append(f"{number_words(dollars, language)} {of}{unit}")
    if part:
        said.append(f"{number_words(part, language)} {one_cent if part == 1 else many_cents}")
    return (_MINUS[language] if cents < 0 else "") + _AND[language].join(said)


def number_words(number: int, language: Language) -> str:
    """Spell a count before a noun: 21 is "twenty-one", and "veintiún"."""
    if number > _MOST_SAID:
        return str(number)
    thousands, rest = divmod(number, _THOUSAND)
    millions, thousands = divmod(thousands, _THOUSAND)
    said = [
        _millions(millions, language),
        _thousands(thousands, language),
        _hundreds(rest, language),
    ]
    return " ".join(word for word in said if word) or _SMALL[language][0]


def _millions(count: int, language: Language) -> str:
    name = "million" if language == "en" else "millón" if count == 1 else "millones"
    return f"{number_words(count, language)} {name}" if count else ""


def _thousands(count: int, language: Language) -> str:
    if language == "es":
        return "mil" if count == 1 else f"{_hundreds(count, 'es')} mil" if count else ""
    return f"{_hundreds(count, 'en')} thousand" if count else ""


def _hundreds(number: int, language: Language) -> str:
    hundreds, rest = divmod(number, _CENTS)
    if not hundreds:
        return _below_hundred(rest, language)
    if language == "es":
        head = _HUNDREDS[hundreds] if hundreds > 1 or rest else "cien"
    else:
        head = f"{_SMALL['en'][hundreds]} hundred"
    return " ".join(word for word in (head, _below_hundred(rest, language)) if word)


def _below_hundred(number: int, language: Language) -> str:
    small = _SMALL[language]
    if number < len(small):
        return small[number] if number else ""
    tens, unit = divmod(number, 10)
    joined = f"{_JOIN_TENS[language]}{small[unit]}" if unit else ""
    return _TENS[language][tens] + joined


def date_words(day: date, language: Language) -> str:
    """Say a date: "Tuesday, November 3rd, 2026" or "martes 3 de noviembre de 2026"."""
    weekday = _WEEKDAYS[language][day.weekday()]
    month = _MONTHS[language][day.month - 1]
    if language == "en":
        return f"{weekday}, {month} {day.day}{_ENDINGS.get(day.day, 'th')}, {day.year}"
    number = "primero" if day.day == 1 else str(day.day)
    return f"{weekday} {number} de {month} de {day.year}"


def time_words(moment: time, language: Language) -> str:
    """Say a time: "7:30 AM", "noon"; "7:30 de la mañana". No article: that is the sentence's."""
    if moment.minute == 0 and moment.hour % _NOON == 0:
        return _TWELVES[language][moment.hour // _NOON]
    hour = moment.hour % _NOON or _NOON
    minutes = f":{moment.minute:02d}" if moment.minute else ""
    return f"{hour}{minutes} {_part_of_day(moment.hour, language)}"


def _part_of_day(hour: int, language: Language) -> str:
    if language == "en":
        return "AM" if hour < _NOON else "PM"
    if hour < _NOON:
        return "de la mañana" if hour >= _DAWN else "de la madrugada"
    return "de la tarde" if hour < _EVENING else "de la noche"


def say_kind(kind: Kind, value: object, language: Language) -> str:
    """Say the value as a flow asks for it. Dates and times may be ISO 8601 text, as in a memo.

    A value that does not suit its kind is said plainly: a call never ends for that.
    """
    if kind == "plain":
        return plain(value)
    try:
        return _said(kind, value, language)
    except (TypeError, ValueError):
        return plain(value)


def _said(kind: Kind, value: object, language: Language) -> str:
    match kind:
        case "money":
            return money_words(int(plain(value)), language)
        case "date":
            return date_words(date.fromisoformat(plain(value)[:10]), language)
        case "time":
            return time_words(time.fromisoformat(_DATE_END.split(plain(value))[-1]), language)
        case "threes":
            return threes(plain(value))
        case "phone":
            return phone_words(plain(value))
        case _:
            return digits_apart(plain(value))


def _only_digits(text: str) -> str:
    return "".join(letter for letter in text if letter in "0123456789")
