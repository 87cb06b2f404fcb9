"""Filling prompts: whatever a caller or a clerk put into the memo, words come out."""

from hypothesis import given
from hypothesis import strategies as st

from config.words import Language
from devphone.grammar import faults_of
from ivr.flows.shapes import Piece, Prompt
from ivr.prompting import LONGEST_VALUE, spoken
from ivr.reply import Goodbye, Said
from ivr.speaking import KINDS
from ivr.verb import Tell
from webhooks.twiml import document

NAMES = {kind: Tell(kind, "") for kind in KINDS} | {"both": Tell("both", {})}


def fill(text: str, memo: dict[str, object], language: Language = "en") -> str:
    """Fill one sentence."""
    prompt = Prompt((Piece("en", text),), (Piece("es", text),))
    return " ".join(said.text for said in spoken(prompt, language, memo, NAMES))


def test_a_value_is_spoken_as_its_kind() -> None:
    assert fill("Number {threes}.", {"threes": "123456786"}) == "Number 1 2 3, 4 5 6, 7 8 6."
    assert fill("{money}", {"money": 14892}, "es") == (
        "ciento cuarenta y ocho dólares con noventa y dos centavos"
    )


def test_a_text_in_both_languages_is_spoken_in_the_calls() -> None:
    memo: dict[str, object] = {"both": {"en": "a pothole", "es": "un bache"}}
    assert fill("About {both}.", memo) == "About a pothole."
    assert fill("Sobre {both}.", memo, "es") == "Sobre un bache."


def test_a_missing_value_leaves_a_gap_and_no_braces() -> None:
    assert fill("It is {plain} here, {unheard of}.", {}) == "It is here, ."


def test_a_piece_that_comes_out_empty_is_not_said() -> None:
    prompt = Prompt((Piece("en", "{plain}"), Piece("en", "Hello.")), ())
    assert spoken(prompt, "en", {}, NAMES) == (Said("en", "Hello."),)


def test_a_piece_in_the_other_language_keeps_its_voice() -> None:
    prompt = Prompt((Piece("en", "Hello."), Piece("es", "Para español, oprima 2.")), ())
    assert [said.language for said in spoken(prompt, "en", {}, NAMES)] == ["en", "es"]


def test_braces_in_a_value_are_not_filled_again() -> None:
    memo: dict[str, object] = {"plain": "{money} {plain}", "money": 100}
    assert fill("You said {plain}.", memo) == "You said {money} {plain}."


def test_a_long_value_is_cut() -> None:
    assert len(fill("{plain}", {"plain": "a" * 10_000})) == LONGEST_VALUE
    assert len(fill("{both}", {"both": {"en": "a" * 10_000}})) == LONGEST_VALUE


def test_a_value_of_the_wrong_shape_is_said_plainly() -> None:
    assert fill("{money}", {"money": "a lot"}) == "a lot"
    assert fill("{date}", {"date": "some day"}) == "some day"
    assert fill("{both}", {"both": "no mapping"}) == ""
    assert fill("{both}", {"both": {"fr": "salut"}}) == ""


def test_control_characters_of_a_clerks_text_do_not_break_the_document() -> None:
    memo: dict[str, object] = {"both": {"en": "Closed\x0b\x1f \ufffe today."}}
    assert fill("{both}", memo) == "Closed today."


texts = st.text(max_size=40)
values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    texts,
    st.dictionaries(texts, texts),
    st.fixed_dictionaries({"en": texts, "es": texts}),
    st.lists(texts),
)


@given(st.dictionaries(st.sampled_from(sorted(NAMES)), values), st.sampled_from(["en", "es"]))
def test_no_memo_breaks_a_document(memo: dict[str, object], language: Language) -> None:
    text = "Hello. " + " ".join(f"{{{name}}}" for name in NAMES)
    body = document(Goodbye((Said(language, fill(text, memo, language)),)), "https://x.example/")
    assert faults_of(body) == []
