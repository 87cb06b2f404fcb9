"""What is kept of a caller's words: nothing that names an account, a phone or a mailbox."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning.wording import LONGEST, plain


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("there is a pothole on my street", "there is a pothole on my street"),
        ("my account is 12345678 and i want to pay", "my account is and i want to pay"),
        ("account one two three four five six seven eight please", "account please"),
        ("my account is double five oh seven twenty two", "my account is"),
        ("mi cuenta es cero cuatro doble cinco y siete gracias", "mi cuenta es gracias"),
        ("mi número es ochocientos uno quinientos cincuenta y cinco", "mi número es"),
        ("call me at 801-555-0142 about the bill", "call me at about the bill"),
        ("write to jane.roe@example.com please", "write to please"),
        ("mi correo es juana arroba example punto com gracias", "mi correo es gracias"),
        ("meter a12b34 is broken", "meter is broken"),
        ("i have one or two trees down", "i have one or two trees down"),
        ("  um,  yes   hello. ", "um, yes hello"),
        ("148 92", ""),
        ("one two three four", ""),
        ("", ""),
        ("\x00 ?!", ""),
    ],
)
def test_numbers_and_mailboxes_are_dropped_and_the_rest_is_kept(said: str, kept: str) -> None:
    assert plain(said) == kept


@given(st.text(max_size=2000))
def test_whatever_was_said_is_short_printable_and_without_a_digit(said: str) -> None:
    kept = plain(said)
    assert len(kept) <= LONGEST
    assert not any(letter.isdigit() for letter in kept)
    assert kept.isprintable()
    assert plain(kept) == kept or len(said) > LONGEST


def test_a_long_story_is_cut_after_a_whole_word() -> None:
    kept = plain("word " * 200)
    assert len(kept) <= LONGEST
    assert set(kept.split()) == {"word"}
