"""Entities: what a sentence names and what it does not, in both languages, spoken or written."""

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.check_digits import check_digit
from config.facts import Origin
from config.streets import Streets
from config.words import LANGUAGES, Language
from nlp.answers import Entity
from nlp.entities import find_entities
from nlp.spoken.lists import table

TODAY = date(2026, 11, 18)  # a Wednesday
HERE = Path(__file__).parent
SETS = ("entities.tsv", "entities_hard.tsv", "entities_more.tsv")
KINDS = (
    "account", "ticket", "phone", "amount", "date", "address", "crossing", "street", "service",
    "bin",
)  # fmt: skip
DIGITS: dict[Language, tuple[str, ...]] = {
    "en": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    "es": ("cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"),
}


def rows() -> Iterator[tuple[str, str]]:
    for name in SETS:
        with (HERE / name).open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
                yield row["text"], row["wanted"] or ""


def found(said: str, today: date | None = TODAY) -> list[str]:
    return [f"{entity.kind}={entity.value}" for entity in find_entities(said, today)]


@pytest.mark.parametrize(("said", "wanted"), [*rows()])
def test_what_was_named_is_found_and_nothing_else(said: str, wanted: str) -> None:
    assert sorted(found(said)) == sorted(part.strip() for part in wanted.split(";") if part)


def test_the_sets_hold_every_kind_and_many_sentences_that_name_nothing() -> None:
    wanted = [one.strip() for _, wanted in rows() for one in wanted.split(";")]
    counts = Counter(one.partition("=")[0] for one in wanted)
    assert counts[""] >= 80
    assert all(counts[kind] >= 15 for kind in KINDS)


SPOKEN_DIGITS = st.text("0123456789", min_size=8, max_size=8)


@settings(deadline=None)  # a busy machine is no failure
@given(SPOKEN_DIGITS, st.sampled_from(LANGUAGES))
def test_spoken_digits_come_back_as_the_account_they_were(digits: str, language: Language) -> None:
    said = " ".join(DIGITS[language][int(digit)] for digit in digits)
    opening = {"en": "my account is", "es": "mi cuenta es"}[language]
    assert found(f"{opening} {said}") == [f"account={digits}"]


@settings(deadline=None)
@given(SPOKEN_DIGITS, st.integers(1, 9))
def test_a_ticket_is_known_by_its_check_digit_and_any_other_digit_makes_a_number(
    eight: str, wrong_by: int
) -> None:
    right = check_digit(eight)
    wrong = str((int(right) + wrong_by) % 10)
    assert found(f"ticket {eight}{right}") == [f"ticket={eight}{right}"]
    assert found(f"ticket {eight}{wrong}") == [f"number={eight}{wrong}"]


@settings(deadline=None)
@given(st.integers(1, 99_999), st.integers(1, 99))
def test_money_is_told_to_the_cent(dollars: int, cents: int) -> None:
    wanted = [f"amount={dollars}.{cents:02}"]
    assert found(f"i paid ${dollars}.{cents:02} already") == wanted
    assert found(f"they took ${dollars:,}.{cents:02}") == wanted
    assert found(f"cobraron {dollars} dólares con {cents} centavos") == wanted


@settings(deadline=None)
@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_a_full_date_needs_no_today(day: date) -> None:
    assert found(f"on {day:%B} {day.day} {day.year} please", None) == [f"date={day}"]
    assert found(f"on {day.isoformat()}", None) == [f"date={day}"]


PARTS = table("""
    one two three oh double triple hundred thousand dollars cents and point con y mil cien ciento
    ocho $ $5 148.92 , . / - 12345678 801 555 0100 123456786 north 900 east norte 500 oeste center
    university street lane calle corner esquina of de la el the friday next november 3rd fifteenth
    quince mañana week in ago power agua garbage can bote basura no sorry perdón apartment b & at
    """)
ODD: Final = ("Cs", "Cc", "Lo", "So", "Nd", "No")
WILD = st.one_of(
    st.text(max_size=80),
    st.text("0123456789 .,$/-*❸½²௧'’", max_size=60),
    st.lists(st.sampled_from(PARTS), max_size=25).map(" ".join),
    st.text(
        st.characters(codec=None, categories=["Cs", "Cc", "Lo", "So", "Nd", "No"]), max_size=40
    ),
)


@settings(deadline=None, max_examples=300)
@given(WILD, st.dates())
def test_wild_text_raises_nothing_and_every_entity_is_a_piece_of_it(text: str, today: date) -> None:
    place = 0
    for entity in find_entities(text, today):
        assert entity.text
        assert entity.value
        at = text.find(entity.text, place)
        assert at >= place, "entities stand in order and never overlap"
        place = at + len(entity.text)


def test_ten_kilobytes_are_read_as_calmly_as_a_sentence() -> None:
    for part in ("9 ", "nine ", "center and ", "el quince ", "$5 ", "north 900 ", "🙂", "\0"):
        assert len(find_entities(part * 3000, TODAY)) <= 1000


def test_where_a_card_number_may_stand_nothing_is_found() -> None:
    said = "charge $45.10 to 4111 1111 1111 1111 at 351 west center street"
    assert find_entities(said, TODAY) == ()


def test_without_a_today_only_what_needs_none_is_found() -> None:
    assert found("tomorrow or november 30th or next friday", None) == []
    assert found("tomorrow or 11/30/2027", None) == ["date=2027-11-30"]


def test_a_number_that_was_taken_back_is_not_reported() -> None:
    assert found("12345678 no wait 12345679") == ["account=12345679"]
    assert found("es doce treinta y cuatro cincuenta y seis setenta y ocho perdón 12345679") == [
        "account=12345679"
    ]


def test_the_text_of_an_entity_is_what_was_said() -> None:
    assert find_entities("Um, it's at 351 W. Senter St. since the 15th!", TODAY) == (
        Entity("address", "351 W. Senter St", "351 West Center Street"),
        Entity("date", "the 15th", "2026-12-15"),
    )


def test_the_streets_are_those_that_are_given() -> None:
    origin = Origin("a test", "policy", unverified=False)
    streets = Streets(("Quartz Lane",), {"Quartz Lane": origin})
    said = "on the corner of quarts and center"
    assert find_entities(said, TODAY, streets) == ()
    assert find_entities(said.replace("center", "900 east"), TODAY, streets) == (
        Entity("crossing", "quarts and 900 east", "Quartz Lane & 900 East"),
    )
