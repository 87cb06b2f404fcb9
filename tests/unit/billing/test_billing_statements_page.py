"""A bill as text and as a page, and the scan line of its slip."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from billing.errors import BadAmount
from billing.rates.shapes import Span
from billing.statements.body import Bill, Wording
from billing.statements.page import page
from billing.statements.reading import UseBar
from billing.statements.scan_line import Slip, check_digit, read_scan_line, scan_line
from config.words import LANGUAGES
from tests.unit.billing.rating import TARIFFS, billed, span, used

WORDING = Wording(TARIFFS)
OCTOBER = span("2026-09-20", "2026-10-20")


def a_bill(language: str = "en", before: int = 4210) -> Bill:
    """Give a bill of a home with every service."""
    lines = (
        *billed("power-1", used(1234), OCTOBER),
        *billed("water", used(8400, "gal"), OCTOBER, meter_size="3/4 in"),
        *billed("wastewater", None, OCTOBER, winter_average="5.2"),
        *billed("storm", None, OCTOBER),
        *billed("sanitation", None, OCTOBER, 2),
    )
    return Bill(
        number="0000000129", account="12345678", kind="regular", name="Resident 00001",
        address="100 Center Street, 84601", mailing="", span=OCTOBER, bill_on=date(2026, 10, 20),
        due_on=date(2026, 11, 10), before_cents=before,
        charges_cents=sum(one.cents for one in lines), language=language, lines=lines,
    )  # fmt: skip


def bars(many: int = 13) -> list[UseBar]:
    """Give bars of so many months."""
    days = [date(2025 + (9 + n) // 12, (9 + n) % 12 + 1, 20) for n in range(many)]
    return [UseBar(day, "power", "kWh", 1000 * n) for n, day in enumerate(days)]


def test_what_is_owed_and_by_when_comes_first() -> None:
    said = WORDING.body(a_bill()).splitlines()
    assert said[2] == "You owe $253.77 by November 10, 2026."
    spanish = WORDING.body(a_bill("es")).splitlines()
    assert spanish[2] == "Usted debe $253.77, a pagar a más tardar el 10 de noviembre de 2026."


def test_the_lines_of_a_text_add_up_to_what_it_says() -> None:
    bill = a_bill()
    shown = [
        int(line.split("$")[-1].replace(".", "").replace(",", ""))
        for line in WORDING.body(bill).splitlines()
        if line.startswith("    ") and "$" in line[-12:]
    ]
    assert sum(shown) == bill.charges_cents


def test_a_credit_is_told_as_one() -> None:
    said = WORDING.body(a_bill(before=-100_000))
    assert "You owe nothing. Your credit is $788.33." in said


def test_a_final_and_a_corrected_bill_say_so() -> None:
    assert "This is your final bill." in WORDING.body(replace(a_bill(), kind="final"))
    assert "reemplaza" in WORDING.body(replace(a_bill("es"), kind="corrected"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("months", [0, 1, 13])
def test_a_page_is_drawn_for_any_history(language: str, months: int) -> None:
    drawn = page(a_bill(language), bars(months), WORDING)
    assert drawn.startswith(b"%PDF-")
    assert drawn.count(b"/Type /Page\n") + drawn.count(b"/Type /Page ") == 1
    assert drawn == page(a_bill(language), bars(months), WORDING)


def test_a_page_holds_a_bill_of_many_lines() -> None:
    long = Span(date(2026, 1, 1), date(2026, 10, 20))
    many = [line for _ in range(4) for line in billed("power-1", used(9999), long)]
    assert page(replace(a_bill(), lines=tuple(many)), bars(), WORDING)


def test_the_check_digit_is_that_of_the_published_sample() -> None:
    # Sum 62, so 8: the sample of the "Sample Check Digit" page.
    assert check_digit("00345678901110296000000000010000000001000") == "8"
    # The same line with 110196 is printed elsewhere with 8; by the rule it is 0.
    assert check_digit("00345678901110196000000000010000000001000") == "0"


def test_a_scan_line_has_42_digits_and_is_read_back() -> None:
    slip = Slip("12345678", date(2026, 11, 10), 25_377)
    line = scan_line(slip)
    assert len(line) == 42
    assert line.isdigit()
    assert read_scan_line(line) == slip


def test_a_credit_asks_for_nothing_and_too_much_is_refused() -> None:
    assert read_scan_line(scan_line(Slip("12345678", date(2026, 11, 10), -5))).cents == 0
    with pytest.raises(BadAmount):
        scan_line(Slip("12345678", date(2026, 11, 10), 10**10))


@given(some.integers(0, 10**10 - 1), some.integers(0, 41), some.integers(1, 9))
def test_any_single_digit_misread_is_found(cents: int, place: int, more: int) -> None:
    line = scan_line(Slip("12345678", date(2026, 11, 10), cents))
    wrong = str((int(line[place]) + more) % 10)
    with pytest.raises(BadAmount):
        read_scan_line(line[:place] + wrong + line[place + 1 :])


def test_figures_are_written_without_idle_zeros() -> None:
    from billing.statements.body import plain

    assert [plain(Decimal(one)) for one in ("500", "6.250", "1250.0", "0.5")] == [
        "500", "6.25", "1,250", "0.5",
    ]  # fmt: skip
