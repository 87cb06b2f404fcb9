"""Holds a TwiML document against the grammar, and says in plain sentences what is wrong with it.

`grammar.json` is the vocabulary: elements, attributes, nesting, sets of values. The rules below it
are those that a vocabulary cannot say. Stricter than Twilio in one point, on purpose: where Twilio
only warns (12200) and goes on without the part that it did not know, a fault is a fault here.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Literal, NotRequired, TypedDict, cast
from urllib.parse import quote, urlsplit
from xml.etree.ElementTree import Element, tostring

from devphone.markup import XML_NAMESPACE, UnreadableDocumentError, read, text_of

Kind = Literal["voice", "messaging", "wait", "whisper", "queue whisper"]

SCHEMA, EMPTY_SAY, SAY_TOO_LONG = 12200, 13520, 13521

# Verbs that may stand in documents for a special place (voice/twiml/enqueue, number, queue).
VERBS_IN: Mapping[Kind, frozenset[str]] = {
    "wait": frozenset({"Play", "Say", "Pause", "Hangup", "Redirect", "Leave", "Gather"}),
    "whisper": frozenset({"Play", "Say", "Pause", "Gather", "Hangup", "Redirect"}),
    "queue whisper": frozenset({"Play", "Say", "Pause", "Redirect"}),
}
SPEECH_ATTRIBUTES = ("hints", "speechTimeout", "speechModel", "maxSpeechTime", "profanityFilter")
URL_ATTRIBUTES = ("action", "url", "waitUrl", "statusCallback", "recordingStatusCallback")
CHARACTERS_MAX = {"Polly": 3000, "Google": 5000}  # by family of voice; others:
CHARACTERS_MAX_BASIC = 4096
CHARACTERS_MAX_ENCODED = 4500
CLIENTS_MAX = 10


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a document: Twilio's error code, and a sentence for people."""

    code: int
    sentence: str


# The shape of one value in grammar.json: a plain type, or a set of words.
OneOf = TypedDict("OneOf", {"one of": NotRequired[list[str]], "some of": NotRequired[list[str]],
                            "one of set": NotRequired[str]})  # fmt: skip


class Rule(TypedDict):
    children: list[str]
    attributes: dict[str, str | OneOf]


class Grammar(TypedDict):
    voice: dict[str, Rule]
    messaging: dict[str, Rule]
    sets: dict[str, list[str]]


@cache
def grammar() -> Grammar:
    """Return the vocabulary as it stands in grammar.json."""
    text = Path(__file__).with_name("grammar.json").read_text(encoding="utf-8")
    return cast("Grammar", json.loads(text))


def faults_of(document: bytes, kind: Kind = "voice") -> list[str]:
    """Return what is wrong with a document, as sentences; an empty list where nothing is.

    `kind` is where the document is used: a call, a message, the wait in a queue, a whisper to the
    phone that is dialled, or the whisper to the resident who leaves a queue.
    """
    return [fault.sentence for fault in findings(document, kind)]


def findings(document: bytes, kind: Kind = "voice") -> list[Fault]:
    """As `faults_of`, with Twilio's codes."""
    try:
        root = read(document)
    except UnreadableDocumentError as unreadable:
        return [Fault(unreadable.code, unreadable.sentence)]
    rules = grammar()["messaging" if kind == "messaging" else "voice"]
    found = [fault for parent, element in _walk(root) for fault in _faults(parent, element, rules)]
    return found + list(_misplaced(root, kind)) + list(_unreachable(root))


def _walk(root: Element) -> Iterator[tuple[Element | None, Element]]:
    """Visit every element with its parent, the root first."""
    yield None, root
    yield from ((parent, child) for parent in root.iter() for child in parent)


def _faults(parent: Element | None, element: Element, rules: Mapping[str, Rule]) -> Iterator[Fault]:
    rule = rules.get(element.tag)
    if rule is None:
        yield Fault(SCHEMA, f"<{element.tag}> is no element of TwiML.")
        return
    if parent is not None and not _may_hold(parent.tag, element.tag, rules):
        yield Fault(SCHEMA, f"<{element.tag}> may not stand inside <{parent.tag}>.")
    for raw, value in element.attrib.items():
        yield from _attribute_faults(element.tag, raw.replace(XML_NAMESPACE, "xml:"), value, rule)
    if check := CHECKS.get(element.tag):
        yield from check(element)


def _may_hold(parent: str, child: str, rules: Mapping[str, Rule]) -> bool:
    if (parent, child) == ("Response", "Prompt"):  # the SDK offers it there; only <Pay> can use it
        return False
    return parent not in rules or child in rules[parent]["children"]


def _attribute_faults(tag: str, name: str, value: str, rule: Rule) -> Iterator[Fault]:
    kind = rule["attributes"].get(name)
    if kind is None:
        yield Fault(SCHEMA, f"<{tag}> has no attribute {name}.")
    elif name == "language" and value in ("en", "es"):
        yield Fault(13331 if tag == "Gather" else 13512,
                    f'<{tag} language="{value}"> needs a country, as {value}-US has.')  # fmt: skip
    elif trouble := _value_trouble(name, value, kind):
        yield Fault(SCHEMA, f'<{tag} {name}="{value}">: {trouble}.')


def _value_trouble(name: str, value: str, kind: str | OneOf) -> str | None:
    if not isinstance(kind, str):
        return _set_trouble(value, kind)
    plain: dict[str, Callable[[], bool]] = {
        "number": lambda: _is_number(value),
        "numbers": lambda: all(_is_number(part) for part in value.split()),
        "boolean": lambda: value in ("true", "false"),
        "text": lambda: True,
    }
    if not plain[kind]():
        return "not true or false" if kind == "boolean" else "not a number"
    if name.lower().endswith("method") and value not in ("GET", "POST"):
        return "neither GET nor POST"
    if name in URL_ATTRIBUTES and not _is_web_address(value):
        return "not a web address"
    return None


def _set_trouble(value: str, kind: OneOf) -> str | None:
    if "some of" in kind:
        strangers = [word for word in value.split() if word not in kind["some of"]]
        return f"{', '.join(strangers) or 'nothing'} is not one of the known values" \
            if strangers or not value.split() else None  # fmt: skip
    allowed = kind["one of"] if "one of" in kind else grammar()["sets"][kind.get("one of set", "")]
    return None if value in allowed else "not one of the known values"


def _is_number(text: str) -> bool:
    digits = text.removeprefix("-")
    return digits.isascii() and digits.isdigit()


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("", "http", "https") and not any(sign.isspace() for sign in text)


def _misplaced(root: Element, kind: Kind) -> Iterator[Fault]:
    allowed = VERBS_IN.get(kind)
    for verb in root if allowed is not None else ():
        if verb.tag not in (allowed or ()):
            yield Fault(SCHEMA, f"<{verb.tag}> may not stand in a {kind} document.")


def _unreachable(root: Element) -> Iterator[Fault]:
    """Find verbs behind one that never comes back; from <Record>, silence does come back."""
    verbs = list(root)
    for verb, following in pairwise(verbs):
        if verb.tag in ("Hangup", "Redirect", "Reject", "Leave"):
            yield Fault(SCHEMA, f"<{following.tag}> after <{verb.tag}> is never reached.")


def _check_say(say: Element) -> Iterator[Fault]:
    words = text_of(say)
    if not words:
        yield Fault(EMPTY_SAY, "<Say> says nothing.")
    voice = say.get("voice", "").partition(".")[0]
    said = "".join(tostring(child, "unicode") for child in say) + (say.text or "")
    length = len(said) if voice == "Google" else len(words)
    most = CHARACTERS_MAX.get(voice, CHARACTERS_MAX_BASIC)
    if length > most or len(quote(words)) > CHARACTERS_MAX_ENCODED:
        yield Fault(SAY_TOO_LONG, f"<Say> has {length} characters, too long for its voice.")


def _check_play(play: Element) -> Iterator[Fault]:
    if not text_of(play) and not play.get("digits"):
        yield Fault(SCHEMA, "<Play> names no file and no digits.")


def _check_gather(gather: Element) -> Iterator[Fault]:
    hears_speech = "speech" in gather.get("input", "dtmf").split()
    deaf = [name for name in SPEECH_ATTRIBUTES if name in gather.attrib and not hears_speech]
    if deaf:
        yield Fault(SCHEMA, f"<Gather> has {', '.join(deaf)} but listens for keys only.")
    if gather.get("numDigits") == "0" or gather.get("numDigits", "").startswith("-"):
        yield Fault(SCHEMA, "<Gather numDigits> must be at least 1.")
    if set(gather.get("finishOnKey", "")) - set("0123456789*#"):
        yield Fault(SCHEMA, "<Gather finishOnKey> names a key that no phone has.")


def _check_record(record: Element) -> Iterator[Fault]:
    if not record.get("action"):
        yield Fault(SCHEMA, "<Record> has no action: the call would record itself for ever.")


def _check_dial(dial: Element) -> Iterator[Fault]:
    if not len(dial) and not text_of(dial):
        yield Fault(SCHEMA, "<Dial> has nobody to call.")
    if len(dial.findall("Client")) > CLIENTS_MAX:
        yield Fault(SCHEMA, f"<Dial> has more than {CLIENTS_MAX} <Client>.")


def _check_named(element: Element) -> Iterator[Fault]:
    if not text_of(element):
        yield Fault(SCHEMA, f"<{element.tag}> is empty.")


CHECKS: Mapping[str, Callable[[Element], Iterator[Fault]]] = {
    "Say": _check_say,
    "Play": _check_play,
    "Gather": _check_gather,
    "Record": _check_record,
    "Dial": _check_dial,
    "Number": _check_named,
    "Conference": _check_named,
    "Redirect": _check_named,
}
