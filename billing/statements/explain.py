"""Why a bill is what it is: the change against an earlier bill, in parts that add up to the cent.

Each metered service is rated again at the earlier prices, first with this bill's days, then with
this bill's use as well; what is left is the change of prices. So the parts are differences that
follow one another, and nothing is lost between them.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from billing.errors import BillingError, NotFound
from billing.money import Cents, share
from billing.rates.engine import rate
from billing.rates.shapes import Rated, Span, Usage
from billing.rates.tariffs import Tariffs
from billing.statements.reading import rated_of
from billing.statements.weather import WHOLE, percent_by_weather

NEWEST: Final = text("""
SELECT s.* FROM statements s JOIN accounts a ON a.id = s.account_id
WHERE a.number = :account AND s.state = 'posted' ORDER BY s.bill_on DESC, s.id DESC LIMIT 1""")
BY_NUMBER: Final = text("SELECT * FROM statements WHERE number = :number")
AGAINST: Final = text("""
SELECT s.*, s.bill_on BETWEEN CAST(:on AS date) - 385 AND CAST(:on AS date) - 345 AS year_ago
FROM statements s WHERE s.account_id = :account AND s.state = 'posted' AND s.bill_on < :on
AND s.kind <> 'final' ORDER BY year_ago DESC, s.bill_on DESC, s.id DESC LIMIT 1""")
LINES: Final = text("""
SELECT l.*, g.details, g.quantity AS taken FROM statement_lines l
LEFT JOIN agreements g ON g.id = l.agreement_id WHERE statement_id = :id ORDER BY position""")
MEASURED: Final = frozenset({"kWh", "kgal"})
GALLONS: Final = 1000
THOUSANDTHS: Final = -3


@dataclass(frozen=True, slots=True)
class Figures:
    """What one service of one bill says: its lines, days, units used, and the agreement's own."""

    lines: tuple[Rated, ...]
    span: Span
    units: Decimal
    unit: str
    details: Mapping[str, Any]
    taken: Decimal

    @property
    def cents(self) -> Cents:
        """What it charges, one-time fees aside."""
        return sum(line.cents for line in self.lines if line.kind != "once")

    @property
    def fees(self) -> Cents:
        """What it charges once."""
        return sum(line.cents for line in self.lines if line.kind == "once")


@dataclass(frozen=True, slots=True)
class Reason:
    """A part of the change: days, use, weather, rate, new, ended or fee; cents may be negative.

    `before` and `now` are the figures that changed (days, or units in `unit`).
    """

    kind: str
    service: str
    cents: Cents
    before: Decimal = Decimal(0)
    now: Decimal = Decimal(0)
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Why:
    """A bill against an earlier one (None: the first); the reasons add up to the change."""

    bill: Row[Any]
    against: Row[Any] | None
    reasons: tuple[Reason, ...]

    @property
    def change_cents(self) -> Cents:
        """How much more it charges than the other."""
        return self.bill.charges_cents - self.against.charges_cents if self.against else 0

    @property
    def year_ago(self) -> bool:
        """Whether it is compared with the same month last year."""
        return self.against is not None and bool(self.against.year_ago)


def why(session: Session, account: str, tariffs: Tariffs) -> Why:
    """Explain an account's newest posted bill; raises NotFound where it has none."""
    bill = session.execute(NEWEST, {"account": account}).one_or_none()
    if bill is None:
        message = f"account {account} has no bill yet"
        raise NotFound("known statement", message, "Say what is owed instead.")
    return _why(session, bill, tariffs)


def why_statement(session: Session, number: str, tariffs: Tariffs) -> Why:
    """Explain one bill by its number, posted or not; raises NotFound."""
    bill = session.execute(BY_NUMBER, {"number": number}).one_or_none()
    if bill is None:
        raise NotFound("known statement", f"there is no statement {number!r}", "List them.")
    return _why(session, bill, tariffs)


def _why(session: Session, bill: Row[Any], tariffs: Tariffs) -> Why:
    given = {"account": bill.account_id, "on": bill.bill_on}
    against = session.execute(AGAINST, given).one_or_none()
    if against is None:
        return Why(bill, None, ())
    now, before = (_services(session, one) for one in (bill, against))
    return Why(bill, against, tuple(reasons(before, now, tariffs)))


def reasons(
    before: Mapping[str, Figures], now: Mapping[str, Figures], tariffs: Tariffs
) -> Iterator[Reason]:
    """Split the change between two bills into reasons that add up to it, none of nothing."""
    for service in {**now, **before}:
        found = _of_service(service, before.get(service), now.get(service), tariffs)
        yield from (reason for reason in found if reason.cents)


def _of_service(
    service: str, before: Figures | None, now: Figures | None, tariffs: Tariffs
) -> Iterator[Reason]:
    if now is None or before is None:
        held = now or before
        cents = sum(line.cents for line in held.lines) if held else 0
        yield Reason("new" if now else "ended", service, cents if now else -cents)
        return
    yield Reason("fee", service, now.fees - before.fees)
    if now.unit and before.unit:
        yield from _metered(service, before, now, tariffs)
    else:
        yield _unmetered(service, before, now)


def _metered(service: str, before: Figures, now: Figures, tariffs: Tariffs) -> Iterator[Reason]:
    try:
        old, more_days, more_use = _again(before, now, tariffs)
    except BillingError:  # the earlier prices are not in the files any more
        yield Reason("rate", service, now.cents - before.cents)
        return
    days = (Decimal(before.span.days), Decimal(now.span.days))
    yield Reason("days", service, more_days - old, *days)
    yield from _use(service, more_use - more_days, before, now)
    yield Reason("rate", service, (now.cents - before.cents) - (more_use - old))


def _use(service: str, cents: Cents, before: Figures, now: Figures) -> Iterator[Reason]:
    """Split the part of use into what the usual weather of the season explains, and the rest."""
    spans = (before.span, now.span)
    percent = percent_by_weather(service, spans, (_whole(before), _whole(now)))
    weather, rest = share(cents, (percent, WHOLE - percent))
    yield Reason("weather", service, weather)
    yield Reason("use", service, rest, before.units, now.units, now.unit)


def _again(before: Figures, now: Figures, tariffs: Tariffs) -> tuple[Cents, Cents, Cents]:
    """Rate the earlier bill again: as it was, with this one's days, and with its use as well."""
    first = before.span.first
    longer = Span(first, first + timedelta(days=now.span.days))
    thousandths = _whole(before) * now.span.days // before.span.days
    old = _rated(before, _whole(before), before.span, tariffs)
    more_days = _rated(before, thousandths, longer, tariffs)
    return old, more_days, _rated(before, _whole(now), longer, tariffs)


def _rated(held: Figures, thousandths: int, span: Span, tariffs: Tariffs) -> Cents:
    line = next(one for one in held.lines if one.kind == "use")
    units = Decimal(thousandths).scaleb(THOUSANDTHS)
    demand = max((one.quantity for one in held.lines if one.kind == "demand"), default=Decimal(0))
    usage = Usage(service=line.service, unit=held.unit, units=units, days=span.days, demand=demand)
    lines = rate(tariffs.get(_schedule(held)), usage, span, held.taken, held.details)
    return sum(one.cents for one in lines if one.kind != "once")


def _schedule(held: Figures) -> str:
    """Name the tariff that the agreement goes by: that of its first line, riders come after."""
    return held.lines[0].tariff


def _unmetered(service: str, before: Figures, now: Figures) -> Reason:
    """Name the one reason of a service that no meter tells: its use, its days, or its prices."""
    change = now.cents - before.cents
    used_before, used_now = before.units, now.units
    if used_before != used_now:
        return Reason("use", service, change, used_before, used_now, "kgal")
    if before.span.days != now.span.days and _months(before) != _months(now):
        days = (Decimal(before.span.days), Decimal(now.span.days))
        return Reason("days", service, change, *days)
    return Reason("rate", service, change)


def _months(held: Figures) -> list[str]:
    return [str(line.basis.get("months", "")) for line in held.lines]


def _whole(held: Figures) -> int:
    return int(held.units * GALLONS)


def _services(session: Session, bill: Row[Any]) -> dict[str, Figures]:
    rows: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in session.execute(LINES, {"id": bill.id}):
        rows[row.service].append(row)
    span = Span(bill.starts_on, bill.ends_on)
    return {
        service: figures([rated_of(row) for row in held], span, held[0])
        for service, held in rows.items()
    }


def figures(lines: Sequence[Rated], span: Span, agreement: Any) -> Figures:  # noqa: ANN401  a row
    """Gather what one service of a bill says; `agreement` has `details` and `taken`."""
    use = [line for line in lines if line.kind == "use" and line.unit in MEASURED]
    metered = any("used" in line.basis for line in use)
    days = [line.basis.get("from") for line in lines if "from" in line.basis]
    first = min((str(day) for day in days), default=span.first.isoformat())
    held = replace(span, first=max(span.first, type(span.first).fromisoformat(first)))
    return Figures(
        tuple(lines),
        held,
        sum((line.quantity for line in use), Decimal(0)),
        use[0].unit if metered else "",
        agreement.details or {},
        agreement.taken or Decimal(1),
    )
