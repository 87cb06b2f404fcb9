"""Gather and Record: what the line hears of what a caller does."""

import pytest

from tests.unit.devphone.town import town


def question(attributes: str = "", after: str = "<Say>Nothing came.</Say>") -> dict[str, str]:
    ask = f'<Gather action="/heard" {attributes}><Say>What is it?</Say></Gather>{after}'
    return {"/voice": ask, "/heard": "<Say>Thank you.</Say>"}


def test_silence_falls_through_to_the_next_verb() -> None:
    here = town(question())
    caller = here.calling()
    caller.hears("What is it?")
    caller.stays_silent()
    caller.hears("Nothing came.")
    assert here.line.paths() == ["/voice"]


def test_silence_goes_to_the_action_where_the_document_asks_for_it() -> None:
    here = town(question('actionOnEmptyResult="true" input="dtmf speech"'))
    caller = here.calling()
    caller.stays_silent()
    caller.hears("Thank you.")
    assert here.line.requests[-1].form["Digits"] == ""


@pytest.mark.parametrize(
    ("attributes", "pressed", "digits"),
    [
        ("", "12#", "12"),
        ("", "12", "12"),  # the pause behind the last key ends it
        ('numDigits="1"', "12", "1"),
        ('finishOnKey="*"', "1#2*", "1#2"),
        ('finishOnKey=""', "12#*", "12#*"),
        ("", "#12#", "12"),  # a finishing key with nothing before it finishes nothing
    ],
)
def test_keys_make_an_answer(attributes: str, pressed: str, digits: str) -> None:
    here = town(question(attributes))
    here.calling().presses(pressed)
    assert here.line.requests[-1].form["Digits"] == digits


def test_words_make_an_answer_with_their_confidence() -> None:
    here = town(question('input="dtmf speech" language="es-US"'))
    here.calling().says("hay un bache", confidence=0.42)
    form = here.line.requests[-1].form
    assert (form["SpeechResult"], form["Confidence"], form["Language"]) == (
        "hay un bache", "0.42", "es-US",
    )  # fmt: skip
    assert "Digits" not in form


def test_a_line_that_listens_for_keys_does_not_hear_words() -> None:
    caller = town(question()).calling()
    with pytest.raises(AssertionError, match="the line listens for dtmf"):
        caller.says("hello")


def test_without_an_action_the_same_document_is_asked_again() -> None:
    here = town({"/voice": '<Gather numDigits="1"><Say>Press.</Say></Gather>'})
    here.calling().presses("1")
    assert here.line.paths() == ["/voice", "/voice"]
    assert here.line.requests[-1].form["Digits"] == "1"


def test_a_get_action_has_the_digits_in_its_query() -> None:
    here = town(question('method="GET" numDigits="1"'))
    here.calling().presses("1")
    assert here.line.requests[-1].url.startswith("https://line.example/heard?")
    assert "Digits=1" in here.line.requests[-1].url


def test_a_missed_fragment_is_reported_with_the_transcript() -> None:
    caller = town(question()).calling()
    with pytest.raises(
        AssertionError, match=r"(?s)did not hear 'bonjour'.*line \(en-US\): What is it"
    ):
        caller.hears("bonjour")


def test_only_what_was_said_since_the_last_act_is_heard() -> None:
    caller = town(question('numDigits="1"')).calling()
    caller.presses("1")
    caller.hears("thank   YOU")
    caller.does_not_hear("What is it?")


def test_the_language_of_a_prompt_is_its_own_or_its_voices() -> None:
    said = '<Say language="es-MX">Hola.</Say><Say voice="Polly.Lupe-Neural">Adiós.</Say>'
    caller = town({"/voice": said}).calling()
    caller.hears_in("es")
    with pytest.raises(AssertionError):
        caller.hears_in("en")


RECORD = (
    '<Record action="/recorded" recordingStatusCallback="/ready" transcribe="true"'
    ' transcribeCallback="/written"/><Say>Nothing was recorded.</Say>'
)


def test_a_message_goes_to_the_action_and_its_file_follows() -> None:
    here = town(
        {"/voice": RECORD, "/recorded": "<Say>Thank you.</Say>", "/ready": "", "/written": ""}
    )
    caller = here.calling()
    caller.says("the hydrant leaks")
    caller.hears("Thank you.")
    caller.does_not_hear("Nothing was recorded.")
    assert here.line.to("/recorded")[0].form["RecordingSid"].startswith("RE")
    assert here.line.to("/ready")[0].form["RecordingStatus"] == "completed"
    assert here.line.to("/written")[0].form["TranscriptionText"] == "the hydrant leaks"


def test_a_message_that_nobody_leaves_falls_through() -> None:
    caller = town({"/voice": RECORD}).calling()
    caller.waits()
    caller.hears("Nothing was recorded.")
