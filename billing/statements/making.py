"""Making bills: rated, looked at by the gate, worded; the same for one account and for a cycle."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import zip_longest
from typing import Final

from sqlalchemy.orm import Session

from billing.accounts.history import LAST_SPAN, LAST_YEAR, History
from billing.accounts.usage import used
from billing.errors import BillingError
from billing.money import Cents
from billing.rates.engine import rate
from billing.rates.shapes import Rated, Span, Usage
from billing.rates.tariffs import Tariff, Tariffs
from billing.statements.body import Bill, Wording
from billing.statements.cover import keep_bills, left_out
from billing.statements.gathering import Gathered, Meters, Served, gather, meters_of
from billing.statements.review import BillCase, Finding, MeterCase, findings, not_rated
from billing.statements.rules import METERED, statement_rules
from billing.statements.writing import Draft, Line, numbers_for, write

BY_USE: Final = frozenset({"use", "demand", "on peak", "off peak", "generated"})
ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Task:
    """A bill to be made; a span is given only where a bill is made over."""

    account_id: int
    run_id: int | None = None
    kind: str = "regular"
    replaces: int | None = None
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Round:
    """What all bills of one day share: the day, the tariffs, the class medians, the wording."""

    on: date
    tariffs: Tariffs
    typical: Mapping[str, Cents]
    wording: Wording
    same: dict[tuple[object, ...], tuple[Rated, ...]] = field(
        default_factory=dict[tuple[object, ...], "tuple[Rated, ...]"]
    )

    def unmetered(self, tariff: Tariff, served: Served) -> tuple[Rated, ...]:
        """Rate what no meter tells of: once for all homes that took the same for the same days."""
        key = (tariff.id, served.span, served.quantity, *sorted(served.details.items()))
        if key not in self.same:
            self.same[key] = rate(tariff, None, served.span, served.quantity, served.details)
        return self.same[key]


def make(session: Session, tasks: Sequence[Task], round_: Round) -> list[Draft]:
    """Make the bills that are asked for and write them; without anything to bill there is none.

    Days of an account that its bills left out get a bill of their own, of no run, made before the
    one that is asked for; not so where a span is given.
    """
    keep_bills(session, [task.account_id for task in tasks])
    asked = [task.account_id for task in tasks if task.span is None]
    holes = left_out(session, asked, round_.on)
    late = [[Task(account, span=span) for span in spans] for account, spans in holes.items()]
    rounds = ([task for task in each if task] for each in zip_longest(*late))
    return [draft for each in (*rounds, tasks) for draft in _made(session, each, round_)]


def needs_use(tariff: Tariff) -> bool:
    """Say whether a tariff asks for what was used."""
    return any(
        price.of in BY_USE
        for one in (tariff, *tariff.riders)
        for version in one.versions
        for price in version.prices
    )


def _made(session: Session, tasks: Sequence[Task], round_: Round) -> list[Draft]:
    """Make and write at most one bill an account."""
    found = gather(session, {task.account_id: task.span for task in tasks}, round_.on)
    meters = _meters(session, found.values(), round_.tariffs)
    doing = [task for task in tasks if task.account_id in found]
    numbers = numbers_for(session, len(doing))
    drafts = [
        _draft(task, found[task.account_id], meters, round_, number)
        for task, number in zip(doing, numbers, strict=True)
    ]
    write(session, drafts)
    return drafts


def _meters(session: Session, found: Iterable[Gathered], tariffs: Tariffs) -> Meters:
    metered = [one for each in found for one in each.served if _asks(tariffs, one)]
    since = min((one.span.first for one in metered), default=date.max)
    return meters_of(session, {one.point for one in metered}, since)


def _asks(tariffs: Tariffs, served: Served) -> bool:
    tariff = tariffs.by_id.get(served.tariff)
    return tariff is not None and needs_use(tariff)


def _draft(
    task: Task, given: Gathered, meters: Meters, round_: Round, number: tuple[int, str]
) -> Draft:
    uses: list[tuple[Served, Usage]] = []
    try:
        lines = [line for one in given.served for line in _rated(one, meters, round_, uses)]
        odd: tuple[Finding, ...] = findings(_case(task, given, lines, meters, uses, round_))
    except BillingError as error:
        lines, odd = [], (not_rated(f"{error}"),)
    charges = sum(line.rated.cents for line in lines)
    final = given.account.status != "active" and task.kind == "regular" and not given.late
    draft = Draft(
        id=number[0],
        number=number[1],
        account_id=task.account_id,
        run_id=task.run_id,
        kind="final" if final else task.kind,
        span=given.span,
        bill_on=round_.on,
        due_on=round_.on + timedelta(days=statement_rules().due_days),
        before_cents=given.owed.total,
        charges_cents=charges,
        findings=odd,
        replaces=task.replaces,
        language=given.account.language,
        lines=tuple(lines),
        body="",
    )
    return replace(draft, body=round_.wording.body(bill_of(draft, given)))


def bill_of(draft: Draft, given: Gathered) -> Bill:
    """Give a draft as what is worded."""
    account = given.account
    return Bill(
        number=draft.number,
        account=account.number,
        kind=draft.kind,
        name=account.name,
        address=f"{account.address}, {account.zip}",
        mailing=account.mailing,
        span=draft.span,
        bill_on=draft.bill_on,
        due_on=draft.due_on,
        before_cents=draft.before_cents,
        charges_cents=draft.charges_cents,
        language=draft.language,
        lines=tuple(line.rated for line in draft.lines),
    )


def _rated(
    served: Served, meters: Meters, round_: Round, uses: list[tuple[Served, Usage]]
) -> Iterator[Line]:
    """Rate one agreement; its first line of use keeps what the meter told."""
    tariff = round_.tariffs.get(served.tariff)
    if not needs_use(tariff):
        yield from (Line(served.id, rated) for rated in round_.unmetered(tariff, served))
        return
    point, metered = meters.measured_at[served.point]
    usage = used(meters.pasts.get(point), served.span, served.service, metered)
    uses.append((served, usage))
    told: Usage | None = usage
    for rated in rate(tariff, usage, served.span, served.quantity, served.details):
        if told and rated.kind == "use":
            kept = {"used": f"{told.units} {told.unit}", "reads": list(told.basis)}
            yield Line(served.id, replace(rated, basis={**rated.basis, **kept}))
            told = None
        else:
            yield Line(served.id, rated)


def _case(  # noqa: PLR0913, PLR0917  everything the gate looks at
    task: Task,
    given: Gathered,
    lines: Sequence[Line],
    meters: Meters,
    uses: Sequence[tuple[Served, Usage]],
    round_: Round,
) -> BillCase:
    kind = given.account.kind
    return BillCase(
        cents=sum(line.rated.cents for line in lines),
        days=given.span.days,
        kind=kind,
        typical_cents=round_.typical[kind],
        last_year_cents=given.last_year_cents,
        first=given.first,
        final=task.kind == "final" or given.account.status != "active",
        left_out=given.late and task.replaces is None,
        metered=tuple(
            _meter_case(served, usage, meters)
            for served, usage in uses
            if served.service in METERED
        ),
    )


def _meter_case(served: Served, usage: Usage, meters: Meters) -> MeterCase:
    point = meters.measured_at[served.point][0]
    return meter_case(
        served.service, usage, meters.pasts[point], served.span, meters.waiting.get(point, ())
    )


def meter_case(
    service: str, usage: Usage, past: History, span: Span, waiting: Sequence[date] = ()
) -> MeterCase:
    """Give what the gate looks at of one meter, from its past and what was used."""
    here = [one for one in past.meters if one.first < span.last]
    before = [one.multiplier for one in here if one.first < span.first]
    return MeterCase(
        service=service,
        units=int(usage.units),
        days=span.days,
        usual=usual(past, span),
        estimated_days=_estimated_days(usage),
        rolled=any(row["what"] == "rolled over" for row in usage.basis),
        waiting=any(span.first < day <= span.last for day in waiting),
        multiplier=here[-1].multiplier if here else 1,
        multiplier_before=before[-1] if before else None,
    )


def usual(past: History, span: Span) -> int | None:
    """Give what would be usual in a span: last year's, else by the use before it began."""
    if past.knots and past.knots[0].on <= _year_before(span.first):
        return past.expected(span)
    return past.until(span.first + ONE_DAY).expected(span)


def _year_before(day: date) -> date:
    return day.replace(year=day.year - 1, day=min(day.day, 28) if day.month == 2 else day.day)  # noqa: PLR2004  February


def _estimated_days(usage: Usage) -> int:
    """Count the days of a span that nobody read; what lies between two reads is not counted."""
    guessed = {LAST_YEAR, LAST_SPAN}
    for row in usage.basis:
        if row["what"] == "estimate" and row["at"] == "last" and row["method"] in guessed:
            return min(int(str(row["days"])), usage.days)
    estimated = [row for row in usage.basis if row["what"] == "read" and row["kind"] == "estimated"]
    return usage.days if estimated else 0
