"""Yes and no, the language question, free speech."""

from datetime import date

import pytest

from config.words import Language
from ivr.heard import Heard
from ivr.listening import LISTENERS, Reading, language_listener

TODAY = date(2026, 11, 18)
YES_OR_NO = LISTENERS["yes or no"]


def cases(lines: str) -> list[str]:
    """Split what residents say, parted by bars."""
    return lines.split("|")


def yes_no(words: str, language: Language) -> str | None:
    reading = YES_OR_NO.read(Heard(words=words), language, TODAY)
    return reading.outcome if reading else None


@pytest.mark.parametrize(
    ("language", "words"),
    [
        *[
            ("en", words)
            for words in cases(
                "yes|Yes.|yeah|yep|yup|uh huh|uh-huh|mhm|mm-hmm|sure|sure thing|that's right|"
                "that’s right|That is correct.|correct|right|okay|ok|all right|absolutely|"
                "of course|go ahead|please do|yes please|um yes|oh yeah|well yes I guess so|"
                "you bet|I think so|yes I have no water|yes that's my address|one|press one|1|"
                "number one please|sounds good|why not|sí|oh yes please do"
            )
        ],
        *[
            ("es", words)
            for words in cases(
                "sí|si|Sí.|sí señor|claro|claro que sí|por supuesto|cómo no|ajá|correcto|"
                "así es|exacto|está bien|de acuerdo|bueno|órale sí|ándale|sí por favor|"
                "sí señorita por favor|creo que sí|pues sí|eso es|es correcto|uno|oprima uno|"
                "vale|okay|sin problema|sí esa es mi dirección|yes"
            )
        ],
    ],
)
def test_every_plain_way_of_agreeing_is_a_yes(language: Language, words: str) -> None:
    assert yes_no(words, language) == "yes"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        *[
            ("en", words)
            for words in cases(
                "no|No.|nope|nah|no thanks|no thank you|not really|negative|that's wrong|"
                "that's not right|that is not correct|incorrect|no it's 148 Center Street|"
                "I don't think so|no way|two|press two|2|nuh uh|not yet|um no|no no no|"
                "of course not|oh no thanks|that would be a no"
            )
        ],
        *[
            ("es", words)
            for words in cases(
                "no|no gracias|No, gracias.|nop|incorrecto|no es correcto|claro que no|"
                "por supuesto que no|para nada|tampoco|todavía no|creo que no|ya no|dos|"
                "no señorita|no mi dirección es otra|está mal|equivocado"
            )
        ],
    ],
)
def test_every_plain_way_of_refusing_is_a_no(language: Language, words: str) -> None:
    assert yes_no(words, language) == "no"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ""),
        ("en", "um"),
        ("en", "I don't know"),
        ("en", "I'm not sure"),
        ("en", "maybe"),
        ("en", "yes no"),
        ("en", "yes no I mean no"),
        ("en", "no that's right"),
        ("en", "yes that's wrong"),
        ("en", "no problem"),
        ("en", "seven"),
        ("en", "the water has been off since this morning on my street"),
        ("es", "no sé"),
        ("es", "tal vez"),
        ("es", "no, así es"),
        ("es", "tres"),
        ("es", "la calle está mojada"),
    ],
)
def test_what_is_not_surely_one_is_neither(language: Language, words: str) -> None:
    assert yes_no(words, language) is None


def test_one_is_yes_and_two_is_no_and_other_keys_are_neither() -> None:
    answers = [
        YES_OR_NO.read(Heard(digits=key), "en", TODAY) for key in ("1", "2", "1#", "3", "11")
    ]
    assert answers == [
        Reading("yes", value=True),
        Reading("no", value=False),
        Reading("yes", value=True),
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("english", "en"),
        ("English please", "en"),
        ("in english", "en"),
        ("inglés", "en"),
        ("en inglés por favor", "en"),
        ("one", "en"),
        ("uno", "en"),
        ("hello good morning", "en"),
        ("no hablo español", "en"),
        ("I don't speak Spanish", "en"),
        ("spanish", "es"),
        ("Spanish, please.", "es"),
        ("español", "es"),
        ("espanol", "es"),
        ("en español por favor", "es"),
        ("quiero español", "es"),
        ("dos", "es"),
        ("two", "es"),
        ("castellano", "es"),
        ("hola buenos días", "es"),
        ("no english", "es"),
        ("I don't speak English very well", "es"),
        ("french", None),
        ("english or spanish", None),
        ("my spanish teacher lives there", None),
        ("", None),
        ("three", None),
    ],
)
def test_the_language_is_chosen_by_its_name_or_number(words: str, value: str | None) -> None:
    reading = LISTENERS["language"].read(Heard(words=words), "en", TODAY)
    assert (reading.value if reading else None) == value


def test_the_keys_of_the_language_question_can_be_the_greetings_own() -> None:
    listener = language_listener(english_key="8", spanish_key="9")
    assert listener.read(Heard(digits="9"), "en", TODAY) == Reading("spanish", "es")
    assert listener.read(Heard(digits="8#"), "es", TODAY) == Reading("english", "en")
    assert listener.read(Heard(digits="1"), "en", TODAY) is None


def test_free_speech_is_kept_as_it_was_said() -> None:
    words = LISTENERS["words"]
    heard = Heard(words="  There's a   tree down, ¿sabe? ")
    assert words.read(heard, "en", TODAY) == Reading("words", "There's a tree down, ¿sabe?")


@pytest.mark.parametrize("words", ["", "   ", "um", "uh, please", "4111 1111 1111 1111", "❸"])
def test_nothing_and_card_numbers_are_no_free_speech(words: str) -> None:
    assert LISTENERS["words"].read(Heard(words=words), "en", TODAY) is None


def test_silence_is_silence_only_when_nothing_at_all_came() -> None:
    assert Heard().silent
    assert Heard(words="  ").silent
    assert not Heard(digits="1").silent
    assert not Heard(words="hi").silent
    assert not Heard(dialled="busy").silent
    assert not Heard(recording="RE1").silent
