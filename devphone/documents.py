"""Runs TwiML documents: the table of verbs, one document top to bottom, and one after another."""

from collections.abc import Callable, Mapping
from xml.etree.ElementTree import Element

from devphone import lifetime
from devphone.delivery import DeliveryError, Document, Jump, document_at
from devphone.grammar import Kind, findings
from devphone.leg import Leg
from devphone.lifetime import EndOfCall
from devphone.markup import is_true, read
from devphone.steps import Redirected, Steps, hear

# A verb runs its element and says where to go next; None goes on to the next verb.
Verb = Callable[[Leg, Element, Document], Steps[Jump | None]]
VERBS: dict[str, Verb] = {}

# So many documents while nobody at the phone did anything: the line sends itself in circles.
IDLE_DOCUMENTS_MAX = 100
APOLOGY = "An application error has occurred. Goodbye."
BREATH_S = 1.0  # between two rounds of a wait document, as little as any music lasts


def verb(tag: str) -> Callable[[Verb], Verb]:
    """Enter a function into the vocabulary under its element's name."""

    def enter(perform_it: Verb) -> Verb:
        VERBS[tag] = perform_it
        return perform_it

    return enter


def follow(leg: Leg, start: Jump | Document) -> Steps[None]:
    """Run a document, then the one it leads to, until one comes to its end."""
    place: Jump | Document | None = start
    while place is not None:
        try:
            document = place if isinstance(place, Document) else (yield from _fetched(leg, place))
            place = yield from perform(leg, document)
        except Redirected as redirected:
            place = _redirected(leg, redirected)


def run_aside(
    leg: Leg, start: Jump, kind: Kind, more: Callable[[], Mapping[str, str]] = dict
) -> Steps[None]:
    """Run a document for a special place (a wait, a whisper) and those it leads to, once.

    `more` gives the fields that belong to the place, anew for each request. Raises DeliveryError.
    """
    place: Jump | None = start
    while place is not None:
        fields = dict(more()) | place.more
        document = yield from document_at(leg, Jump(place.url, place.method, fields), kind)
        place = yield from perform(leg, document)
        if place is not None and not place.more and kind == "wait":
            yield from hear(BREATH_S)  # a wait that redirects to itself must not spin


def perform(leg: Leg, document: Document) -> Steps[Jump | None]:
    """Run a document's verbs in order; the first that says where to go next ends it."""
    for element in document.root:
        if leg.answered_at is None and not _leaves_unanswered(element):
            lifetime.answer(leg)
        if element.tag not in VERBS:
            raise fail(leg, f"devphone cannot perform <{element.tag}>.")
        place = yield from VERBS[element.tag](leg, element, document)
        if place is not None:
            return place
    return None


def given(leg: Leg, url: str, twiml: bytes) -> Document:
    """Take a document that came by REST in person; its addresses start from `url`."""
    faults = findings(twiml)
    if faults:
        leg.carrier.violated(leg, url, [fault.sentence for fault in faults])
        raise fail(leg, faults[0].sentence, faults[0].code)
    return Document(url, read(twiml))


def fail(leg: Leg, sentence: str, code: int = 0, url: str = "") -> EndOfCall:
    """Write down, and say, what no resident should ever hear; raise what it returns."""
    if leg.answered_at is None:
        lifetime.answer(leg)
    leg.note("error", f"{sentence} An application error has occurred.", code=code, url=url)
    leg.note("said", APOLOGY, "en-US")
    return EndOfCall()


def _fetched(leg: Leg, place: Jump) -> Steps[Document]:
    leg.idle_documents += 1
    if leg.idle_documents > IDLE_DOCUMENTS_MAX:
        raise fail(leg, f"{IDLE_DOCUMENTS_MAX} documents ran while nobody did anything: a circle.")
    try:
        return (yield from document_at(leg, place))
    except DeliveryError as failure:
        raise fail(leg, str(failure), failure.code, failure.url) from failure


def _redirected(leg: Leg, redirected: Redirected) -> Jump | Document:
    if redirected.twiml is not None:
        return given(leg, redirected.url, redirected.twiml)
    return Jump(redirected.url, redirected.method)


def _leaves_unanswered(element: Element) -> bool:
    on_bridge = element.tag == "Dial" and is_true(element, "answerOnBridge")
    return on_bridge or element.tag in ("Reject", "Redirect")
