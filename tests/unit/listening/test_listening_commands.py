"""What may be said or pressed at any question, and what only sounds like it."""

import pytest

from config.words import Language
from ivr.heard import Heard
from ivr.listening import COMMANDS, Command, command

ASKED: dict[Command, str] = {
    "representative": (
        "representative|Representative!|agent|operator|a person|a real person|human|human being|"
        "let me talk to somebody|I want to speak to a representative|can I talk to a person please|"
        "representative representative|customer service|no representative|yes I need an agent|"
        "put me through to someone|is there somebody I can talk to|real person please|rep|"
        "I would like to speak with somebody right now|connect me with a live agent|"
        "representante|agente|operadora|una persona|quiero hablar con una persona|"
        "necesito hablar con alguien|me puede comunicar con un agente por favor|"
        "comuníqueme con un representante|páseme con alguien|una persona de verdad|"
        "servicio al cliente|no, quiero hablar con un agente|alguien que me ayude"
    ),
    "repeat": (
        "repeat|repeat that|say that again|can you repeat that please|pardon|what|sorry what|"
        "I didn't hear you|what did you say|come again|one more time|what are my options|"
        "again please|repita|repita por favor|otra vez|otra vez por favor|¿cómo?|mande|perdón|"
        "no le entendí|¿puede repetir?|¿qué dijo?|de nuevo|una vez más|¿cuáles son las opciones?"
    ),
    "go back": (
        "go back|back|go back please|previous menu|I want to go back|main menu|start over|"
        "regresar|regrese|volver|atrás|para atrás|menú anterior|quiero regresar|menú principal"
    ),
    "español": (
        "español|en español|en español por favor|speak spanish|spanish|spanish please|in spanish|"
        "can you speak Spanish|habla español|¿habla usted español?|quiero español|"
        "continue in spanish|no hablo inglés|no speak english|I don't understand english|"
        "espanol|cambiar a español"
    ),
    "english": (
        "english|in english|english please|speak english|inglés|en inglés|hablo inglés|"
        "no hablo español|I don't speak spanish|do you speak english|no entiendo español"
    ),
}
CASES = [(asked, words) for asked, lines in ASKED.items() for words in lines.split("|")]


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(("asked", "words"), CASES)
def test_a_request_is_understood_in_both_languages_whatever_the_calls(
    asked: Command, words: str, language: Language
) -> None:
    assert command(Heard(words=words), language) == asked


@pytest.mark.parametrize(
    "words",
    [
        "",
        "um",
        "my neighbor's representative said no",
        "the person next door is burning leaves",
        "there is someone on my line",
        "someone is here",
        "I'm not going back there",
        "the agent told me to call about my bill",
        "the light in the back of the park is out",
        "someone hit the sign on center street and left it lying on the road",
        "I don't want a representative",
        "mi vecino habló con un representante de la ciudad",
        "una persona tiró basura en la calle",
        "the water comes again and again over the street",
        "the spanish restaurant has no water",
        "english or spanish",
        "yes",
        "no",
        "zero",
        "twelve thirty four",
        "pay my bill",
        "quiero pagar mi cuenta",
        "no hay agua otra vez",
    ],
)
@pytest.mark.parametrize("language", ["en", "es"])
def test_an_answer_or_a_report_is_no_command(words: str, language: Language) -> None:
    assert command(Heard(words=words), language) is None


@pytest.mark.parametrize(
    ("digits", "asked"),
    [
        ("0", "representative"),
        ("0#", "representative"),
        ("*", "repeat"),
        ("012", None),
        ("00", None),
        ("1", None),
        ("#", None),
        ("148*92", None),
    ],
)
def test_zero_and_star_count_only_alone(digits: str, asked: Command | None) -> None:
    assert command(Heard(digits=digits), "en") == asked


def test_keys_outrank_what_was_said_meanwhile() -> None:
    assert command(Heard(digits="12345678", words="representative"), "en") is None


def test_a_person_in_the_other_language_changes_the_language_first() -> None:
    assert command(Heard(words="a representative in spanish please"), "en") == "español"
    assert command(Heard(words="do you have someone who speaks spanish"), "en") == "español"
    assert command(Heard(words="a representative in spanish please"), "es") == "representative"
    assert command(Heard(words="un agente en inglés"), "es") == "english"


def test_a_bare_no_before_a_language_refuses_only_the_calls_own() -> None:
    assert command(Heard(words="no english"), "en") == "español"
    assert command(Heard(words="no, English"), "es") == "english"
    assert command(Heard(words="no in english please"), "en") == "english"


def test_the_commands_are_those_that_flows_may_name() -> None:
    assert COMMANDS == ("representative", "repeat", "go back", "español", "english")
