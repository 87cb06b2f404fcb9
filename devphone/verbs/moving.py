"""Hangup, Reject, Redirect: the verbs that end a document."""

from xml.etree.ElementTree import Element

from devphone.delivery import Document, Jump
from devphone.documents import verb
from devphone.leg import Leg
from devphone.lifetime import EndOfCall
from devphone.markup import text_of
from devphone.steps import Steps


@verb("Hangup")
def hang_up(leg: Leg, element: Element, document: Document) -> Steps[Jump | None]:
    """Put the phone down, as the line."""
    del leg, element, document
    yield from ()
    raise EndOfCall


@verb("Reject")
def reject(leg: Leg, element: Element, document: Document) -> Steps[Jump | None]:
    """Refuse the call; where this is the first verb, without ever answering it."""
    del leg, document
    yield from ()
    raise EndOfCall("busy" if element.get("reason") == "busy" else "no-answer")


@verb("Redirect")
def redirect(leg: Leg, element: Element, document: Document) -> Steps[Jump | None]:
    """Go on with another document."""
    del leg
    yield from ()
    return Jump(document.resolve(text_of(element)), element.get("method", "POST"))
