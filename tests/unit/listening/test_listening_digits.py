"""Account, ticket and phone numbers, house numbers and ZIP codes, keyed and spoken."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.check_digits import check_digit, is_ticket_number
from config.words import Language
from ivr.heard import Heard
from ivr.listening import LISTENERS, Value
from ivr.speaking import digits_apart, threes
from nlp.spoken.lists import table

TODAY = date(2026, 11, 18)
TICKET = "12345678" + check_digit("12345678")


def wide(digits: str) -> str:
    """Write the digits in their full-width form, which int() takes and we do not."""
    return "".join(chr(0xFF10 + int(digit)) for digit in digits)


def said(name: str, words: str, language: Language = "en") -> Value | None:
    reading = LISTENERS[name].read(Heard(words=words), language, TODAY)
    return reading.value if reading else None


def keyed(name: str, digits: str) -> Value | None:
    reading = LISTENERS[name].read(Heard(digits=digits), "en", TODAY)
    return reading.value if reading else None


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "12345678"),
        ("en", "1234 5678"),
        ("en", "1234-5678."),
        ("en", "12:34 56 78"),
        ("en", "1 2 3 4 5 6 7 8"),
        ("en", "one two three four five six seven eight"),
        ("en", "One, two, three, four, five, six, seven, eight."),
        ("en", "twelve thirty four fifty six seventy eight"),
        ("en", "twelve thirty-four fifty-six seventy-eight"),
        ("en", "one twenty three four five six seven eight"),
        ("en", "one hundred twenty three four fifty six seventy eight"),
        ("en", "my account number is 1 2 3 for 5 6 7 8"),
        ("en", "1 to 3 4 5 6 7 ate"),
        ("en", "um 1 2 3 uh 4 5 6 and then 7 8"),
        ("en", "yes it's 12345678 thank you"),
        ("en", "oh 12345678"),
        ("en", "my account is 12345678 and my house number is 450"),
        ("en", "12345679 no wait 12345678"),
        ("en", "1234567 sorry 12345678"),
        ("en", "uno dos tres four five six siete ocho"),
        ("en", wide("12345678")),
        ("en", "".join(chr(0x0660 + digit) for digit in range(1, 9))),
        ("es", "uno dos tres cuatro cinco seis siete ocho"),
        ("es", "doce treinta y cuatro cincuenta y seis setenta y ocho"),
        ("es", "ciento veintitrés cuatrocientos cincuenta y seis setenta y ocho"),
        ("es", "ciento veintitres cuatrocientos cincuenta y seis setenta y ocho"),
        ("es", "mi número de cuenta es el 1 2 3 4 5 6 7 8 gracias"),
        ("es", "12345679 perdón 12345678"),
        ("es", "one two three cuatro cinco seis siete ocho"),
    ],
)
def test_an_account_number_is_understood_in_every_shape(language: Language, words: str) -> None:
    assert said("account number", words, language) == "12345678"


@pytest.mark.parametrize(
    ("language", "words", "number"),
    [
        ("en", "oh one two three four five six seven", "01234567"),
        ("en", "zero one two three four five six seven", "01234567"),
        ("en", "o 1 2 3 4 5 6 7", "01234567"),
        ("en", "double one double two double three double four", "11223344"),
        ("en", "triple five double oh one two three", "55500123"),
        ("en", "double 5 triple 7 one two three", "55777123"),
        ("en", "one hundred two hundred thirty four", "10020034"),
        ("en", "forty eight one two three four five", "40812345"),
        ("es", "doble uno doble dos doble tres doble cuatro", "11223344"),
        ("es", "cero uno dos tres cuatro cinco seis siete", "01234567"),
        ("es", "triple cero uno dos tres cuatro cinco", "00012345"),
        ("es", "once once once once", "11111111"),
        ("es", "diez y seis diez y seis diez y seis diez y seis", "16161616"),
    ],
)
def test_zeros_repeats_and_cut_numbers_come_out_right(
    language: Language, words: str, number: str
) -> None:
    assert said("account number", words, language) == number


@pytest.mark.parametrize(
    "words",
    [
        "",
        "um",
        "1234567",
        "123456789",
        "12345678 or 87654321",
        "I don't have it with me",
        "double",
        "❸❸❸❸❸❸❸❸",
        "the one on the bill",
    ],
)
def test_what_is_no_account_number_is_not_understood(words: str) -> None:
    assert said("account number", words) is None


def test_keys_are_taken_as_they_are_and_a_finishing_hash_is_no_digit() -> None:
    assert keyed("account number", "12345678") == "12345678"
    assert keyed("account number", "12345678#") == "12345678"
    assert keyed("account number", "1234") is None
    assert keyed("account number", "1234*678") is None
    assert keyed("digits", "00450") == "00450"
    assert keyed("zip code", "84601") == "84601"


def test_speech_counts_when_the_keys_beside_it_are_no_answer() -> None:
    heard = Heard(digits="1", words="one two three four five six seven eight")
    reading = LISTENERS["account number"].read(heard, "en", TODAY)
    assert reading is not None
    assert reading.value == "12345678"


def test_a_ticket_number_needs_its_check_digit() -> None:
    wrong = TICKET[:-1] + str((int(TICKET[-1]) + 1) % 10)
    assert said("ticket number", threes(TICKET)) == TICKET
    assert keyed("ticket number", TICKET) == TICKET
    assert said("ticket number", threes(wrong)) is None
    assert said("ticket number", f"{wrong} or {TICKET}") == TICKET


@pytest.mark.parametrize("number", ["", "12345678", TICKET + "0", "❸" * 9, wide(TICKET)])
def test_only_nine_plain_digits_are_a_ticket_number(number: str) -> None:
    assert not is_ticket_number(number)


@pytest.mark.parametrize("digits", ["", "12a", "❸", wide("12")])
def test_a_check_digit_is_made_from_plain_digits_only(digits: str) -> None:
    with pytest.raises(ValueError, match="digits only"):
        check_digit(digits)


def test_the_published_example_has_its_check_digit() -> None:
    assert check_digit("572") == "4"


@settings(deadline=None)  # a busy machine is no failure
@given(st.from_regex("[0-9]{8}", fullmatch=True), st.integers(0, 8), st.integers(1, 9))
def test_every_wrong_digit_is_caught(eight: str, place: int, by: int) -> None:
    number = eight + check_digit(eight)
    changed = str((int(number[place]) + by) % 10)
    assert is_ticket_number(number)
    assert not is_ticket_number(number[:place] + changed + number[place + 1 :])


@settings(deadline=None)  # a busy machine is no failure
@given(st.from_regex("[0-9]{8}", fullmatch=True), st.integers(0, 7))
def test_every_swap_of_neighbours_is_caught(eight: str, place: int) -> None:
    number = eight + check_digit(eight)
    first, second = number[place : place + 2]
    swapped = number[:place] + second + first + number[place + 2 :]
    assert is_ticket_number(swapped) == (first == second)


@pytest.mark.parametrize("before", "0123456789")
def test_the_table_catches_slips_after_any_beginning(before: str) -> None:
    pairs = [(one, two) for one in "0123456789" for two in "0123456789" if one != two]
    assert all(check_digit(before + a) != check_digit(before + b) for a, b in pairs)
    assert all(check_digit(before + a + b) != check_digit(before + b + a) for a, b in pairs)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "8015550100"),
        ("en", "801-555-0100"),
        ("en", "(801) 555-0100."),
        ("en", "+1 801 555 0100"),
        ("en", "eight oh one five five five oh one hundred"),
        ("en", "eight hundred one five five five oh one oh oh"),
        ("en", "one 801 triple five oh one double oh"),
        ("en", "my number is 801 555 01 00 and my account is 12345678"),
        ("es", "ochocientos uno cinco cincuenta y cinco cero uno cero cero"),
        ("es", "ocho cero uno triple cinco cero uno doble cero"),
        ("es", "801 555 0100 por favor"),
    ],
)
def test_a_phone_number_becomes_e164(language: Language, words: str) -> None:
    assert said("phone number", words, language) == "+18015550100"


@pytest.mark.parametrize("words", ["5550100", "555 555 0100", "00000000000", "011 52 1234567", ""])
def test_what_cannot_be_dialled_here_is_no_phone_number(words: str) -> None:
    assert said("phone number", words) is None


@pytest.mark.parametrize(
    ("language", "words", "number"),
    [
        ("en", "twelve thirty four", "1234"),
        ("en", "1234", "1234"),
        ("en", "one two three four", "1234"),
        ("en", "five hundred", "500"),
        ("en", "three oh five", "305"),
        ("en", "oh it's 450 apartment 3", "450"),
        ("en", "450 no 460", "460"),
        ("en", "twenty five hundred", "2500"),
        ("es", "quinientos veintiuno", "521"),
        ("es", "mil doscientos", "1200"),
        ("es", "treinta y un", "31"),
        ("en", "1234567", None),
        ("en", "zero", None),
        ("en", "4111 1111 1111 1111", None),
        ("en", "the blue house", None),
    ],
)
def test_the_first_number_said_is_the_house_number(
    language: Language, words: str, number: str | None
) -> None:
    assert said("house number", words, language) == number


def test_a_keyed_house_number_loses_its_leading_zeros() -> None:
    assert keyed("house number", "0450#") == "450"


@settings(deadline=None)  # a busy machine is no failure
@given(st.from_regex("[0-9]{1,11}", fullmatch=True), st.sampled_from(["en", "es"]))
def test_digits_said_apart_are_read_back(digits: str, language: Language) -> None:
    assert said("digits", digits_apart(digits), language) == digits
    assert said("digits", threes(digits), language) == digits


DIGIT_WORDS = {
    "en": table("zero one two three four five six seven eight nine"),
    "es": table("cero uno dos tres cuatro cinco seis siete ocho nueve"),
}


@settings(deadline=None)  # a busy machine is no failure
@given(st.from_regex("[0-9]{8}", fullmatch=True), st.sampled_from(["en", "es"]))
def test_digits_said_as_words_are_read_back(digits: str, language: Language) -> None:
    words = " ".join(DIGIT_WORDS[language][int(digit)] for digit in digits)
    assert said("account number", words, language) == digits
