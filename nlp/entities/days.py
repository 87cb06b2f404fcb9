"""Dates in a sentence: what may name a day is marked out here and read by nlp/spoken/dates.py."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Final

from nlp.entities.sentence import Claim, Piece, Sentence
from nlp.spoken.calendar_words import (
    MONTH_ENDS,
    MONTHS,
    NEAR_DAYS,
    NEXT_WEEK,
    UNITS,
    WEEKDAYS,
)
from nlp.spoken.dates import ISO, WRITTEN, said_date
from nlp.spoken.lists import split_phrases, word_set
from nlp.spoken.numerals import Number
from nlp.spoken.text import starts_at

Span = tuple[int, int]  # words, from the first up to the last (not in it)

# Two days, more than a year apart and on different weekdays: a date that is the same seen from
# both needs no "today".
_ANY_DAYS: Final = (date(2026, 1, 1), date(2029, 6, 13))
_LAST_DAY: Final = 31
_YEARS: Final = (1900, 2100)
_CENTURY_DIGITS: Final = 2
_OF: Final = word_set("of de del the el la dia day")
_BESIDE_WEEKDAY: Final = word_set("next this last past following este proximo pasado siguiente")
_AFTER_WEEKDAY: Final = split_phrases(
    "que viene, que entra, pasado, proximo, of next week, de la proxima semana, "
    "de la semana proxima, de la semana que viene, de la semana que entra, de la otra semana"
) | frozenset(NEXT_WEEK)
_EVERY: Final = word_set("every each cada los todos")
_NOW: Final = frozenset({("right", "now"), ("ahora", "mismo")})
_MORNING: Final = word_set("la buena cada")  # "por la mañana" is a time of day
_FROM: Final = word_set("now today tomorrow hoy manana")
# What may follow "the fifteenth", "el quince": not a noun that it would count.
_AFTER_DAY: Final = word_set("""
    of at by for and or to is was when because but please in from i my we if so then that does
    y o por para a de en porque pero si mi me cuando no puedo voy es fue entonces del
    """)
_PRESSED: Final = word_set("""
    press dial push number option oprima marque presione número opción tecla
    """)
_NEVER: Final = frozenset({"24/7", "7/24"})


def days(sentence: Sentence, *, today: date | None) -> Iterator[Claim]:
    """Find dates, each with its value in ISO 8601."""
    spans = (span for find in _FINDERS for span in find(sentence))
    for first, last in spans:
        claim = _read(sentence, first, last, today)
        if claim:
            yield claim


def _read(sentence: Sentence, first: int, last: int, today: date | None) -> Claim | None:
    if first >= last or not sentence.free(first, last):
        return None
    # "Since monday" is the one that was; said_date looks for "past" beside the day.
    since = " past" if "since" in sentence.before(first) else ""
    said = sentence.raw(first, last) + since
    language = sentence.language_of(first, last)
    seen_from = _ANY_DAYS if today is None else (today,)
    found = {said_date(said, language, each) for each in seen_from}
    day = found.pop()
    if found or day is None or not _YEARS[0] <= day.year <= _YEARS[1]:
        return None
    return Claim("date", first, last, day.isoformat())


def _written(sentence: Sentence) -> Iterator[Span]:
    """Find "2026-11-03", "11/3/2026", "11/3"; without a year only the slash tells a date."""
    for match in (*ISO.finditer(sentence.text), *WRITTEN.finditer(sentence.text)):
        dated = "/" in match.group() or len(match.groups("")[2]) > 0
        words = [
            place
            for place, word in enumerate(sentence.words)
            if match.start() <= word.start < match.end()
        ]
        if dated and words and match.group() not in _NEVER:
            yield words[0], words[-1] + 1


def _by_month(sentence: Sentence) -> Iterator[Span]:
    """Find "november 3rd", "the third of november 2026", "viernes 3 de noviembre"."""
    pieces = sentence.counted
    for at, piece in enumerate(pieces):
        if piece.item not in MONTHS:
            continue
        first, last = _day_before(pieces, at), at + 1
        if first == at:
            last = _day_after(pieces, at)
        if last - first > 1:
            first = _weekday_before(pieces, first)
            yield pieces[first].first, pieces[_with_year(pieces, last) - 1].last


def _day_before(pieces: Sequence[Piece], at: int) -> int:
    place = at - 1
    while place >= 0 and pieces[place].item in _OF:
        place -= 1
    if place < 0 or not _is_day(pieces[place]):
        return at
    return place - 1 if place and pieces[place - 1].item in {"the", "el"} else place


def _day_after(pieces: Sequence[Piece], at: int) -> int:
    place = at + 1
    while place < len(pieces) and pieces[place].item in _OF:
        place += 1
    return place + 1 if place < len(pieces) and _is_day(pieces[place]) else at + 1


def _weekday_before(pieces: Sequence[Piece], first: int) -> int:
    return first - 1 if first and pieces[first - 1].item in WEEKDAYS else first


def _with_year(pieces: Sequence[Piece], last: int) -> int:
    place = last
    while place < len(pieces) and pieces[place].item in {"of", "de", "del"}:
        place += 1
    digits = [
        piece.item.digits if isinstance(piece.item, Number) else ""
        for piece in pieces[place : place + 2]
    ]
    if digits and _is_year(digits[0]):
        return place + 1
    parted = "".join(digits) if [len(part) for part in digits] == [_CENTURY_DIGITS] * 2 else ""
    return place + 2 if _is_year(parted) else last


def _is_year(digits: str) -> bool:
    return len(digits) == len("2026") and digits[:2] in {"19", "20"}


def _is_day(piece: Piece) -> bool:
    number = piece.item if isinstance(piece.item, Number) else Number("0")
    return len(number.digits) <= len("31") and 0 < number.value <= _LAST_DAY


def _counted(sentence: Sentence) -> Iterator[Span]:
    """Find "in two weeks", "three days ago", "a week from friday", "hace tres días"."""
    pieces = sentence.counted
    for at, piece in enumerate(pieces):
        if piece.item not in UNITS or not at:
            continue
        before, after = _marked_before(pieces, at - 1), _marked_after(pieces, at + 1)
        if before < at - 1 or after > at + 1:
            yield pieces[before].first, pieces[after - 1].last


def _marked_before(pieces: Sequence[Piece], count: int) -> int:
    """Return where the span begins: with "in", "en", "dentro de", "hace" or the count itself."""
    item = pieces[count - 1].item if count else ""
    if item in {"in", "en", "hace"}:
        return count - 1
    within = count > 1 and item == "de" and pieces[count - 2].item == "dentro"
    return count - 2 if within else count


def _marked_after(pieces: Sequence[Piece], place: int) -> int:
    """Return where the span ends: behind "ago", "from now", "from next friday"."""
    rest = [piece.item for piece in pieces[place : place + 3]]
    if rest[:1] == ["ago"]:
        return place + 1
    if rest[:1] != ["from"]:
        return place
    bases = {*_FROM, *WEEKDAYS}
    return next((place + size for size, item in enumerate(rest, 1) if item in bases), place)


def _by_weekday(sentence: Sentence) -> Iterator[Span]:
    """Find "next friday", "el próximo viernes", "friday the 27th"; not "every friday"."""
    words = sentence.plain
    for at, word in enumerate(words):
        if word not in WEEKDAYS or (word.endswith("days")) or _EVERY & {*sentence.before(at)}:
            continue
        first = at - 1 if _BESIDE_WEEKDAY & {*sentence.before(at)} else at
        if first and words[first - 1] == "el":
            first -= 1
        for last in (*_days_after(sentence, at + 1), *_phrases_at(words, at + 1), at + 1):
            yield first, last


def _days_after(sentence: Sentence, at: int) -> Iterator[int]:
    """Say where "the 27th" or "27" behind a weekday ends."""
    place = at + 1 if sentence.after(at) in {"the", "el"} else at
    for piece in sentence.counted:
        if piece.first != place or not _is_day(piece):
            continue
        if sentence.words[piece.last - 1].ordinal or _ends_day(sentence, piece.last):
            yield piece.last


def _phrases_at(words: Sequence[str], at: int) -> Iterator[int]:
    for phrase in _AFTER_WEEKDAY:
        if tuple(words[at : at + len(phrase)]) == phrase:
            yield at + len(phrase)


def _by_phrase(sentence: Sentence) -> Iterator[Span]:
    """Find "tomorrow", "pasado mañana", "the end of the month"."""
    said = (phrase for phrase in _PHRASES if phrase[0] in sentence.said)
    yield from (
        (at, at + len(phrase))
        for phrase in said
        for at in starts_at(sentence.plain, phrase)
        if not _is_morning(sentence, at)
    )


def _is_morning(sentence: Sentence, at: int) -> bool:
    return sentence.plain[at] == "manana" and bool(_MORNING & {*sentence.before(at)})


def _by_number(sentence: Sentence) -> Iterator[Span]:
    """Find "the fifteenth", "el quince", "on the 15th", "el día 15"."""
    for piece in sentence.counted:
        if not _is_day(piece) or not _ends_day(sentence, piece.last):
            continue
        before = sentence.before(piece.first, 2)
        ordinal = sentence.words[piece.last - 1].ordinal
        if _names_day(before, ordinal=ordinal):
            yield piece.first - 1, piece.last


def _names_day(before: Sequence[str], *, ordinal: bool) -> bool:
    if not before or _PRESSED & {*before}:
        return False
    return before[-1] in ({"the", "el", "on", "dia"} if ordinal else {"el", "dia"})


def _ends_day(sentence: Sentence, place: int) -> bool:
    after = sentence.after(place)
    if (after, sentence.after(place + 1)) == ("por", "ciento"):
        return False
    return not after or after in _AFTER_DAY or sentence.parted(place)


_PHRASES: Final = (*MONTH_ENDS, *(phrase for phrase, _ in NEAR_DAYS if phrase not in _NOW))
_FINDERS: Final[tuple[Callable[[Sentence], Iterator[Span]], ...]] = (
    _written,
    _by_month,
    _counted,
    _by_weekday,
    _by_phrase,
    _by_number,
)
