"""Two pictures as SVG elements: who is taken for whom, and whether a probability is honest.

Built as trees, never glued from strings, so that no word of a caller can break the page.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

from nlp.evaluate import OUT_OF_SCOPE, Answer, is_right

CELL: Final = 12  # pixels of a cell of the confusion matrix
LABELS: Final = 190  # pixels for the names beside it
SIDE: Final = 320  # pixels of a side of the calibration plot
MARGIN: Final = 44
BINS: Final = 10
RIGHT: Final = "#005ea2"
WRONG: Final = "#b50909"
INK: Final = "#1b1b1b"
FAINT: Final = "#dfe1e2"


def confusion(answered: Sequence[Answer]) -> str:
    """Draw the matrix: a row for what was meant, a column for what was understood."""
    inside = [each for each in answered if each.row.intent != OUT_OF_SCOPE]
    pairs = Counter((each.row.intent, each.understood.intents[0].intent) for each in inside)
    names = sorted({name for pair in pairs for name in pair})
    places = {name: place for place, name in enumerate(names)}
    asked = Counter(each.row.intent for each in inside)
    size = LABELS + CELL * len(names) + 8
    svg = _svg(size, size, "Confusion matrix: rows are what was meant, columns what was understood")
    for name, place in places.items():
        _names(svg, name, LABELS + CELL * place)
    for (meant, taken), count in sorted(pairs.items()):
        share = count / asked[meant]
        cell = _box(svg, LABELS + CELL * places[taken], LABELS + CELL * places[meant])
        cell.set("fill", RIGHT if meant == taken else WRONG)
        cell.set("fill-opacity", f"{0.25 + 0.75 * share:.2f}")
        _title(cell, f"{meant} taken for {taken}: {count} of {asked[meant]}")
    return tostring(svg, encoding="unicode")


def calibration(answered: Sequence[Answer], name: str) -> str:
    """Draw how often the best guess was right against how probable the model said it was.

    On the dotted line the model is honest; below it is too sure. A point's area is its sentences.
    """
    inside = [each for each in answered if each.row.intent != OUT_OF_SCOPE]
    svg = _svg(SIDE + 2 * MARGIN, SIDE + 2 * MARGIN, f"Calibration, {name}")
    _axes(svg)
    for low, high in pairwise(each / BINS for each in range(BINS + 1)):
        _point(svg, [each for each in inside if _is_between(each, low, high)], len(inside))
    return tostring(svg, encoding="unicode")


def _is_between(answer: Answer, low: float, high: float) -> bool:
    said = answer.understood.intents[0].probability
    return low <= said < high or (high == 1.0 and said >= 1.0)


def _point(svg: Element, here: Sequence[Answer], total: int) -> None:
    if not here:
        return
    said = sum(each.understood.intents[0].probability for each in here) / len(here)
    right = sum(is_right(each) for each in here) / len(here)
    radius = 3 + 24 * (len(here) / total) ** 0.5
    spot = {"cx": _x(said), "cy": _y(right), "r": f"{radius:.1f}"}
    point = SubElement(svg, "circle", {**spot, "fill": RIGHT, "fill-opacity": "0.55"})
    _title(point, f"{len(here)} sentences: said {said:.0%}, right {right:.0%}")


def _axes(svg: Element) -> None:
    for each in (0.0, 0.25, 0.5, 0.75, 1.0):
        _line(svg, (0.0, each), (1.0, each), FAINT)
        _line(svg, (each, 0.0), (each, 1.0), FAINT)
        _words(svg, f"{each:.0%}", (float(_x(each)), SIDE + MARGIN + 18), "middle")
        _words(svg, f"{each:.0%}", (MARGIN - 6, float(_y(each)) + 4), "end")
    _line(svg, (0.0, 0.0), (1.0, 1.0), INK).set("stroke-dasharray", "3 4")
    _words(svg, "how sure the model said it was", (MARGIN + SIDE / 2, SIDE + MARGIN + 38), "middle")
    _words(svg, "how often it was right", (MARGIN, MARGIN - 14), "start")


def _x(share: float) -> str:
    return f"{MARGIN + SIDE * share:.1f}"


def _y(share: float) -> str:
    return f"{MARGIN + SIDE * (1 - share):.1f}"


def _line(svg: Element, start: tuple[float, float], end: tuple[float, float], ink: str) -> Element:
    ends = {"x1": _x(start[0]), "y1": _y(start[1]), "x2": _x(end[0]), "y2": _y(end[1])}
    return SubElement(svg, "line", {**ends, "stroke": ink})


def _names(svg: Element, name: str, at: int) -> None:
    """Write a name beside its row and, upright, above its column, with hair lines between."""
    middle = at + CELL - 3
    _words(svg, name, (LABELS - 6, middle), "end").set("font-size", "10")
    above = _words(svg, name, (0, 0), "start")
    above.set("transform", f"translate({middle} {LABELS - 6}) rotate(-90)")
    above.set("font-size", "10")


def _box(svg: Element, x: int, y: int) -> Element:
    place = {"x": str(x), "y": str(y), "width": str(CELL - 1), "height": str(CELL - 1)}
    return SubElement(svg, "rect", place)


def _words(svg: Element, words: str, at: tuple[float, float], anchor: str) -> Element:
    place = {"x": f"{at[0]:.1f}", "y": f"{at[1]:.1f}", "text-anchor": anchor}
    text = SubElement(svg, "text", {**place, "fill": INK, "font-size": "12"})
    text.text = words
    return text


def _title(element: Element, words: str) -> None:
    SubElement(element, "title").text = words


def _svg(width: int, height: int, title: str) -> Element:
    box = {"viewBox": f"0 0 {width} {height}", "width": str(width), "height": str(height)}
    svg = Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "role": "img", **box})
    _title(svg, title)
    return svg
