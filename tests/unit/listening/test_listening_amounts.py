"""Amounts of money, keyed and spoken, and the round trip through the voice."""

import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.words import Language
from ivr.heard import Heard
from ivr.listening import LISTENERS, Value
from ivr.speaking import money_words

TODAY = date(2026, 11, 18)
AMOUNT = LISTENERS["amount"]


def cases(lines: str) -> list[str]:
    """Split what residents say, parted by bars."""
    return lines.split("|")


def said(words: str, language: Language) -> Value | None:
    reading = AMOUNT.read(Heard(words=words), language, TODAY)
    return reading.value if reading else None


def keyed(digits: str) -> Value | None:
    reading = AMOUNT.read(Heard(digits=digits), "en", TODAY)
    return reading.value if reading else None


@pytest.mark.parametrize(
    "words",
    cases(
        "148.92|$148.92|$148.92.|148 92|14892|148 dollars and 92 cents|"
        "1 4 8 dollars and 9 2 cents|$148 and 92 cents|148.92 dollars|148 dollars 92|"
        "one four eight nine two|1 4 8 point 9 2|one forty eight ninety two|"
        "one forty-eight ninety-two|One forty-eight, ninety-two.|"
        "one forty eight point nine two|one forty eight ninety two dollars|1 48 92|"
        "a hundred forty-eight dollars and ninety-two cents|"
        "one hundred and forty eight ninety two|"
        "one hundred forty eight dollars ninety two cents|"
        "one hundred and forty eight and ninety two|"
        "I'd like to pay 148 dollars and 92 cents please|um 148.92|148,92|"
        "148 bucks and 92 cents|100 dollars no wait 148.92|148 point 92|"
        "1 hundred 48 dollars and 92 cents"
    ),
)
def test_one_amount_is_understood_in_every_english_shape(words: str) -> None:
    assert said(words, "en") == 14892


@pytest.mark.parametrize(
    "words",
    cases(
        "ciento cuarenta y ocho con noventa y dos|"
        "ciento cuarenta y ocho noventa y dos|148.92|148,92|"
        "ciento cuarenta y ocho dólares con noventa y dos centavos|148 con 92|"
        "148 dólares y 92 centavos|ciento cuarenta y ocho dolares noventa y dos|"
        "ciento cuarenta y ocho punto noventa y dos|1 4 8 dólares con 9 2 centavos|"
        "uno cuarenta y ocho noventa y dos|$148.92|148 pesos con 92|"
        "ciento cuarenta y ocho con noventa y dos centavos|"
        "ciento cuarenta ocho con noventa dos|"
        "quiero pagar ciento cuarenta y ocho con noventa y dos por favor|"
        "ciento cuarenta y ocho y noventa y dos|"
        "cien dólares perdón ciento cuarenta y ocho con noventa y dos"
    ),
)
def test_one_amount_is_understood_in_every_spanish_shape(words: str) -> None:
    assert said(words, "es") == 14892


@pytest.mark.parametrize(
    ("language", "words", "cents"),
    [
        ("en", "fifty", 5000),
        ("en", "fifty bucks", 5000),
        ("en", "twenty five", 2500),
        ("en", "twenty five fifty", 2550),
        ("en", "one forty eight", 14800),
        ("en", "one oh five", 10500),
        ("en", "one oh five ninety two", 10592),
        ("en", "one forty eight oh five", 14805),
        ("en", "fifteen oh five", 1505),
        ("en", "forty zero zero", 4000),
        ("en", "twelve hundred dollars", 120000),
        ("en", "twelve fifty", 1250),
        ("en", "a dollar", 100),
        ("en", "a dollar fifty", 150),
        ("en", "dollar fifty", 150),
        ("en", "a dollar and a cent", 101),
        ("en", "ninety two cents", 92),
        ("en", "9 2 cents", 92),
        ("en", "150 cents", 150),
        ("en", "148 92 cents", 14892),
        ("en", "a cent", 1),
        ("en", "zero", 0),
        ("en", "zero dollars", 0),
        ("en", "zero ninety two", 92),
        ("en", "point five", 50),
        ("en", "148.5", 14850),
        ("en", "$50.", 5000),
        ("en", "$148 dollars", 14800),
        ("en", "1,234", 123400),
        ("en", "$1,234.56", 123456),
        ("en", "1 4 8", 14800),
        ("en", "five zero", 5000),
        ("en", "1 4 8 9 dollars", 148900),
        ("en", "1500", 150000),
        ("en", "14892 dollars", 1489200),
        ("en", "fourteen thousand eight hundred ninety two", 1489200),
        ("en", "two thousand three hundred and five dollars", 230500),
        ("en", "one hundred dollars even", 10000),
        ("en", "I want to pay 50 dollars on november 3", 5000),
        ("en", "50 no 60 dollars", 6000),
        ("en", "60 dollars sorry", 6000),
        ("en", "cien dólares", 10000),
        ("es", "cien", 10000),
        ("es", "cien pesos", 10000),
        ("es", "cien dólares", 10000),
        ("es", "cien cincuenta", 10050),
        ("es", "mil doscientos", 120000),
        ("es", "dos mil trescientos cinco dólares", 230500),
        ("es", "mil un dólares", 100100),
        ("es", "ciento un dólares", 10100),
        ("es", "veintiún dólares con un centavo", 2101),
        ("es", "veinte y cinco", 2500),
        ("es", "un dólar", 100),
        ("es", "un dólar cincuenta", 150),
        ("es", "un peso con cincuenta", 150),
        ("es", "ochenta con cinco", 8005),
        ("es", "cincuenta centavos", 50),
        ("es", "1.234,56", 123456),
        ("es", "fifty dollars", 5000),
    ],
)
def test_amounts_are_understood(language: Language, words: str, cents: int) -> None:
    assert said(words, language) == cents


@pytest.mark.parametrize(
    "words",
    [
        "",
        "um",
        "all of it",
        "dollars",
        "and",
        "minus 5",
        "two million dollars",
        "50 percent",
        "between 50 and 60 dollars",
        "50 or 60",
        "50 dollars or 60 dollars",
        "50 cents 60",
        "148 and 5",
        "148 point 925",
        "148 dollars and 925 cents",
        "1 point 2 point 3",
        "1 4 8 9",
        "1 2 3 4 5 6 7",
        "148 5",
        "12 34 5",
        "12 13 14",
        "12 34 dollars and 10 cents",
        "1000001 dollars",
        "4111 1111 1111 1111",
        "❸",
    ],
)
def test_what_is_no_single_amount_is_not_understood(words: str) -> None:
    assert said(words, "en") is None


@pytest.mark.parametrize(
    ("digits", "cents"),
    [
        ("14892", 14892),
        ("14892#", 14892),
        ("148*92", 14892),
        ("148*", 14800),
        ("0", 0),
        ("99999999", 99999999),
        ("148*9", None),
        ("148*925", None),
        ("148**2", None),
        ("*92", None),
        ("#", None),
        ("999999999", None),
        ("411111111111", None),
    ],
)
def test_keys_are_cents_or_parted_by_a_star(digits: str, cents: int | None) -> None:
    assert keyed(digits) == cents


@settings(deadline=None)  # a busy machine is no failure
@given(st.integers(0, 9_999_99), st.sampled_from(["en", "es"]))
def test_every_amount_that_the_voice_says_is_read_back(cents: int, language: Language) -> None:
    assert said(money_words(cents, language), language) == cents


@settings(deadline=None)  # a busy machine is no failure
@given(st.integers(0, 9_999_99), st.sampled_from(["en", "es"]))
def test_every_amount_in_digits_is_read_back(cents: int, language: Language) -> None:
    whole, part = divmod(cents, 100)
    assert said(f"{whole}.{part:02d}", language) == cents
    assert said(f"${whole:,}.{part:02d}", language) == cents
    assert keyed(str(cents)) == cents
    assert keyed(f"{whole}*{part:02d}") == cents


@settings(deadline=None)  # a busy machine is no failure
@given(st.integers(100, 9_999_99), st.sampled_from(["en", "es"]))
def test_every_amount_without_the_words_of_money_is_read_back(
    cents: int, language: Language
) -> None:
    words = re.sub(r" (dollars?|cents?|dólar(es)?|centavos?)\b", "", money_words(cents, language))
    part = " point zero " if cents % 100 in range(1, 10) else " point "
    whole_word = re.sub("^un(?= con|$)|(?<=con )un$", "uno", words.replace(" and ", part))
    assert said(whole_word, language) == cents
