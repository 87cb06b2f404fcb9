"""Dates as people say them: "tomorrow", "next friday", "el quince", "november 3rd", "11/3".

A day without a year is the next such day, unless a named one ("november 3rd") has gone by less
than sixty days ago: then that is meant. "Next friday" is the Friday of next week and "el próximo
viernes" the coming one, as people say them. Numbers are month, then day, in both languages,
unless the first cannot be a month.
"""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from config.words import Language
from nlp.spoken.calendar_words import (
    MONTH_ENDS,
    MONTHS,
    NEAR_DAYS,
    NEXT,
    NEXT_WEEK,
    PARTS_OF_DAY,
    PAST,
    THIS,
    UNITS,
    WEEKDAYS,
)
from nlp.spoken.day_numbers import day_of, day_of_month, from_numbers, keyed_date, month_end
from nlp.spoken.folding import fold
from nlp.spoken.lists import word_set
from nlp.spoken.numerals import Number, scan
from nlp.spoken.ordinals import as_cardinals, without_suffixes
from nlp.spoken.runs import after_correction
from nlp.spoken.text import FILLERS, holds, starts_at, tokens

Item = Number | str

_WEEK: Final = 7
_MOST_COUNTED: Final = 1000  # "in a thousand days" is the furthest that is believed
ISO: Final = re.compile(r"(?<![0-9])([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?![0-9])")
WRITTEN: Final = re.compile(
    r"(?<![0-9/.-])([0-9]{1,2})[/.-]([0-9]{1,2})(?:[/.-]([0-9]{4}|[0-9]{2}))?(?![0-9/-])"
)
_CLOCK: Final = re.compile(r"[0-9]{1,2}:[0-9]{2}|[0-9]{1,2} ?(?:a\.?m|p\.?m)\b")
_OF: Final = word_set("of de del the el dia day")
_DAY_MARK: Final = word_set("the el dia on para")
_AT: Final = word_set("at las")
_ONE: Final = word_set("a an one un una")
_LOOSE: Final = (
    FILLERS
    | word_set("""
    the on of el la en de del for by it is it's es sera dia day date fecha para a i want would
    want quiero mes month and y at las that
    """)
    | set(WEEKDAYS)
)
_LAST_DAY: Final = 31
_LAST_OF_MONTH_DIGITS: Final = 2


def said_date(words: str, language: Language, today: date) -> date | None:
    """Return the one date in the words; what follows a correction counts first."""
    text = without_suffixes(fold(words))
    written = ISO.search(text)
    if written:
        return from_numbers([written[2], written[3], written[1]], today)
    slashed = WRITTEN.search(text)
    if slashed:
        return from_numbers([part for part in slashed.groups() if part], today)
    said = tokens(_CLOCK.sub(" ", text))
    later = after_correction(said)
    found = _find(later, language, today) if later else None
    return found or _find(said, language, today)


def _find(said: list[str], language: Language, today: date) -> date | None:
    words = _without(said, PARTS_OF_DAY)
    if holds(words, MONTH_ENDS):
        return month_end(today)
    items = scan(as_cardinals(words), language)
    counted = _counted(items, language, today)
    return counted or _named(words, _without_times(items), today)


def _without(words: list[str], phrases: Sequence[tuple[str, ...]]) -> list[str]:
    for phrase in phrases:
        for place in reversed(starts_at(words, phrase)):
            words = words[:place] + words[place + len(phrase) :]
    return words


def _without_times(items: list[Item]) -> list[Item]:
    """Without "at three", "a las tres": the hour is no part of a date."""
    before = ["", *items]
    return [
        item
        for item, previous in zip(items, before, strict=False)
        if not (isinstance(item, Number) and previous in _AT)
    ]


def _counted(items: list[Item], language: Language, today: date) -> date | None:
    """Read "in three days", "a week from friday", "dentro de dos semanas", "hace tres días"."""
    place = next((at for at, item in enumerate(items) if item in UNITS), 0)
    before, after = items[:place], [*items[place + 1 :], ""]
    count = _count(before[-1]) if before else 0
    if not 0 < count <= _MOST_COUNTED:
        return None
    days = timedelta(days=count * UNITS[str(items[place])])
    if "ago" in after or "hace" in before:
        return today - days
    if after[0] == "from":
        base = _find([_text(item) for item in after[1:-1]], language, today)
        return (base or today) + days
    return today + days if {"in", "en", "dentro"} & set(before) else None


def _text(item: Item) -> str:
    return item if isinstance(item, str) else item.digits


def _count(item: Item) -> int:
    return item.value if isinstance(item, Number) else int(item in _ONE)


def _named(words: list[str], items: list[Item], today: date) -> date | None:
    """By month and day, by nearness, by number; a weekday beside them must agree."""
    weekdays = {WEEKDAYS[word] for word in words if word in WEEKDAYS}
    found = {_month_day(items, today), _near(words, today)} - {None}
    found = found or {_by_number(items, today)} - {None}
    if not found and len(weekdays) == 1:
        return _coming(words, today)
    if len(found) != 1:
        return None
    day = found.pop()
    return day if day and weekdays <= {day.weekday()} else None


def _near(words: list[str], today: date) -> date | None:
    days = next((days for phrase, days in NEAR_DAYS if starts_at(words, phrase)), None)
    return None if days is None else today + timedelta(days=days)


def _month_day(items: list[Item], today: date) -> date | None:
    """Read "november 3rd", "the third of november 2026", "3 de noviembre de dos mil veintiséis"."""
    places = [at for at, item in enumerate(items) if item in MONTHS]
    if len(places) != 1:
        return None
    month = MONTHS[str(items[places[0]])]
    before = _numbers_beside(items[: places[0]][::-1])[:1]
    after = _numbers_beside(items[places[0] + 1 :])
    if before and _is_day(before[0]):
        return day_of(month, int(before[0]), _year(after), today)
    if after and _is_day(after[0]):
        return day_of(month, int(after[0]), _year(after[1:]), today)
    return None


def _numbers_beside(items: Sequence[Item]) -> list[str]:
    """Return the digits of the numbers that begin here, "of" and "the" passed over."""
    found: list[str] = []
    for item in items:
        if isinstance(item, Number):
            found.append(item.digits)
        elif item not in _OF:
            break
    return found


def _is_day(digits: str) -> bool:
    return len(digits) <= _LAST_OF_MONTH_DIGITS and 0 < int(digits) <= _LAST_DAY


def _year(numbers: Sequence[str]) -> str:
    """Join a year: "2026", or "20 26" from "twenty twenty six"; "" for none."""
    year = "".join(numbers)
    return year if len(year) == 4 and year[:2] in {"19", "20"} else ""  # noqa: PLR2004  a full year


def _by_number(items: list[Item], today: date) -> date | None:
    """Read "the fifteenth", "eleven three", "1 1 0 3"."""
    before = ["", *items]
    marked = [
        item
        for item, previous in zip(items, before, strict=False)
        if isinstance(item, Number) and previous in _DAY_MARK
    ]
    loose = all(isinstance(item, Number) or item in _LOOSE for item in items)
    numbers = [item for item in items if isinstance(item, Number)] if loose else marked
    return _from_row([number.digits for number in numbers], today)


def _from_row(row: list[str], today: date) -> date | None:
    if len(row) == 1 and _is_day(row[0]):
        return day_of_month(int(row[0]), today)
    year = _year(row[2:])
    parts = [*row[:2], year] if year else row
    if 2 <= len(parts) <= 3 and all(map(_is_day, parts[:2])):  # noqa: PLR2004  month, day, year
        return from_numbers(parts, today)
    return keyed_date("".join(row), today)


def _coming(words: list[str], today: date) -> date:
    """Return the weekday that is meant, seen from today."""
    place = next(at for at, word in enumerate(words) if word in WEEKDAYS)
    weekday = WEEKDAYS[words[place]]
    beside = {*words[max(place - 1, 0) : place], *words[place + 1 : place + 3]}
    if beside & PAST:
        return today - timedelta(days=(today.weekday() - weekday) % _WEEK or _WEEK)
    if beside & NEXT or holds(words, NEXT_WEEK):
        return today + timedelta(days=_WEEK - today.weekday() + weekday)
    ahead = (weekday - today.weekday()) % _WEEK
    same_day = not ahead and not beside & THIS
    return today + timedelta(days=_WEEK if same_day else ahead)
