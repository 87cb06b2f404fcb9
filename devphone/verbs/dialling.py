"""Dial: ring other phones, let one whisper, put the two through (voice/twiml/dial)."""

from dataclasses import dataclass
from xml.etree.ElementTree import Element

from devphone import forms, lifetime
from devphone.delivery import DeliveryError, Document, Jump
from devphone.documents import fail, follow, run_aside, verb
from devphone.leg import Leg, StatusCallback
from devphone.lifetime import let_go, put_through, talk
from devphone.markup import is_true, number_of, text_of
from devphone.steps import Accepted, Elapsed, HungUp, Interruption, Over, Redirected, Steps, hear
from devphone.verbs import conferencing, queueing

RING_S = 30
NOUNS = ("Number", "Queue", "Conference")


@dataclass
class Attempt:
    """What became of one <Dial>."""

    status: str = "no-answer"
    answered: Leg | None = None
    last: Leg | None = None


@verb("Dial")
def dial(leg: Leg, element: Element, document: Document) -> Steps[Jump | None]:
    """Call the numbers named, all at once or in sequence; without an action the next verb runs."""
    stranger = next((noun.tag for noun in element if noun.tag not in NOUNS), None)
    if stranger is not None:
        raise fail(leg, f"devphone cannot dial <{stranger}>.")
    for noun in element.findall("Queue"):
        return (yield from queueing.serve(leg, element, noun, document))
    for noun in element.findall("Conference"):
        return (yield from conferencing.confer(leg, element, noun, document))
    attempt = Attempt()
    try:
        yield from _ring_in_turn(leg, element, document, attempt)
        yield from _talk_if_answered(leg, element, attempt)
    except Interruption as interruption:
        _let_all_go(leg, "canceled")
        if isinstance(interruption, HungUp):
            _post_action(leg, element, document, attempt)
        raise
    action = element.get("action")
    if action is None:
        return None
    return Jump(document.resolve(action), element.get("method", "POST"), _fields(leg, attempt))


def _ring_in_turn(leg: Leg, element: Element, document: Document, attempt: Attempt) -> Steps[None]:
    numbers = element.findall("Number") or [element]
    rounds = [[one] for one in numbers] if is_true(element, "sequential") else [numbers]
    for together in rounds:
        for number in together:
            attempt.last = _call(leg, element, number, document)
        yield from _first_to_accept(leg, number_of(element, "timeout", RING_S), attempt)
        _let_all_go(leg, "no-answer" if attempt.answered is None else "canceled", attempt.answered)
        if attempt.answered is not None:
            return


def _call(leg: Leg, dial_element: Element, number: Element, document: Document) -> Leg:
    """Start a child leg; it lives its own life beside this one."""
    caller_id = dial_element.get("callerId") or (leg.called if leg.outbound else leg.caller)
    child = leg.carrier.dialled(leg, text_of(number), caller_id)
    if url := number.get("statusCallback"):
        events = frozenset(number.get("statusCallbackEvent", "completed").split())
        method = "GET" if number.get("statusCallbackMethod") == "GET" else "POST"
        child.callback = StatusCallback(document.resolve(url), method, events)
    whisper = None
    if number.tag == "Number" and (url := number.get("url")):
        whisper = Jump(document.resolve(url), number.get("method", "POST"))
    timeout = number_of(dial_element, "timeout", RING_S)
    leg.children.append(child)
    leg.carrier.begin(child, lifetime.until_over(child, _dialled(child, whisper, timeout)))
    return child


def _dialled(child: Leg, whisper: Jump | None, timeout: float) -> Steps[None]:
    """Live the life of a phone that is dialled: ring, hear the whisper, talk."""
    yield from lifetime.ring(child, timeout)
    try:
        if whisper is not None:
            yield from run_aside(child, whisper, "whisper")
        if child.parent is not None:
            child.carrier.tell(child.parent, Accepted(child))
        yield from _await_bridge(child)
        yield from talk(child)
    except DeliveryError as failure:
        raise fail(child, str(failure), failure.code, failure.url) from failure
    except Redirected as redirected:
        lifetime.part(child)
        yield from follow(child, Jump(redirected.url, redirected.method))


def _await_bridge(child: Leg) -> Steps[None]:
    while child.peer is None:
        yield from hear(None)


def _first_to_accept(leg: Leg, timeout: int, attempt: Attempt) -> Steps[None]:
    until = leg.carrier.now() + timeout
    while any(not child.ended for child in leg.children):
        match (yield from hear(max(0.0, until - leg.carrier.now()))):
            case Accepted(leg=child):
                put_through(leg, child)
                attempt.answered, attempt.status, attempt.last = child, "completed", child
                return
            case Over(leg=child):
                attempt.status, attempt.last = child.status, child
            case Elapsed():
                attempt.status = "no-answer"
                return
            case _:
                pass  # keys pressed while it rings reach nobody


def _talk_if_answered(leg: Leg, element: Element, attempt: Attempt) -> Steps[None]:
    if attempt.answered is None:
        return
    if leg.answered_at is None:  # answerOnBridge
        lifetime.answer(leg)
    yield from talk(leg, star_ends=is_true(element, "hangupOnStar"))
    lifetime.part(leg)
    _let_all_go(leg, "completed")


def _let_all_go(leg: Leg, status: str, but: Leg | None = None) -> None:
    for child in leg.children:
        if child is not but:
            let_go(child, status)
    leg.children = [] if but is None else [but]


def _fields(leg: Leg, attempt: Attempt) -> dict[str, str]:
    """Tell the action: `completed` means something picked up, DialBridged that two talked."""
    bridged = attempt.answered is not None
    fields = {"DialCallStatus": attempt.status, "DialBridged": str(bridged).lower()}
    if attempt.last is not None:
        fields["DialCallSid"] = attempt.last.sid
    if attempt.answered is not None and leg.bridged_at is not None:
        fields["DialCallDuration"] = str(max(1, round(leg.carrier.now() - leg.bridged_at)))
    return fields


def _post_action(leg: Leg, element: Element, document: Document, attempt: Attempt) -> None:
    """Tell the action how a call went whose caller hung up; its document runs nowhere."""
    if action := element.get("action"):
        if attempt.answered is None:
            attempt.status = "canceled"
        form = forms.standard(leg) | _fields(leg, attempt) | {"CallStatus": "completed"}
        url, method = document.resolve(action), element.get("method", "POST")
        leg.carrier.post(leg, leg.carrier.signed(method, url, form))
