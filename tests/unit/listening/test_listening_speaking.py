"""Values as the voice says them."""

from datetime import date, datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.words import Language
from ivr.speaking import (
    KINDS,
    Kind,
    date_words,
    digits_apart,
    money_words,
    number_words,
    phone_words,
    say_kind,
    threes,
    time_words,
)


@pytest.mark.parametrize(
    ("cents", "english", "spanish"),
    [
        (0, "zero dollars", "cero dólares"),
        (1, "one cent", "un centavo"),
        (92, "ninety-two cents", "noventa y dos centavos"),
        (100, "one dollar", "un dólar"),
        (101, "one dollar and one cent", "un dólar con un centavo"),
        (2100, "twenty-one dollars", "veintiún dólares"),
        (
            3121,
            "thirty-one dollars and twenty-one cents",
            "treinta y un dólares con veintiún centavos",
        ),
        (10000, "one hundred dollars", "cien dólares"),
        (10100, "one hundred one dollars", "ciento un dólares"),
        (
            14892,
            "one hundred forty-eight dollars and ninety-two cents",
            "ciento cuarenta y ocho dólares con noventa y dos centavos",
        ),
        (50000, "five hundred dollars", "quinientos dólares"),
        (100000, "one thousand dollars", "mil dólares"),
        (
            2123400,
            "twenty-one thousand two hundred thirty-four dollars",
            "veintiún mil doscientos treinta y cuatro dólares",
        ),
        (100_000_000, "one million dollars", "un millón de dólares"),
        (200_000_100, "two million one dollars", "dos millones un dólares"),
        (-500, "minus five dollars", "menos cinco dólares"),
        (100_000_000_000, "1000000000 dollars", "1000000000 de dólares"),
    ],
)
def test_money_is_said_in_words(cents: int, english: str, spanish: str) -> None:
    assert money_words(cents, "en") == english
    assert money_words(cents, "es") == spanish


@pytest.mark.parametrize(
    ("day", "english", "spanish"),
    [
        (date(2026, 11, 3), "Tuesday, November 3rd, 2026", "martes 3 de noviembre de 2026"),
        (date(2026, 12, 1), "Tuesday, December 1st, 2026", "martes primero de diciembre de 2026"),
        (date(2027, 1, 22), "Friday, January 22nd, 2027", "viernes 22 de enero de 2027"),
        (date(2027, 1, 11), "Monday, January 11th, 2027", "lunes 11 de enero de 2027"),
    ],
)
def test_dates_are_said_with_weekday_and_year(day: date, english: str, spanish: str) -> None:
    assert date_words(day, "en") == english
    assert date_words(day, "es") == spanish


@pytest.mark.parametrize(
    ("moment", "english", "spanish"),
    [
        (time(0, 0), "midnight", "medianoche"),
        (time(0, 30), "12:30 AM", "12:30 de la madrugada"),
        (time(7, 30), "7:30 AM", "7:30 de la mañana"),
        (time(8, 0), "8 AM", "8 de la mañana"),
        (time(12, 0), "noon", "mediodía"),
        (time(12, 5), "12:05 PM", "12:05 de la tarde"),
        (time(17, 0), "5 PM", "5 de la tarde"),
        (time(21, 15), "9:15 PM", "9:15 de la noche"),
    ],
)
def test_times_are_said_with_their_part_of_the_day(
    moment: time, english: str, spanish: str
) -> None:
    assert time_words(moment, "en") == english
    assert time_words(moment, "es") == spanish


def test_numbers_are_said_in_groups() -> None:
    assert threes("123456782") == "1 2 3, 4 5 6, 7 8 2"
    assert threes("1234-5678") == "1 2 3, 4 5 6, 7 8"
    assert threes("❸") == ""
    assert digits_apart("00450") == "0 0 4 5 0"
    assert phone_words("+18015550100") == "8 0 1, 5 5 5, 0 1 0 0"
    assert phone_words("+525555") == "5 2 5 5 5 5"


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("plain", "Center Street", "Center Street"),
        ("plain", 12, "12"),
        ("plain", {"raw": "fifth west", "tidy": "500 West"}, "500 West"),
        ("plain", {"other": 1}, ""),
        ("plain", "a\x00b\ud800c\ufffe", "abc"),
        ("threes", "123456782", "1 2 3, 4 5 6, 7 8 2"),
        ("digits", 84601, "8 4 6 0 1"),
        ("phone", "+18015550100", "8 0 1, 5 5 5, 0 1 0 0"),
        ("money", 14892, "one hundred forty-eight dollars and ninety-two cents"),
        ("money", "92", "ninety-two cents"),
        ("money", "much", "much"),
        ("money", None, "None"),
        ("date", "2026-11-03", "Tuesday, November 3rd, 2026"),
        ("date", date(2026, 11, 3), "Tuesday, November 3rd, 2026"),
        ("date", datetime(2026, 11, 3, 7, 30), "Tuesday, November 3rd, 2026"),  # noqa: DTZ001  the wall clock
        ("date", "soon", "soon"),
        ("time", "07:30", "7:30 AM"),
        ("time", "2026-11-03T07:30:00-07:00", "7:30 AM"),
        ("time", time(13, 0), "1 PM"),
        ("time", "soon", "soon"),
    ],
)
def test_a_value_is_said_as_its_kind_or_plainly(kind: Kind, value: object, words: str) -> None:
    assert say_kind(kind, value, "en") == words


@settings(deadline=None)  # a busy machine is no failure
@given(st.sampled_from(KINDS), st.text() | st.integers(), st.sampled_from(["en", "es"]))
def test_whatever_the_value_xml_can_hold_the_words(
    kind: Kind, value: str | int, language: Language
) -> None:
    words = say_kind(kind, value, language)
    assert all(ord(letter) >= 32 or letter in "\t\n\r" for letter in words)
    assert words.encode().decode() == words


@settings(deadline=None)  # a busy machine is no failure
@given(st.integers(0, 999_999_999))
def test_numbers_have_no_blanks_too_many(number: int) -> None:
    for language in ("en", "es"):
        words = number_words(number, language)
        assert words == " ".join(words.split())
        assert "-" not in words.split()
