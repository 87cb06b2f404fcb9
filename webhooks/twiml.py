"""Replies as TwiML: the one place that knows how each thing the line can say is written.

Voices, recogniser languages and the speech model are pinned here: an unsupported pair makes a
<Gather> fail without a word (error 13331). `speechTimeout` is always a number, since "auto" cuts
callers off in mid-sentence and some models refuse it.
"""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# twilio ships no types; its unknowns stay in the few files that name them.

from typing import Final

from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

from config.words import Language
from ivr.reply import Goodbye, Listen, PutThrough, Reply, Said

VOICES: Final[dict[Language, str]] = {"en": "Polly.Joanna-Neural", "es": "Polly.Lupe-Neural"}
LOCALES: Final[dict[Language, str]] = {"en": "en-US", "es": "es-US"}
SPEECH_MODEL: Final = "googlev2_telephony"
MOST_HINTS: Final = 60
LONGEST_SAY: Final = 2800  # Polly takes 3,000 characters


def document(reply: Reply, next_turn: str) -> bytes:
    """Write a reply as a TwiML document; `next_turn` is the full address of the turn to come."""
    response = VoiceResponse()
    match reply:
        case Listen():
            add_listening(response, reply, next_turn)
        case PutThrough():
            say(response, reply.said)
            dial = Dial(
                action=next_turn, method="POST", timeout=reply.seconds, answer_on_bridge=True
            )
            dial.number(reply.number)
            response.append(dial)
        case Goodbye():
            say(response, reply.said)
            response.hangup()
    return str(response).encode()


def add_listening(response: VoiceResponse, reply: Listen, next_turn: str) -> None:
    """Speak inside the <Gather>, so that the caller may interrupt."""
    keys = reply.keys
    gather = Gather(
        input="dtmf speech" if keys.speech else "dtmf",
        action=next_turn,
        method="POST",
        action_on_empty_result=True,
        timeout=keys.seconds,
        num_digits=keys.most or 1,  # a key that is no answer may still be 0, for a person
        finish_on_key=keys.finish,
        **(speech(reply) if keys.speech else {}),
    )
    say(gather, reply.said)
    response.append(gather)
    # A gather that cannot start falls through to here; without this the call would just end.
    response.redirect(next_turn, method="POST")


def speech(reply: Listen) -> dict[str, str | int]:
    """Tell the recogniser what to expect."""
    hints = ", ".join(hint for hint in reply.hints[:MOST_HINTS] if "," not in hint)
    attributes: dict[str, str | int] = {
        "language": LOCALES[reply.language],
        "speech_model": SPEECH_MODEL,
        "speech_timeout": reply.keys.speech_seconds,
    }
    return {**attributes, "hints": hints} if hints else attributes


def say(parent: VoiceResponse | Gather, said: tuple[Said, ...]) -> None:
    """Speak each piece in the voice of its language."""
    for piece in said:
        parent.say(
            piece.text[:LONGEST_SAY], voice=VOICES[piece.language], language=LOCALES[piece.language]
        )
