"""Menus: by key, by number word, by the words of one option."""

import pytest

from config.words import Language
from ivr.heard import Heard
from ivr.listening import Option, choice

MENU = (
    Option("1", {"en": ("pay a bill", "make a payment"), "es": ("pagar una factura",)}),
    Option(
        "2",
        {
            "en": ("question about a bill", "why is my bill high"),
            "es": ("pregunta sobre la factura",),
        },
    ),
    Option("3", {"en": ("start service",), "es": ("empezar servicio",)}),
    Option("4", {"en": ("stop service",), "es": ("parar el servicio",)}),
    Option(
        "5",
        {"en": ("report a problem", "no water"), "es": ("reportar un problema", "no hay agua")},
    ),
)


@pytest.mark.parametrize(
    ("language", "words", "key"),
    [
        ("en", "one", "1"),
        ("en", "1", "1"),
        ("en", "two", "2"),
        ("en", "to", "2"),
        ("en", "for", "4"),
        ("en", "number two", "2"),
        ("en", "option 3 please", "3"),
        ("en", "press five", "5"),
        ("en", "the second one", "2"),
        ("en", "the first one please", "1"),
        ("en", "the last one", "5"),
        ("en", "dos", "2"),
        ("es", "dos", "2"),
        ("es", "uno", "1"),
        ("es", "la segunda", "2"),
        ("es", "el tercero", "3"),
        ("es", "la primera opción por favor", "1"),
        ("es", "el último", "5"),
        ("es", "número cuatro", "4"),
        ("en", "nine", None),
        ("en", "the sixth one", None),
    ],
)
def test_an_option_is_chosen_by_its_number(language: Language, words: str, key: str | None) -> None:
    assert choice(Heard(words=words), language, MENU) == key


@pytest.mark.parametrize(
    ("language", "words", "key"),
    [
        ("en", "pay a bill", "1"),
        ("en", "I'd like to pay my bill please", "1"),
        ("en", "payments", "1"),
        ("en", "I have a question about my bill", "2"),
        ("en", "why is it so high", "2"),
        ("en", "stop my service", "4"),
        ("en", "start", "3"),
        ("en", "there is no water in my house", "5"),
        ("en", "reportt a problem", "5"),
        ("en", "pagar", "1"),
        ("es", "quiero pagar", "1"),
        ("es", "pagar mi factura", "1"),
        ("es", "tengo una pregunta", "2"),
        ("es", "parar servicio por favor", "4"),
        ("es", "no hay agua", "5"),
        ("es", "problemas", "5"),
        ("es", "pay my bill", "1"),
    ],
)
def test_an_option_is_chosen_by_its_words(language: Language, words: str, key: str) -> None:
    assert choice(Heard(words=words), language, MENU) == key


@pytest.mark.parametrize(
    "words",
    [
        "",
        "um",
        "bill",
        "service",
        "start or stop",
        "tell me a joke",
        "I don't want to pay my bill",
        "4111 1111 1111 1111",
        "my neighbor told me that somebody down at the office would pay for the tree on our street",
        "word " * 60 + "pay a bill",
    ],
)
def test_what_is_not_surely_one_option_is_none(words: str) -> None:
    assert choice(Heard(words=words), "en", MENU) is None


@pytest.mark.parametrize(("digits", "key"), [("1", "1"), ("5#", "5"), ("6", None), ("11", None)])
def test_an_option_is_chosen_by_its_key(digits: str, key: str | None) -> None:
    assert choice(Heard(digits=digits), "en", MENU) == key


def test_a_menu_of_nothing_has_no_choice() -> None:
    assert choice(Heard(words="the last one"), "en", ()) is None
    assert choice(Heard(words="pay"), "en", ()) is None
    assert choice(Heard(words="pay"), "en", [Option("1", {})]) is None
