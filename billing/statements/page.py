"""A bill as a page: one letter page in PDF, what is owed first, a slip to send back at its foot."""

from collections.abc import Sequence
from io import BytesIO
from itertools import groupby
from typing import Final, NamedTuple

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import LETTER
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from billing.money import Cents, shown
from billing.rates.shapes import Rated
from billing.statements.body import Bill, Wording, city
from billing.statements.chart import draw_chart
from billing.statements.reading import UseBar
from billing.statements.scan_line import Slip, scan_line

WIDTH, HEIGHT = LETTER
LEFT: Final = 54
RIGHT: Final = WIDTH - 54
INK: Final = HexColor(0x1F2933)
QUIET: Final = HexColor(0x616E7C)
BLUE: Final = HexColor(0x1D4F91)
PALE: Final = HexColor(0xEAF0F8)
RULE: Final = HexColor(0xCBD2D9)
PLAIN: Final = "Helvetica"
BOLD: Final = "Helvetica-Bold"
SLIP_TOP: Final = 172
CHART_LEFT: Final = 372
LINES_ROOM: Final = 300  # from left to the amounts, beside the charts
LINES_HEIGHT: Final = 330  # between the head and the foot


class Style(NamedTuple):
    """How a text is set."""

    font: str = PLAIN
    size: int = 9
    colour: Color = INK


class Place(NamedTuple):
    """Where on a page, from its lower left."""

    x: int
    y: int


TEXT: Final = Style()
STRONG: Final = Style(BOLD)
SMALL: Final = Style(PLAIN, 8, QUIET)


def page(bill: Bill, bars: Sequence[UseBar], wording: Wording) -> bytes:
    """Draw a bill with the use of its months; gives the PDF. The same bill gives the same bytes."""
    written = BytesIO()
    canvas = Canvas(written, pagesize=LETTER, invariant=1)
    canvas.setTitle(f"{wording.say('statement', bill.speaks)} {bill.number}")
    canvas.setAuthor(city()["name"])
    _head(canvas, bill, wording)
    _lines(canvas, bill, wording)
    _charts(canvas, bill, bars, wording)
    _foot(canvas, bill, wording)
    _slip(canvas, bill, wording)
    canvas.showPage()
    canvas.save()
    return written.getvalue()


def put(canvas: Canvas, at: Place, words: str, style: Style = TEXT, *, right: bool = False) -> None:
    """Set a text at a place, or ending there."""
    canvas.setFont(style.font, style.size)
    canvas.setFillColor(style.colour)
    (canvas.drawRightString if right else canvas.drawString)(at.x, at.y, words)


def cut(words: str, room: int, style: Style) -> str:
    """Shorten a text to so many points, with an ellipsis."""
    if stringWidth(words, style.font, style.size) <= room:
        return words
    while words and stringWidth(f"{words}…", style.font, style.size) > room:
        words = words[:-1]
    return f"{words.rstrip()}…"


def _head(canvas: Canvas, bill: Bill, wording: Wording) -> None:
    language = bill.speaks
    canvas.setFillColor(BLUE)
    canvas.rect(0, HEIGHT - 62, WIDTH, 62, stroke=0, fill=1)
    white = Style(BOLD, 17, HexColor(0xFFFFFF))
    title = wording.say("title", language, city=city()["name"])
    put(canvas, Place(LEFT, int(HEIGHT) - 38), title, white)
    canvas.setFillColor(PALE)
    canvas.roundRect(LEFT, HEIGHT - 152, RIGHT - LEFT, 76, 6, stroke=0, fill=1)
    due, billed_on = (wording.day(on, language) for on in (bill.due_on, bill.bill_on))
    for x, name, figure in (
        (LEFT + 18, "amount due", shown(bill.total_cents)),
        (LEFT + 210, "due date", due),
    ):
        put(canvas, Place(x, 692), wording.say(name, language), Style(PLAIN, 10, QUIET))
        put(canvas, Place(x, 660), figure, Style(BOLD, 24 if name == "amount due" else 18, BLUE))
    if bill.kind != "regular":
        put(canvas, Place(LEFT, 622), wording.say(bill.kind, language), STRONG)
    facts = (
        (f"{wording.say('account', language)} {bill.account}", bill.name),
        (f"{wording.say('statement', language)} {bill.number}", billed_on),
        (f"{wording.say('place', language)}", bill.address),
    )
    for step, (name, told) in enumerate(facts):
        put(canvas, Place(LEFT, 606 - 13 * step), name, STRONG)
        put(canvas, Place(LEFT + 170, 606 - 13 * step), cut(told, 330, TEXT))
    put(canvas, Place(LEFT, 567), wording.days(bill), SMALL)


def _lines(canvas: Canvas, bill: Bill, wording: Wording) -> None:
    """List the lines by service; where they are more than the page holds, they are set closer."""
    language = bill.speaks
    groups = [(name, list(held)) for name, held in groupby(bill.lines, lambda one: one.service)]
    rows = len(bill.lines) + 2 * len(groups) + 4
    step = min(13, LINES_HEIGHT // rows)
    size = max(5, min(9, step - 2))
    text, strong = Style(PLAIN, size), Style(BOLD, size)
    y = 542
    y = _row(canvas, y, (wording.say("before", language), bill.before_cents, text), step)
    for service, held in groups:
        total = sum(one.cents for one in held)
        y -= step // 2
        y = _row(canvas, y, (wording.say(f"service {service}", language), total, strong), step)
        y = _of_service(canvas, y, held, (wording, bill, text, step))
    canvas.setStrokeColor(RULE)
    canvas.line(LEFT, y + step // 2, LEFT + LINES_ROOM, y + step // 2)
    y -= step // 2
    y = _row(canvas, y, (wording.say("charges", language), bill.charges_cents, text), step)
    _row(canvas, y, (wording.say("total", language), bill.total_cents, strong), step)


def _of_service(
    canvas: Canvas, y: int, held: Sequence[Rated], how: tuple[Wording, Bill, Style, int]
) -> int:
    wording, bill, style, step = how
    quiet = Style(style.font, style.size, QUIET)
    for one in held:
        words = f"   {wording.line(one, bill.speaks)}"
        y = _row(canvas, y, (words, one.cents, quiet), step)
    return y


def _row(canvas: Canvas, y: int, told: tuple[str, Cents, Style], step: int) -> int:
    words, cents, style = told
    put(canvas, Place(LEFT, y), cut(words, LINES_ROOM - 52, style), style)
    put(canvas, Place(LEFT + LINES_ROOM, y), shown(cents), style, right=True)
    return y - step


def _charts(canvas: Canvas, bill: Bill, bars: Sequence[UseBar], wording: Wording) -> None:
    top = 542
    for service in dict.fromkeys(bar.service for bar in bars):
        own = [bar for bar in bars if bar.service == service]
        draw_chart(canvas, Place(CHART_LEFT, top), own, (wording, bill.speaks))
        top -= 150


def _foot(canvas: Canvas, bill: Bill, wording: Wording) -> None:
    language = bill.speaks
    due = wording.day(bill.due_on, language)
    put(canvas, Place(LEFT, 232), wording.say("how to pay", language), STRONG)
    ways = [
        wording.say("pay phone", language, phone=city()["phone"]),
        wording.say("pay mail", language),
        wording.say("pay desk", language),
    ]
    put(canvas, Place(LEFT, 219), cut("  ·  ".join(ways), int(RIGHT) - LEFT, SMALL), SMALL)
    put(canvas, Place(LEFT, 203), wording.say("help", language, due=due), SMALL)


def _slip(canvas: Canvas, bill: Bill, wording: Wording) -> None:
    language = bill.speaks
    canvas.setStrokeColor(RULE)
    canvas.setDash(3, 3)
    canvas.line(0, SLIP_TOP, WIDTH, SLIP_TOP)
    canvas.setDash()
    put(canvas, Place(LEFT, SLIP_TOP - 16), wording.say("slip", language), SMALL)
    facts = (
        (wording.say("account", language), bill.account),
        (wording.say("due date", language), wording.day(bill.due_on, language)),
        (wording.say("amount due", language), shown(max(bill.total_cents, 0))),
        (wording.say("enclosed", language), "$ ______________"),
    )
    for step, (name, told) in enumerate(facts):
        y = SLIP_TOP - 40 - 15 * step
        put(canvas, Place(330, y), name, SMALL)
        put(canvas, Place(int(RIGHT), y), told, Style(BOLD, 10), right=True)
    for step, words in enumerate((bill.name, bill.address)):
        put(canvas, Place(LEFT, SLIP_TOP - 44 - 13 * step), cut(words, 250, TEXT))
    line = scan_line(Slip(bill.account, bill.due_on, bill.total_cents))
    put(canvas, Place(LEFT, 40), line, Style("Courier", 12))
