"""Looks for numbers of cards and banks where none may be (I14): in the database, and in logs.

A card's number is 13 to 19 digits, spaces or hyphens between them or not, with the first digits of
a network and a right last one (Luhn). A bank's routing number is nine digits with a right sum, in
a place that speaks of a bank: nine digits alone are also a ticket or a receipt. A finding says
where, and no more than the last four digits.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

CARD: Final = re.compile(r"(?<![0-9A-Za-z])[2-6](?:[ -]?[0-9]){12,18}(?![0-9A-Za-z])")
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
    for found in CARD.finditer(words):
        if is_card(found.group()):
            yield Hit(place, "card number", re.sub(r"[ -]", "", found.group())[-4:])
    for found in NINE.finditer(words):
        around = f"{about} {words[max(0, found.start() - NEAR) : found.end() + NEAR]}"
        if is_routing_number(found.group()) and OF_A_BANK.search(around):
            yield Hit(place, "routing number", found.group()[-4:])


def blotted(words: str) -> str:
    """Blot out every card's number of a text that came from outside, its last four too."""
    return CARD.sub(lambda found: "#" * 4 if is_card(found.group()) else found.group(), words)


def is_card(written: str) -> bool:
    """Say whether digits, with blanks or hyphens between them, are a card's number."""
    digits = re.sub(r"[ -]", "", written)
    return NETWORKS.fullmatch(digits) is not None and passes_luhn(digits)


def passes_luhn(digits: str) -> bool:
    """Say whether the last digit is the check digit of the others (ISO/IEC 7812-1)."""
    doubled = [int(digit) * 2 for digit in digits[-2::-2]]
    total = sum(int(digit) for digit in digits[::-2]) + sum(d - 9 * (d > 9) for d in doubled)  # noqa: PLR2004  a digit
    return total % 10 == 0


def is_routing_number(nine: str) -> bool:
    """Say whether nine digits are a bank's number: its district, and the weighted sum."""
    total = sum(int(digit) * weight for digit, weight in zip(nine, ROUTING_WEIGHTS, strict=True))
    return total % 10 == 0 and int(nine[:2]) in DISTRICTS and int(nine) > 0
