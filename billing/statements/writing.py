"""Writing bills into their tables: ids drawn first, rows copied, a few statements for hundreds."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, cast

from psycopg import Cursor, sql
from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.money import Cents
from billing.rates.shapes import Rated, Span
from billing.statements.review import Finding
from config.check_digits import check_digit

IDS: Final = text("""
SELECT nextval(pg_get_serial_sequence('statements', 'id')) FROM generate_series(1, :many)""")
STATEMENTS: Final = (
    "id number account_id run_id kind starts_on ends_on bill_on due_on before_cents charges_cents"
    " total_cents state findings replaces language body"
)
LINES: Final = (
    "statement_id position agreement_id service kind tariff version quantity unit rate days cents"
    " basis"
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a bill and the agreement it is for."""

    agreement_id: int | None
    rated: Rated


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A bill as it will be written; held where a finding holds it."""

    id: int
    number: str
    account_id: int
    run_id: int | None
    kind: str
    span: Span
    bill_on: date
    due_on: date
    before_cents: Cents
    charges_cents: Cents
    findings: tuple[Finding, ...]
    replaces: int | None
    language: str
    lines: tuple[Line, ...]
    body: str

    @property
    def held(self) -> bool:
        """Whether somebody must look at it before it leaves."""
        return any(one.holds for one in self.findings)


def numbers_for(session: Session, many: int) -> list[tuple[int, str]]:
    """Draw so many ids, each with its statement number: nine digits and a check digit."""
    return [(id_, numbered(id_)) for id_ in session.scalars(IDS, {"many": many})]


def numbered(statement_id: int) -> str:
    """Give the number of a statement by its id."""
    nine = f"{statement_id:09}"
    return nine + check_digit(nine)


def write(session: Session, drafts: Sequence[Draft]) -> None:
    """Copy drafts and their lines into the tables."""
    if drafts:
        _copy(session, "statements", STATEMENTS, map(_statement, drafts))
        _copy(session, "statement_lines", LINES, (row for one in drafts for row in _lines(one)))


def _statement(draft: Draft) -> tuple[object, ...]:
    return (
        draft.id, draft.number, draft.account_id, draft.run_id, draft.kind, draft.span.first,
        draft.span.last, draft.bill_on, draft.due_on, draft.before_cents, draft.charges_cents,
        draft.before_cents + draft.charges_cents, "held" if draft.held else "ready",
        json.dumps([one.as_json() for one in draft.findings]), draft.replaces, draft.language,
        draft.body,
    )  # fmt: skip


def _lines(draft: Draft) -> Iterator[tuple[object, ...]]:
    for position, line in enumerate(draft.lines, 1):
        one = line.rated
        yield (
            draft.id, position, line.agreement_id, one.service, one.kind, one.tariff, one.version,
            one.quantity, one.unit, one.rate, one.days, one.cents, json.dumps(dict(one.basis)),
        )  # fmt: skip


def _copy(session: Session, table: str, columns: str, rows: Iterator[tuple[object, ...]]) -> None:
    names = sql.SQL(", ").join(map(sql.Identifier, columns.split()))
    into = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
    cursor = cast("Cursor[Any]", session.connection().connection.cursor())
    with cursor, cursor.copy(into) as copying:
        for row in rows:
            copying.write_row(row)
