"""The word parsers by themselves: cheap to import, and the same letters however they are folded."""

import subprocess
import sys
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from nlp.spoken.cards import holds_card
from nlp.spoken.digits import e164, said_digits, said_numbers
from nlp.spoken.folding import fold


def test_reading_words_needs_neither_spacy_nor_numpy() -> None:
    asks = "import sys, nlp.entities; print({'spacy', 'numpy', 'sklearn'} & set(sys.modules))"
    ran = subprocess.run(  # its own process: here others have imported them
        [sys.executable, "-c", asks], capture_output=True, text=True, check=True, timeout=60
    )
    assert ran.stdout.strip() == "set()"


@given(st.text(st.characters(max_codepoint=127)))
def test_plain_letters_fold_as_accented_ones_do(text: str) -> None:
    accented = "".join(f"{letter}\u0301" if letter.isalpha() else letter for letter in text)
    assert fold(unicodedata.normalize("NFC", accented)) == fold(text)


def test_what_follows_a_correction_is_the_first_number() -> None:
    assert next(said_numbers("351 no wait 531 west", "en")) == "531"


def test_no_digits_fit_where_none_are_asked_for() -> None:
    assert said_digits("one two three", "en", lambda _: False) is None


def test_only_numbers_that_can_be_dialled_are_phones() -> None:
    assert e164("18015550142") == "+18015550142"
    assert e164("0015550142") == ""


def test_few_digits_among_many_words_are_no_card() -> None:
    assert not holds_card("there are two of us and one dog at three fifty one west center street")
    assert holds_card("it is forty one eleven eleven eleven eleven eleven")
