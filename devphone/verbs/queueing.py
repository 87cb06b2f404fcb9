"""Enqueue, Leave and <Dial><Queue>: waiting in line, being served (voice/twiml/enqueue)."""

from xml.etree.ElementTree import Element

from devphone import forms, lifetime
from devphone.delivery import DeliveryError, Document, Jump
from devphone.documents import BREATH_S, run_aside, verb
from devphone.leg import Leg
from devphone.lifetime import put_through, talk
from devphone.markup import number_of, text_of
from devphone.queues import Member, Queue
from devphone.steps import (
    Accepted,
    Arrived,
    Elapsed,
    HungUp,
    Over,
    Redirected,
    Steps,
    TakenFromQueue,
    hear,
)

HOLD_MUSIC = "hold music"


class LeftQueue(Exception):
    """<Leave>: the call leaves its queue and goes on behind <Enqueue>."""


@verb("Leave")
def leave(leg: Leg, element: Element, document: Document) -> Steps[Jump | None]:
    """Leave the queue that this document's call waits in; elsewhere it ends the call."""
    del element
    yield from ()
    if document.kind != "wait":
        raise lifetime.EndOfCall
    raise LeftQueue(leg.sid)


@verb("Enqueue")
def enqueue(leg: Leg, element: Element, document: Document) -> Steps[Jump | None]:
    """Wait in line until served, gone, or full; then the action hears the QueueResult."""
    queue = leg.carrier.queue(text_of(element))
    queue.size_max = number_of(element, "maxQueueSize", queue.size_max)
    if len(queue.members) >= queue.size_max:
        return _after(element, document, {"QueueResult": "queue-full"})
    member = Member(leg, leg.carrier.now())
    queue.members.append(member)
    leg.note("queued", queue.name, place=queue.place_of(leg))
    for server in queue.servers:
        leg.carrier.tell(server, Arrived())
    try:
        result = yield from _wait(leg, element, document, queue)
    except (HungUp, Redirected) as interruption:
        _post_action(
            leg,
            element,
            document,
            _result(queue, member) | {"QueueResult": _why(interruption, leg)},
        )
        raise
    finally:
        queue.drop(leg)
    return _after(element, document, _result(queue, member) | {"QueueResult": result})


def _wait(leg: Leg, element: Element, document: Document, queue: Queue) -> Steps[str]:
    try:
        yield from _hear_wait_documents(leg, element, document, queue)
    except LeftQueue:
        return "leave"
    except DeliveryError as failure:
        leg.note("error", str(failure), code=failure.code, url=failure.url)
        return "error"
    except TakenFromQueue as taken:
        queue.drop(leg)
        return (yield from _be_served(leg, taken))
    return "system-error"


def _hear_wait_documents(
    leg: Leg, element: Element, document: Document, queue: Queue
) -> Steps[None]:
    """Run the wait document over and over until something takes the call out of line."""
    url = element.get("waitUrl")
    method = element.get("waitUrlMethod", "POST")
    while True:
        if url is None:
            leg.note("played", HOLD_MUSIC)
            yield from hear(None)
        else:
            start = Jump(document.resolve(url), method)
            yield from run_aside(
                leg, start, "wait", lambda: queue.wait_fields(leg, leg.carrier.now())
            )
            yield from hear(BREATH_S)


def _be_served(leg: Leg, taken: TakenFromQueue) -> Steps[str]:
    if taken.whisper_url:
        try:
            yield from run_aside(leg, Jump(taken.whisper_url, taken.method), "queue whisper")
        except DeliveryError as failure:
            leg.note("error", str(failure), code=failure.code, url=failure.url)
        except HungUp:
            leg.carrier.tell(taken.by, Over(leg))
            raise
    put_through(leg, taken.by)
    yield from talk(leg)
    return "bridged"


def serve(leg: Leg, dial: Element, noun: Element, document: Document) -> Steps[Jump | None]:
    """<Dial><Queue>: take the first in line, waiting for one to come if there is none."""
    queue = leg.carrier.queue(text_of(noun))
    queue.servers.append(leg)
    try:
        status = yield from _serve_first(leg, dial, noun, document, queue)
    finally:
        queue.servers.remove(leg)
    if status == "completed":
        yield from talk(leg, star_ends=dial.get("hangupOnStar") == "true")
        lifetime.part(leg)
    action = dial.get("action")
    if action is None:
        return None
    more = {"DialCallStatus": status, "DialBridged": str(status == "completed").lower()}
    return Jump(document.resolve(action), dial.get("method", "POST"), more)


def _serve_first(
    leg: Leg, dial: Element, noun: Element, document: Document, queue: Queue
) -> Steps[str]:
    whisper = document.resolve(noun.get("url")) if noun.get("url") else ""
    asked: Leg | None = None
    while True:
        if asked is None and queue.members:
            asked = queue.members[0].leg
            queue.drop(asked)
            taking = TakenFromQueue(leg, whisper, noun.get("method", "POST"))
            leg.carrier.tell(asked, taking)
        match (yield from hear(number_of(dial, "timeout", 30))):
            case Accepted():
                return "completed"
            case Over(leg=gone) if gone is asked:
                asked = None
            case Elapsed() if asked is None:
                return "no-answer"
            case _:
                pass


def _result(queue: Queue, member: Member) -> dict[str, str]:
    waited = round(member.leg.carrier.now() - member.since)
    if member.leg.bridged_at is not None:
        waited = round(member.leg.bridged_at - member.since)
    return {"QueueSid": queue.sid, "QueueTime": str(max(0, waited))}


def _why(interruption: HungUp | Redirected, leg: Leg) -> str:
    if isinstance(interruption, HungUp):
        return "bridged" if leg.peer is not None else "hangup"
    return "redirected-from-bridged" if leg.peer is not None else "redirected"


def _after(element: Element, document: Document, more: dict[str, str]) -> Jump | None:
    action = element.get("action")
    if action is None:
        return None
    return Jump(document.resolve(action), element.get("method", "POST"), more)


def _post_action(leg: Leg, element: Element, document: Document, more: dict[str, str]) -> None:
    """Tell the action why the call is already elsewhere; its document runs nowhere."""
    jump = _after(element, document, more)
    if jump is not None:
        form = forms.with_more(leg, jump.more)
        leg.carrier.post(leg, leg.carrier.signed(jump.method, jump.url, form))
