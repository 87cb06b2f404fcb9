"""Card numbers are never kept, and no text, however wild, raises."""

import json
import re
from datetime import date
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.words import LANGUAGES, Language
from ivr.heard import Heard
from ivr.listening import (
    LISTENERS,
    Option,
    Outcome,
    choice,
    command,
    heard_card,
    holds_card,
    masked,
)
from nlp.spoken.lists import table

TODAY = date(2026, 11, 18)
MENU = (Option("1", {"en": ("pay",), "es": ("pagar",)}), Option("2", {"en": ("stop",)}))
TWELVE = re.compile(r"([0-9][^0-9A-Za-z]*){12}")

CARDS = (
    "4111111111111111",
    "4111 1111 1111 1111",
    "4111-1111-1111-1111",
    "4111, 1111, 1111, 1111",
    "4111 1111 um 1111 and 1111",
    "my card is 4111 1111 1111 1111 thanks",
    "four one one one one one one one one one one one one one one one",
    "forty one eleven eleven eleven eleven eleven eleven eleven",
    "four triple one four triple one four triple one four triple one",
    "4 1 1 1 1 1 1 1 for 5 6 7 8 9 1 to 3",
    "cuatro uno uno uno uno uno uno uno uno uno uno uno uno uno uno uno",
    "cuarenta y uno once once once once once once once",
    " ".join(chr(0x0664) * 4 for _ in range(4)),
    chr(0xFF14) * 16,
    "①" * 16,
    "²" * 16,
    "123456789012",
)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", LISTENERS)
@pytest.mark.parametrize("words", CARDS)
def test_no_listener_keeps_a_spoken_card_number(name: str, words: str, language: Language) -> None:
    heard = Heard(words=words)
    assert LISTENERS[name].read(heard, language, TODAY) is None
    assert heard_card(heard)
    assert masked(words) == "(number not kept)"


@pytest.mark.parametrize("name", LISTENERS)
@pytest.mark.parametrize("digits", ["4111111111111111", "4111*1111*1111*1111", "123456789012#"])
def test_no_listener_keeps_a_keyed_card_number(name: str, digits: str) -> None:
    heard = Heard(digits=digits)
    assert LISTENERS[name].read(heard, "en", TODAY) is None
    assert heard_card(heard)


@pytest.mark.parametrize(
    "words",
    [
        "my number is 801 555 0100 and my account is 12345678",
        "call 8015550100 or 8015550101",
        "there is a tree down at 450 north 200 west since 9:30 on 11/3/2026",
        "+1 801 555 0100",
        "",
    ],
)
def test_what_people_do_say_is_no_card_number(words: str) -> None:
    assert not holds_card(words)
    assert masked(words) == words


spoken = st.lists(
    st.sampled_from(
        table(
            "one two five oh double triple hundred thousand and point dollars cents the of "
            "friday may 1 48 500 0 11/3 148.92 $5 uno una mil cien ciento y con dos doble el "
            "de mayo viernes manana pasado next last west calle street st 9th no sorry north "
            "& - , yes in days week ago from 4111 first"
        )
    ),
    max_size=20,
).map(" ".join)
wild = st.text(max_size=60) | spoken | st.text("0123456789 .,$/-*❸½²௧", max_size=40)


@settings(deadline=None)  # a busy machine is no failure
@given(wild, st.text("0123456789*#", max_size=32), st.sampled_from(LANGUAGES))
def test_nothing_that_is_heard_raises_or_leaves_twelve_digits(
    words: str, digits: str, language: Language
) -> None:
    for heard in (Heard(words=words), Heard(digits=digits), Heard(words=words, digits=digits)):
        command(heard, language)
        choice(heard, language, MENU)
        for listener in LISTENERS.values():
            reading = listener.read(heard, language, TODAY)
            assert reading is None or reading.outcome in listener.outcomes
            assert reading is None or not TWELVE.search(
                json.dumps(reading.value, ensure_ascii=False)
            )


@settings(deadline=None)  # a busy machine is no failure
@given(st.dates(), spoken, st.sampled_from(LANGUAGES))
def test_no_day_is_too_strange_to_ask_on(today: date, words: str, language: Language) -> None:
    reading = LISTENERS["date"].read(Heard(words=words), language, today)
    assert reading is None or date.fromisoformat(str(reading.value))


def test_a_thousand_characters_of_numbers_raise_nothing() -> None:
    for words in ("9" * 1000, "nine " * 200, "mil " * 250, "one hundred " * 80, "5,000" * 200):
        for listener in LISTENERS.values():
            listener.read(Heard(words=words[:1000]), "en", TODAY)


def test_every_listener_names_only_known_outcomes_and_real_waits() -> None:
    for name, listener in LISTENERS.items():
        assert listener.name == name
        assert set(listener.outcomes) <= set(get_args(Outcome))
        assert listener.keys.finish in {"", "#"}
        assert listener.keys.speech
        assert listener.keys.seconds >= 5
        assert listener.keys.speech_seconds >= 1
        assert 1 <= listener.keys.most <= 11  # 0 and * always reach the line
