"""Looks for numbers of cards and banks where none may be (I14): in the database, and in logs.

A card's number is 13 to 19 digits, spaces or hyphens between them or not, with the first digits of
a network and a right last one (Luhn). A bank's routing number is nine digits with a right sum, in
a place that speaks of a bank: nine digits alone are also a ticket or a receipt. A finding says
where, and no more than the last four digits.

So that there is nothing to be found, what somebody asks for in words is refused with such a number
in it: nothing has happened yet, and whoever wrote it learns that it may not be sent. What tells of
money that has moved is blotted instead, because the money is written down all the same.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.errors import NotAllowed

RUN: Final = re.compile(r"(?<![0-9A-Za-z])[0-9](?:[ -]?[0-9]){12,}(?![0-9A-Za-z])")
# As a person may type it: any script's digits, whatever stands between them, a word stuck to them.
# A word that has other digits in it is none: names that machines give are full of those.
TYPED: Final = re.compile(
    r"(?<![^\W_])[^\W\d_]*(\d(?:[\s./_\u2010-\u2015\u00b7\u200b-\u200f\u2060\ufeff-]{0,3}\d){12,})"
    r"[^\W\d_]*(?![^\W_])"
)
UUID: Final = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE)
DIGITS: Final = re.compile(r"\d+")
MOST: Final = 19  # digits of a number, and so the most groups that they may be written in
NINE: Final = re.compile(r"(?<![0-9A-Za-z])[0-9]{9}(?![0-9A-Za-z])")
OF_A_BANK: Final = re.compile(
    r"routing|\baba\b|\bach\b|bank|banco|banca|ruta|account_number|checking|savings", re.IGNORECASE
)
NEAR: Final = 60  # characters between a routing number and the word that says what it is
NETWORKS: Final = re.compile(
    r"4\d{12}(\d{3}){0,2}|5[0-8]\d{11,17}|(222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}"
    r"|3[47]\d{13}|3(0[0-5]|095|[689]\d)\d{11,16}|35\d{14,17}|6\d{12,18}"
)
ROUTING_WEIGHTS: Final = (3, 7, 1, 3, 7, 1, 3, 7, 1)
DISTRICTS: Final = frozenset([*range(1, 13), *range(21, 33), *range(61, 73), 80])
# The database itself throws away what cannot hold a finding; the rest is judged here.
COLUMNS: Final = text(r"""
SELECT c.table_name, c.column_name FROM information_schema.columns c
JOIN information_schema.tables t USING (table_schema, table_name)
WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'
AND (c.data_type IN ('text', 'character varying', 'character', 'jsonb', 'json')
     OR (c.data_type = 'ARRAY' AND c.udt_name IN ('_text', '_varchar', '_jsonb')))
ORDER BY 1, 2""")
SUSPECT: Final = (
    "SELECT CAST(ctid AS text) AS place, CAST({column} AS text) AS words FROM {table} "
    "WHERE CAST({column} AS text) ~ '[0-9]([ -]?[0-9]){{8,}}'"
)


@dataclass(frozen=True, slots=True)
class Hit:
    """A number where none may be: `place` is "table.column (row)" or "file:line"."""

    place: str
    kind: str
    ends_in: str

    def __str__(self) -> str:
        return f"{self.place}: a {self.kind} that ends in {self.ends_in}"


def scan(session: Session, logs: Iterable[Path] = ()) -> list[Hit]:
    """Look through every text and jsonb column, and through these files; gives what was found."""
    return [*in_database(session), *(hit for path in logs for hit in in_file(path))]


def in_database(session: Session) -> Iterator[Hit]:
    """Look through every column of text that the database has."""
    quote = session.get_bind().dialect.identifier_preparer.quote
    for table, column in session.execute(COLUMNS).all():
        looked = SUSPECT.format(table=quote(table), column=quote(column))
        rows = session.execute(text(looked).execution_options(yield_per=1000))
        for row in rows:
            yield from in_words(row.words, f"{table}.{column} {row.place}", about=column)


def in_file(path: Path) -> Iterator[Hit]:
    """Look through a file, line by line."""
    with path.open(encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, 1):
            yield from in_words(line, f"{path}:{number}")


def in_texts(texts: Mapping[str, str]) -> list[Hit]:
    """Look through texts by the name of where they are: what a cache or a queue holds."""
    return [hit for place, words in texts.items() for hit in in_words(words, place)]


def in_words(words: str, place: str, about: str = "") -> Iterator[Hit]:
    """Look through one text; `about` is what it is kept under."""
    for begins, ends in _cards(words, RUN):
        yield Hit(place, "card number", _digits(words[begins:ends])[-4:])
    for begins, ends in _routings(words, about):
        yield Hit(place, "routing number", words[begins:ends][-4:])


def refuse_numbers(**texts: str) -> None:
    """Refuse what somebody asks for, by the names of its texts, before anything of it is kept.

    Raises NotAllowed, which tells the text's name and nothing of what stands in it.
    """
    for name, words in texts.items():
        if any(in_words(words, name)) or any(_cards(words, TYPED)):
            message = f"'{name}' carries what may be the number of a card or of a bank"
            raise NotAllowed("card or bank number", message, LAST_FOUR_ALONE)


LAST_FOUR_ALONE: Final = "Leave it out, or write the last four digits alone; nothing was kept."


def blotted(words: str) -> str:
    """Blot out every number of a card or bank, its last four too, where the rest must be kept."""
    for run in (RUN, TYPED):
        words = _without(words, _cards(words, run))
    done = _without(words, _routings(words))
    return done if done == words else blotted(done)  # beside a blot, digits may be a number


def _without(words: str, spans: Iterable[tuple[int, int]]) -> str:
    for begins, ends in sorted(spans, reverse=True):
        words = f"{words[:begins]}####{words[ends:]}"
    return words


def _cards(words: str, run: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Give where cards' numbers begin and end, whatever other digits stand beside them."""
    words = UUID.sub(lambda found: "x" * len(found.group()), words)
    for found in run.finditer(words):
        groups = [each.span() for each in DIGITS.finditer(words, *found.span())]
        yield from _of_groups(words, groups)


def _of_groups(words: str, groups: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    after = 0
    for place, (begins, _) in enumerate(groups):
        near = groups[place : place + MOST] if begins >= after else ()
        ends = [end for _, end in near if is_card(words[begins:end])]
        if ends:
            after = ends[-1]
            yield begins, after


def _routings(words: str, about: str = "") -> Iterator[tuple[int, int]]:
    for found in NINE.finditer(words):
        around = f"{about} {words[max(0, found.start() - NEAR) : found.end() + NEAR]}"
        if is_routing_number(found.group()) and OF_A_BANK.search(around):
            yield found.span()


def is_card(written: str) -> bool:
    """Say whether digits, whatever stands between them, are a card's number."""
    digits = _digits(written)
    return NETWORKS.fullmatch(digits) is not None and passes_luhn(digits)


def _digits(written: str) -> str:
    return "".join(str(int(one)) for one in written if one.isdecimal())


def passes_luhn(digits: str) -> bool:
    """Say whether the last digit is the check digit of the others (ISO/IEC 7812-1)."""
    doubled = [int(digit) * 2 for digit in digits[-2::-2]]
    total = sum(int(digit) for digit in digits[::-2]) + sum(d - 9 * (d > 9) for d in doubled)  # noqa: PLR2004  a digit
    return total % 10 == 0


def is_routing_number(nine: str) -> bool:
    """Say whether nine digits are a bank's number: its district, and the weighted sum."""
    total = sum(int(digit) * weight for digit, weight in zip(nine, ROUTING_WEIGHTS, strict=True))
    return total % 10 == 0 and int(nine[:2]) in DISTRICTS and int(nine) > 0
