"""The report of a day: what was settled, given back and taken back; and what goes to the bank."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from devphone.cards.processor import Charge, Processor

NEXT_DAY = timedelta(days=1)
FIELDS: tuple[str, ...] = (
    "kind",
    "reference",
    "intent",
    "cents",
    "tender",
    "last_four",
    "happened_at",
    "code",
)


@dataclass(frozen=True)
class Report:
    """A day's lines; money towards the city is above zero. A doubled line is paid once."""

    day: date
    lines: tuple[Charge, ...]

    @property
    def name(self) -> str:
        return f"settlement-{self.day.isoformat()}"

    @property
    def deposit_cents(self) -> int:
        return sum(signed(line) for line in {line.reference: line for line in self.lines}.values())

    def rows(self) -> Iterator[dict[str, object]]:
        """Give each line as it is sent."""
        for line in self.lines:
            yield {
                "kind": line.kind,
                "reference": line.reference,
                "intent": line.intent,
                "cents": signed(line),
                "tender": line.known.tender,
                "last_four": line.known.last_four,
                "happened_at": line.at.isoformat(),
                "code": line.code,
            }

    def as_json(self) -> dict[str, object]:
        """Write the report as a JSON object."""
        return {
            "name": self.name,
            "day": self.day.isoformat(),
            "deposit_cents": self.deposit_cents,
            "lines": list(self.rows()),
        }

    def as_csv(self) -> str:
        """Write the report as CSV, the header first."""
        written = io.StringIO()
        writer = csv.DictWriter(written, FIELDS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.rows())
        return written.getvalue()


def report_of(processor: Processor, day: date) -> Report | None:
    """Draw up the report of a day; none for a day that is not over."""
    if day >= processor.clock().date():
        return None
    lines = [line for made in list(processor.charges.values()) for line in _lines(made, day)]
    lines += [line for line in processor.taken_back if line.at.date() == day]
    return Report(day, tuple(sorted(lines, key=lambda line: (line.at, line.reference))))


def _lines(made: Charge, day: date) -> Iterator[Charge]:
    if made.declined:
        return
    fate, on = made.known.fate, made.at.date()
    if on + timedelta(days=fate.settles_late) == day:
        yield made
        if fate.duplicate_line:
            yield made
    if on + NEXT_DAY == day and made.kind == "charge" and (fate.chargeback or fate.returned):
        yield _back(made)


def _back(made: Charge) -> Charge:
    kind = "chargeback" if made.known.fate.chargeback else "return"
    code = made.known.fate.returned or "4853"
    at = made.at + NEXT_DAY
    return Charge(kind, made.intent, f"bk{made.reference}", made.cents, made.known, at, code=code)


def signed(line: Charge) -> int:
    """Money towards the city above zero, away from it below."""
    return line.cents if line.kind == "charge" else -line.cents
