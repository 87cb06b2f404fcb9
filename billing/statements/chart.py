"""The bars of a bill: what was used by day in each of the last 13 bills, this one marked."""

from collections.abc import Sequence
from typing import Final

from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

from billing.statements.body import Wording
from billing.statements.reading import UseBar
from config.words import Language

WIDTH: Final = 186
HEIGHT: Final = 84
BARS: Final = 13
SLOT: Final = WIDTH // BARS
TEN: Final = 10_000  # a day, in thousandths: below it two decimals are shown
INK: Final = HexColor(0x1F2933)
QUIET: Final = HexColor(0x616E7C)
BAR: Final = HexColor(0xA9BFDD)
NOW: Final = HexColor(0x1D4F91)
RULE: Final = HexColor(0xCBD2D9)


def draw_chart(
    canvas: Canvas, at: tuple[int, int], bars: Sequence[UseBar], said: tuple[Wording, Language]
) -> None:
    """Draw one service's bars below a place; `bars` come in their order, the last is this bill."""
    wording, language = said
    x, top = at
    service = wording.say(f"service {bars[0].service}", language)
    canvas.setFont("Helvetica-Bold", 8)
    canvas.setFillColor(INK)
    title = wording.say("use", language, service=service, unit=wording.unit(bars[0].unit, language))
    canvas.drawString(x, top, title)
    base = top - 24 - HEIGHT
    canvas.setStrokeColor(RULE)
    canvas.line(x, base, x + WIDTH, base)
    most = max(bar.thousandths_a_day for bar in bars) or 1
    begin = BARS - len(bars)
    for place, bar in enumerate(bars, begin):
        height = HEIGHT * bar.thousandths_a_day // most
        last = place == BARS - 1
        canvas.setFillColor(NOW if last else BAR)
        canvas.rect(x + place * SLOT + 2, base, SLOT - 4, height, stroke=0, fill=1)
        told = last or place == begin
        _labels(canvas, (x + place * SLOT, base, height), bar, said, told=told)


def _labels(
    canvas: Canvas,
    at: tuple[int, int, int],
    bar: UseBar,
    said: tuple[Wording, Language],
    *,
    told: bool,
) -> None:
    """Write the month's letter below a bar, and the figure above the first and the last."""
    x, base, height = at
    wording, language = said
    canvas.setFillColor(QUIET)
    canvas.setFont("Helvetica", 7)
    middle = x + SLOT // 2
    canvas.drawCentredString(middle, base - 9, wording.month(bar.bill_on, language)[0].upper())
    if told:
        tenths = (bar.thousandths_a_day + 50) // 100
        finer = f"{bar.thousandths_a_day // 1000}.{bar.thousandths_a_day % 1000 // 10:02}"
        figure = finer if bar.thousandths_a_day < TEN else f"{(tenths + 5) // 10:,}"
        canvas.drawCentredString(middle, base + height + 3, figure)
