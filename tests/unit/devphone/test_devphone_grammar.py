"""The grammar: equal to the twilio package's own classes, and a refusal for every kind of fault."""

import inspect
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.twiml import TwiML
from twilio.twiml.messaging_response import MessagingResponse
from twilio.twiml.voice_response import VoiceResponse

from devphone.grammar import Kind, faults_of, grammar
from devphone.markup import UnreadableDocumentError, read

OWN = set(dir(TwiML))


def made(kind: type[TwiML]) -> TwiML:
    parameters = inspect.signature(kind).parameters.values()
    needed = [p.name for p in parameters if p.default is p.empty and p.kind is not p.VAR_KEYWORD]
    return kind(**dict.fromkeys(needed, "x"))


def nested(node: TwiML) -> Iterator[TwiML]:
    """Every element that the package lets one nest in `node`, with all its attributes set."""
    for name, method in inspect.getmembers(type(node), inspect.isfunction):
        if name not in OWN:
            parameters = [
                p for p in inspect.signature(method).parameters if p not in ("self", "kwargs")
            ]
            yield getattr(made(type(node)), name)(**{p: f"x-{p}" for p in parameters})


def package_grammar(root: type[TwiML]) -> dict[str, tuple[set[str], set[str]]]:
    """Element -> (children, attributes), as the package has them."""
    found: dict[str, tuple[set[str], set[str]]] = {}
    seen: set[type[TwiML]] = set()
    pending = [made(root)]
    while pending:
        node = pending.pop()
        children, attributes = found.setdefault(node.name, (set(), set()))
        attributes |= {str(name) for name in node.attrs}  # pyright: ignore[reportUnknownArgumentType, reportUnknownMemberType, reportUnknownVariableType]  twilio is untyped
        if type(node) not in seen:
            seen.add(type(node))
            fresh = list(nested(node))
            children |= {child.name for child in fresh}
            pending += fresh
    return found


@pytest.mark.parametrize(
    ("kind", "root"), [("voice", VoiceResponse), ("messaging", MessagingResponse)]
)
def test_the_grammar_is_the_twilio_packages_own(kind: str, root: type[TwiML]) -> None:
    ours = grammar()["voice" if kind == "voice" else "messaging"]
    listed = {tag: (set(r["children"]), set(r["attributes"])) for tag, r in ours.items()}
    # __init__ of <Response> sets nothing; content parameters are no attributes of any element.
    assert listed == package_grammar(root)


def response(inside: str) -> bytes:
    return f"<Response>{inside}</Response>".encode()


GOOD = [
    "",
    "<Say>Hello.</Say>",
    '<Say language="es-US" voice="Polly.Lupe-Neural"><s>Hola, <break time="1s"/> buenas.</s></Say>',
    '<Say><lang xml:lang="es-MX">Hola.</lang></Say>',
    '<Gather input="dtmf speech" language="en-US" hints="bill, pothole"><Say>Yes?</Say></Gather>',
    '<Dial timeout="20" action="/after"><Number url="/whisper">+18015550100</Number></Dial>',
    "<Dial>+18015550100</Dial>",
    '<Record action="/recorded" maxLength="120"/><Say>Nothing was recorded.</Say>',
    '<Enqueue waitUrl="/wait" action="/served">Utility billing</Enqueue>',
    "<Say>Goodbye.</Say><Hangup/>",
]


@pytest.mark.parametrize("inside", GOOD)
def test_a_sound_document_has_no_fault(inside: str) -> None:
    assert faults_of(response(inside)) == []


BAD = [
    ("<Speak>Hello.</Speak>", "<Speak> is no element of TwiML."),
    ("<Say/>", "<Say> says nothing."),
    ("<Say>  <break/> </Say>", "<Say> says nothing."),
    ('<Say tone="warm">Hello.</Say>', "<Say> has no attribute tone."),
    ('<Say language="es">Hola.</Say>', "needs a country"),
    ('<Say language="en">Hello.</Say>', "needs a country"),
    ('<Say voice="Polly.Nobody">Hello.</Say>', "not one of the known values"),
    (f"<Say>{'a' * 4097}</Say>", "too long"),
    (f'<Say voice="Polly.Lupe">{"a" * 3001}</Say>', "too long"),
    (f"<Say>{'ñ' * 1000}</Say>", "too long"),
    ("<Play/>", "names no file"),
    ("<Say>Hello. <Play>a.mp3</Play></Say>", "<Play> may not stand inside <Say>."),
    ("<Gather><Hangup/></Gather>", "<Hangup> may not stand inside <Gather>."),
    ("<Number>+18015550100</Number>", "<Number> may not stand inside <Response>."),
    ("<Prompt><Say>Hello.</Say></Prompt>", "<Prompt> may not stand inside <Response>."),
    ('<Gather input="voice"/>', "voice is not one of the known values"),
    ('<Gather input=""/>', "nothing is not one of the known values"),
    ('<Gather language="es"/>', "needs a country"),
    ('<Gather hints="bill"/>', "listens for keys only"),
    ('<Gather speechTimeout="auto"/>', "listens for keys only"),
    ('<Gather numDigits="0"/>', "at least 1"),
    ('<Gather numDigits="two"/>', "not a number"),
    ('<Gather numDigits="²"/>', "not a number"),
    ('<Gather finishOnKey="A"/>', "a key that no phone has"),
    ('<Gather method="PUT"/>', "neither GET nor POST"),
    ('<Gather actionOnEmptyResult="yes"/>', "not true or false"),
    ('<Gather action="ftp://line.example/x"/>', "not a web address"),
    ('<Gather action="/a path"/>', "not a web address"),
    ("<Record/>", "record itself for ever"),
    ("<Dial/>", "nobody to call"),
    ("<Dial><Number/></Dial>", "<Number> is empty."),
    ("<Dial>" + "<Client>desk</Client>" * 11 + "</Dial>", "more than 10 <Client>"),
    ("<Redirect/>", "<Redirect> is empty."),
    ("<Hangup/><Say>Hello?</Say>", "<Say> after <Hangup> is never reached."),
    ("<Redirect>/a</Redirect><Say>Hello?</Say>", "is never reached"),
]


@pytest.mark.parametrize(("inside", "sentence"), BAD)
def test_a_faulty_document_is_refused_in_words(inside: str, sentence: str) -> None:
    assert sentence in " ".join(faults_of(response(inside)))


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        (b"", "not XML"),
        (b"Hello", "not XML"),
        (b"<Response><Say>Hello</Response>", "not XML"),
        (b"<html></html>", "begins with <html>"),
        (b'<!DOCTYPE r [<!ENTITY a "b">]><Response/>', "declares a DOCTYPE"),
        (b'<?xml version="1.0" encoding="no-such"?><Response/>', "not XML"),
        (b"\xff\xfe<Response/>", "not XML"),
        (b"<Response>" + b" " * 65536 + b"</Response>", "over 64 kB"),
    ],
)
def test_what_is_no_document_is_refused_in_words(document: bytes, sentence: str) -> None:
    assert sentence in " ".join(faults_of(document))


@pytest.mark.parametrize(
    ("kind", "verb", "fine"),
    [
        ("wait", "<Leave/>", True),
        ("wait", "<Gather><Say>Press 1.</Say></Gather>", True),
        ("wait", "<Dial>+18015550100</Dial>", False),
        ("wait", "<Enqueue>a</Enqueue>", False),
        ("whisper", "<Gather><Say>Press 1.</Say></Gather>", True),
        ("whisper", '<Record action="/a"/>', False),
        ("queue whisper", "<Say>You are next.</Say>", True),
        ("queue whisper", "<Gather><Say>Press 1.</Say></Gather>", False),
        ("messaging", "<Message>Hello.</Message>", True),
        ("messaging", "<Say>Hello.</Say>", False),
        ("voice", "<Message>Hello.</Message>", False),
    ],
)
def test_a_place_holds_only_the_verbs_it_may(kind: Kind, verb: str, *, fine: bool) -> None:
    assert (faults_of(response(verb), kind) == []) is fine


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(document: bytes) -> None:
    try:
        read(document)
    except UnreadableDocumentError:
        assert faults_of(document)


TAGS = st.sampled_from(["Response", "Say", "Gather", "Dial", "Number", "lang", "s", "Play", "Nope"])
ATTRIBUTES = st.dictionaries(
    st.sampled_from(["language", "input", "numDigits", "action", "voice", "loop"]),
    st.text(
        st.characters(codec="utf-8", exclude_characters='<&"\x00', categories=["L", "N", "P"]),
        max_size=6,
    ),
    max_size=3,
)


def written(attributes: dict[str, str]) -> str:
    return " ".join(f'{name}="{value}"' for name, value in attributes.items())


@given(st.lists(st.tuples(TAGS, ATTRIBUTES), max_size=40))
def test_any_nesting_is_judged_and_never_crashes(nest: list[tuple[str, dict[str, str]]]) -> None:
    opened = "".join(f"<{tag} {written(attributes)}>" for tag, attributes in nest)
    closed = "".join(f"</{tag}>" for tag, _ in reversed(nest))
    assert isinstance(faults_of(response(opened + closed)), list)


def test_a_document_as_deep_as_64_kb_allows_does_not_exhaust_the_stack() -> None:
    deep = response("<Say>" + "<s>" * 7000 + "Hello." + "</s>" * 7000 + "</Say>")
    assert faults_of(deep) == ["The document is over 100 levels deep."]
