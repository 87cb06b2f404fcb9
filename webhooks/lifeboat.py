"""What a caller hears when a turn cannot be taken: never silence, never "application error".

Needs nothing but the number to ring: no database, no Redis, no flows. Both languages are spoken,
since nothing is known of the call. Once per turn the call is asked to go on by itself ("one
moment"), because an answer may have been stored that only got lost on its way; after that it
goes to a person.
"""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# twilio ships no types; its unknowns stay in the few files that name them.

from typing import Final

from twilio.twiml.voice_response import VoiceResponse

MOMENT: Final = (("en-US", "One moment, please."), ("es-US", "Un momento, por favor."))
PERSON: Final = (
    (
        "en-US",
        "I am sorry, something is not working on our side. I will put you through to a person.",
    ),
    ("es-US", "Lo siento, algo no funciona de nuestro lado. Le comunico con una persona."),
)
NOBODY: Final = (
    (
        "en-US",
        (
            "I am sorry, our system is not working right now. Please call again in a few minutes. "
            "If this is an emergency, hang up and dial 9 1 1."
        ),
    ),
    (
        "es-US",
        (
            "Lo siento, nuestro sistema no funciona en este momento. Llame otra vez en unos "
            "minutos. Si es una emergencia, cuelgue y marque 9 1 1."
        ),
    ),
)
VOICES: Final = {"en-US": "Polly.Joanna-Neural", "es-US": "Polly.Lupe-Neural"}
RINGING_SECONDS: Final = 45
MOMENT_SECONDS: Final = 2


def go_on(address: str) -> bytes:
    """Ask for patience and come back to the same turn."""
    response = VoiceResponse()
    speak(response, MOMENT)
    response.pause(length=MOMENT_SECONDS)
    response.redirect(address, method="POST")
    return str(response).encode()


def to_a_person(number: str | None, after: str) -> bytes:
    """Put the caller through, or say honestly that nobody can be reached.

    `after` is the address that hears how the ringing ended (the fallback's own: see `rung`).
    """
    if not number:
        return nobody()
    response = VoiceResponse()
    speak(response, PERSON)
    response.dial(number, timeout=RINGING_SECONDS, action=after, method="POST")
    return str(response).encode()


def rung(status: str) -> bytes:
    """Go on after the ringing: whoever was talked to is done, whoever was not is told so."""
    if status in {"completed", "answered"}:
        response = VoiceResponse()
        response.hangup()
        return str(response).encode()
    return nobody()


def nobody() -> bytes:
    """Say that nobody can be reached, and end the call."""
    response = VoiceResponse()
    speak(response, NOBODY)
    response.hangup()
    return str(response).encode()


def speak(response: VoiceResponse, sentences: tuple[tuple[str, str], ...]) -> None:
    """Say one thing in both languages."""
    for language, text in sentences:
        response.say(text, voice=VOICES[language], language=language)
