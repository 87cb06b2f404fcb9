"""Reads a TwiML document: bytes in, elements out, or the reason why it cannot be read."""

import xml.etree.ElementTree as ET
from xml.etree.ElementTree import Element

BYTES_MAX = 64 * 1024
DEPTH_MAX = 100  # ours: TwiML nests five deep, and what writes XML out again is recursive
XML_NAMESPACE = "{http://www.w3.org/XML/1998/namespace}"


class UnreadableDocumentError(Exception):
    """A document that no verb can be taken from; `code` is Twilio's error for it."""

    def __init__(self, code: int, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


class _CarefulBuilder(ET.TreeBuilder):
    """Keeps out what TwiML never has: a DOCTYPE (entities need one), and elements without end."""

    depth = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self.depth += 1
        if self.depth > DEPTH_MAX:
            raise UnreadableDocumentError(12100, f"The document is over {DEPTH_MAX} levels deep.")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        self.depth -= 1
        return super().end(tag)

    def doctype(self, name: str, pubid: str, system: str) -> None:
        del pubid, system
        raise UnreadableDocumentError(12100, f"The document declares a DOCTYPE ({name}).")


def read(document: bytes) -> Element:
    """Return the <Response> element of a document.

    Raises UnreadableDocumentError: over 64 kB (11750), not XML, or another root (12100).
    """
    if len(document) > BYTES_MAX:
        raise UnreadableDocumentError(11750, f"The document has {len(document)} bytes, over 64 kB.")
    try:
        root = ET.fromstring(document, ET.XMLParser(target=_CarefulBuilder()))  # noqa: S314  see _CarefulBuilder
    except (ET.ParseError, LookupError, ValueError) as error:  # the latter two: odd encodings
        raise UnreadableDocumentError(12100, f"The document is not XML: {error}.") from error
    if root.tag != "Response":
        raise UnreadableDocumentError(
            12100, f"The document begins with <{root.tag}>, not <Response>."
        )
    return root


def text_of(element: Element) -> str:
    """Return the words inside an element, its SSML left out, spaces evened."""
    return " ".join("".join(element.itertext()).split())


def number_of(element: Element, attribute: str, default: int) -> int:
    """Return a whole-number attribute; the default where it is absent or no number."""
    try:
        return int(element.get(attribute, default))
    except ValueError:
        return default


def is_true(element: Element, attribute: str, *, default: bool = False) -> bool:
    """Return a true-or-false attribute."""
    return element.get(attribute, str(default).lower()) == "true"
