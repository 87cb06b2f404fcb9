"""Day seals: a digest over each day's rows, chained, so that no row can change unseen.

The canonical text of a transaction is a JSON array of its columns, then a line for each entry, in
the order of their ids. What a day holds is the SHA-256 of its transactions' SHA-256 digests in
the order of their ids; a seal is the SHA-256 of "<seal before> <day> <rows> <what it holds>". Dates
are ISO and `posted_at` is microseconds since 1970: nothing depends on a session's settings.

A seal cannot be forged without the ones after it: write the newest down outside this system.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from billing.errors import NotAllowed
from billing.ledger.clock import today
from billing.ledger.locks import alone
from billing.ledger.tables import DaySeal

UNCHAINED: Final = "0" * 64  # what the first seal is chained to
HELD: Final = text("""
SELECT day, count(*) AS rows,
    encode(sha256(convert_to(string_agg(digest, '' ORDER BY id), 'UTF8')), 'hex') AS held
FROM (
    SELECT j.posted_on AS day, j.id, encode(sha256(convert_to(concat(
        json_build_array(j.id, j.key, j.digest, j.kind, j.account_id, j.effective_on, j.posted_on,
            CAST(extract(epoch FROM j.posted_at) * 1000000 AS bigint), j.actor, j.reverses,
            j.belongs_to, j.memo),
        string_agg(concat_ws(' ', chr(10), e.id, e.code, e.fund,
            coalesce(CAST(e.account_id AS text), '-'), e.cents, e.currency), '' ORDER BY e.id)
    ), 'UTF8')), 'hex') AS digest
    FROM journal j LEFT JOIN entries e ON e.transaction_id = j.id
    WHERE j.posted_on BETWEEN :first AND :last GROUP BY j.id
) transactions GROUP BY day ORDER BY day""")
EMPTY: Final = sha256(b"").hexdigest()


@dataclass(frozen=True, slots=True)
class Held:
    """What a day holds: how many transactions, and their digest."""

    day: date
    rows: int
    held: str


@dataclass(frozen=True, slots=True)
class BadDay:
    """The first day that is not as it was sealed, and in which way."""

    day: date
    why: str


def seal_day(session: Session, day: date) -> DaySeal:
    """Seal a day and every day before it that has rows and no seal yet; gives the day's seal.

    Waits until nobody is writing. From then on the database takes nothing posted on these days.
    A day that is sealed already keeps its seal. Raises NotAllowed for a day that is not over.
    """
    if day >= today(session):
        message = f"{day} is not over yet"
        raise NotAllowed("day is over", message, "Seal it tomorrow.")
    alone(session)
    last = newest(session)
    if last and last.day >= day:
        covering = select(DaySeal).where(DaySeal.day >= day).order_by(DaySeal.day).limit(1)
        return session.execute(covering).scalar_one()
    held = _held(session, last.day + timedelta(1) if last else date.min, day)
    if not held or held[-1].day < day:
        held.append(Held(day, 0, EMPTY))
    made: list[DaySeal] = []
    for each in held:
        made.append(_chained(made[-1] if made else last, each))
    session.add_all(made)
    session.flush()
    return made[-1]


def newest(session: Session) -> DaySeal | None:
    """Give the last seal."""
    return session.execute(select(DaySeal).order_by(DaySeal.day.desc()).limit(1)).scalar()


def first_bad_day(
    session: Session, first: date | None = None, last: date | None = None
) -> BadDay | None:
    """Prove that no row of the sealed days from `first` to `last` was changed, added or removed.

    Gives the first day that is not as it was sealed, or None where all are.
    """
    seals = list(session.execute(select(DaySeal).order_by(DaySeal.day)).scalars())
    if not seals:
        return None
    begin, end = first or date.min, min(last or date.max, seals[-1].day)
    earlier = [UNCHAINED, *(seal.digest for seal in seals)]
    sealed = {
        seal.day: (seal, before)
        for seal, before in zip(seals, earlier, strict=False)
        if begin <= seal.day <= end
    }
    held = {each.day: each for each in _held(session, begin, end)}
    broken = [_broken_link(*each) for each in sealed.values()]
    wrong = [_not_as_sealed(day, sealed.get(day), held.get(day)) for day in {*held, *sealed}]
    found = [bad for bad in (*broken, *wrong) if bad]
    return min(found, key=lambda bad: bad.day, default=None)


def _held(session: Session, first: date, last: date) -> list[Held]:
    rows = session.execute(HELD, {"first": first, "last": last})
    return [Held(row.day, row.rows, row.held) for row in rows]


def _digest(previous: str, held: Held) -> str:
    chained = f"{previous} {held.day.isoformat()} {held.rows} {held.held}"
    return sha256(chained.encode()).hexdigest()


def _chained(last: DaySeal | None, held: Held) -> DaySeal:
    previous = last.digest if last else UNCHAINED
    digest = _digest(previous, held)
    return DaySeal(day=held.day, rows=held.rows, previous=previous, digest=digest)


def _broken_link(seal: DaySeal, before: str) -> BadDay | None:
    """Compare what a seal is chained to with the seal before it."""
    if seal.previous == before:
        return None
    return BadDay(seal.day, "the seal before it was taken out or replaced")


def _not_as_sealed(
    day: date, sealed: tuple[DaySeal, str] | None, held: Held | None
) -> BadDay | None:
    """Compare what a day holds with its seal."""
    if sealed is None:
        return BadDay(day, "rows were added to a day that had none when it was sealed over")
    seal, now = sealed[0], held or Held(day, 0, EMPTY)
    if _digest(seal.previous, now) == seal.digest:
        return None
    more = now.rows - seal.rows
    how = "added" if more > 0 else "removed"
    return BadDay(day, f"{abs(more)} rows were {how}" if more else "a row was changed")
