"""Dates, keyed and spoken. Today is a Wednesday, 18 November 2026."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.words import Language
from ivr.heard import Heard
from ivr.listening import LISTENERS, Value
from ivr.speaking import date_words

TODAY = date(2026, 11, 18)
DATE = LISTENERS["date"]


def said(words: str, language: Language, today: date = TODAY) -> Value | None:
    reading = DATE.read(Heard(words=words), language, today)
    return reading.value if reading else None


def keyed(digits: str, today: date = TODAY) -> Value | None:
    reading = DATE.read(Heard(digits=digits), "en", today)
    return reading.value if reading else None


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("today", "2026-11-18"),
        ("tomorrow", "2026-11-19"),
        ("tomorrow morning", "2026-11-19"),
        ("tomorrow at 9:30", "2026-11-19"),
        ("the day after tomorrow", "2026-11-20"),
        ("yesterday", "2026-11-17"),
        ("the day before yesterday", "2026-11-16"),
        ("friday", "2026-11-20"),
        ("this friday", "2026-11-20"),
        ("next friday", "2026-11-27"),
        ("friday next week", "2026-11-27"),
        ("last friday", "2026-11-13"),
        ("wednesday", "2026-11-25"),
        ("this wednesday", "2026-11-18"),
        ("last wednesday", "2026-11-11"),
        ("friday at 3 pm", "2026-11-20"),
        ("friday at three", "2026-11-20"),
        ("friday the 20th", "2026-11-20"),
        ("friday november 20th", "2026-11-20"),
        ("the fifteenth", "2026-12-15"),
        ("on the 18th", "2026-11-18"),
        ("the thirty first", "2026-12-31"),
        ("the twentieth", "2026-11-20"),
        ("15", "2026-12-15"),
        ("november 3rd", "2026-11-03"),
        ("November 3rd.", "2026-11-03"),
        ("nov 3", "2026-11-03"),
        ("november third", "2026-11-03"),
        ("the third of november", "2026-11-03"),
        ("november 3rd 2026", "2026-11-03"),
        ("november third twenty twenty six", "2026-11-03"),
        ("november the third two thousand twenty seven", "2027-11-03"),
        ("3 november", "2026-11-03"),
        ("2026 november 3", "2026-11-03"),
        ("july 4th", "2027-07-04"),
        ("september 1st", "2027-09-01"),
        ("february 29th", "2028-02-29"),
        ("december twenty first", "2026-12-21"),
        ("11/3", "2026-11-03"),
        ("11/3/2027", "2027-11-03"),
        ("11/3/27", "2027-11-03"),
        ("11-3-2027", "2027-11-03"),
        ("25/12", "2026-12-25"),
        ("2026-12-01", "2026-12-01"),
        ("eleven three", "2026-11-03"),
        ("eleven thirty", "2026-11-30"),
        ("1 1 0 3", "2026-11-03"),
        ("one one oh three", "2026-11-03"),
        ("eleven oh three", "2026-11-03"),
        ("eleven three twenty twenty seven", "2027-11-03"),
        ("1103", "2026-11-03"),
        ("in three days", "2026-11-21"),
        ("in a week", "2026-11-25"),
        ("in 2 weeks", "2026-12-02"),
        ("a week from friday", "2026-11-27"),
        ("two weeks from today", "2026-12-02"),
        ("three days from now", "2026-11-21"),
        ("three days ago", "2026-11-15"),
        ("the end of the month", "2026-11-30"),
        ("start service on the 22nd please", "2026-11-22"),
        ("friday no wait monday", "2026-11-23"),
        ("tomorrow sorry", "2026-11-19"),
        ("um tomorrow I guess", "2026-11-19"),
    ],
)
def test_english_dates_are_understood(words: str, day: str) -> None:
    assert said(words, "en") == day


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("hoy", "2026-11-18"),
        ("mañana", "2026-11-19"),
        ("manana", "2026-11-19"),
        ("mañana por la mañana", "2026-11-19"),
        ("pasado mañana", "2026-11-20"),
        ("ayer", "2026-11-17"),
        ("antier", "2026-11-16"),
        ("antes de ayer", "2026-11-16"),
        ("esta tarde", "2026-11-18"),
        ("el viernes", "2026-11-20"),
        ("este viernes", "2026-11-20"),
        ("el próximo viernes", "2026-11-20"),
        ("el viernes que viene", "2026-11-20"),
        ("el viernes de la próxima semana", "2026-11-27"),
        ("el viernes por la mañana", "2026-11-20"),
        ("el viernes a las tres", "2026-11-20"),
        ("el miércoles", "2026-11-25"),
        ("el lunes pasado", "2026-11-16"),
        ("el quince", "2026-12-15"),
        ("el día quince", "2026-12-15"),
        ("el veinte", "2026-11-20"),
        ("el treinta y uno", "2026-12-31"),
        ("tres de noviembre", "2026-11-03"),
        ("el 3 de noviembre", "2026-11-03"),
        ("el tres de noviembre de dos mil veintiséis", "2026-11-03"),
        ("viernes veinte de noviembre", "2026-11-20"),
        ("primero de diciembre", "2026-12-01"),
        ("el 1º de enero", "2027-01-01"),
        ("1ro de enero", "2027-01-01"),
        ("uno de mayo", "2027-05-01"),
        ("quince de enero del 2027", "2027-01-15"),
        ("5 de setiembre de 2027", "2027-09-05"),
        ("en tres días", "2026-11-21"),
        ("dentro de dos semanas", "2026-12-02"),
        ("en una semana", "2026-11-25"),
        ("hace tres días", "2026-11-15"),
        ("a fin de mes", "2026-11-30"),
        ("el viernes perdón el lunes", "2026-11-23"),
        ("tomorrow", "2026-11-19"),
    ],
)
def test_spanish_dates_are_understood(words: str, day: str) -> None:
    assert said(words, "es") == day


@pytest.mark.parametrize(
    "words",
    [
        "",
        "um",
        "no sé",
        "next week",
        "friday or saturday",
        "tomorrow or friday november 3rd",
        "friday the 21st",
        "friday november 3rd",
        "february 30th",
        "november",
        "november or december 3rd",
        "I may come",
        "three people live here",
        "13/32",
        "2026-13-40",
        "11/3/1850",
        "the 32nd",
        "1 0 3",
        "in 5000 days",
        "three days",
        "99 99 99",
        "november 3 17 76",
        "4111 1111 1111 1111",
        "❸",
    ],
)
@pytest.mark.parametrize("language", ["en", "es"])
def test_what_is_no_single_date_is_not_understood(words: str, language: Language) -> None:
    expected = "2026-11-03" if words == "november 3 17 76" else None
    assert said(words, language) == expected


@pytest.mark.parametrize(
    ("digits", "day"),
    [
        ("1103", "2026-11-03"),
        ("1103#", "2026-11-03"),
        ("0101", "2027-01-01"),
        ("11032027", "2027-11-03"),
        ("110327", "2027-11-03"),
        ("11*3", "2026-11-03"),
        ("11*3*27", "2027-11-03"),
        ("3112", "2026-12-31"),
        ("0229", "2028-02-29"),
        ("15", None),
        ("11033", None),
        ("1332", None),
        ("0000", None),
        ("11*3*2", None),
        ("11*3*27*1", None),
        ("**", None),
        ("#", None),
        ("411111111111", None),
    ],
)
def test_keys_are_month_and_day_and_perhaps_a_year(digits: str, day: str | None) -> None:
    assert keyed(digits) == day


def test_a_named_day_long_gone_by_is_next_years() -> None:
    assert said("september 19th", "en") == "2026-09-19"
    assert said("september 18th", "en") == "2027-09-18"


def test_the_last_day_of_december_is_this_years() -> None:
    assert said("end of the month", "en", date(2026, 12, 5)) == "2026-12-31"


def test_a_day_that_the_next_months_lack_is_found_later() -> None:
    assert said("the 31st", "en", date(2027, 2, 1)) == "2027-03-31"


days = st.dates(date(2000, 1, 1), date(2090, 12, 31))


@settings(deadline=None)  # a busy machine is no failure
@given(days, days, st.sampled_from(["en", "es"]))
def test_every_date_that_the_voice_says_is_read_back(
    day: date, today: date, language: Language
) -> None:
    assert said(date_words(day, language), language, today) == day.isoformat()


@settings(deadline=None)  # a busy machine is no failure
@given(days, st.integers(0, 300), st.sampled_from(["en", "es"]))
def test_a_coming_date_needs_no_year(today: date, ahead: int, language: Language) -> None:
    day = today + timedelta(days=ahead)
    words = date_words(day, language).rsplit(" ", 2 if language == "es" else 1)[0]
    assert said(words, language, today) == day.isoformat()


@settings(deadline=None)  # a busy machine is no failure
@given(days, days)
def test_every_date_in_digits_is_read_back(day: date, today: date) -> None:
    assert keyed(f"{day:%m%d%Y}", today) == day.isoformat()
    assert said(f"{day:%m/%d/%Y}", "en", today) == day.isoformat()
    assert said(day.isoformat(), "es", today) == day.isoformat()
