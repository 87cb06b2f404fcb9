"""Keeping reads: judged, never changed; a better one replaces the one that was wrong.

Neighbours are found by the day a dial was read on, never by when it was entered: a read that comes
late takes its place between the others. Nothing here commits.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import exists, select, text
from sqlalchemy.orm import Session, aliased

from billing.accounts.checking import Case, judged
from billing.accounts.history import Estimate, History
from billing.accounts.rules import read_rules
from billing.accounts.tables import Meter, MeterInstall, Read
from billing.accounts.usage import histories
from billing.errors import BadAmount, Conflict, NotAllowed, NotFound
from billing.ledger.clock import today
from billing.rates.shapes import Span

KINDS: Final = frozenset({"start", "actual", "customer", "final"})
REGISTERS: Final = frozenset({"use", "demand", "on peak", "off peak"})
PAST: Final = timedelta(days=800)
AROUND: Final = text("""
SELECT r.value, r.read_on, r.kind, r.finding FROM reads r
WHERE r.install_id = :install AND r.register = :register AND r.finding <> 'backward'
AND NOT EXISTS (SELECT FROM reads n WHERE n.replaces = r.id)
AND r.id <> coalesce(CAST(:but AS bigint), 0)
ORDER BY r.read_on, r.kind <> 'estimated', r.id""")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRead:
    """What a dial showed when a day began; `source` says who told it ("handheld", "phone")."""

    install_id: int
    read_on: date
    value: int
    source: str
    kind: str = "actual"
    register: str = "use"
    replaces: int | None = None


@dataclass(frozen=True, slots=True)
class Dial:
    """A meter where it is set."""

    install: MeterInstall
    meter: Meter


def record_read(session: Session, new: NewRead) -> Read:
    """Judge a read and keep it; `finding` says what is odd. The same read again is found, not kept.

    A backward read is kept and counts for nothing until `accept` or a read that replaces it.
    Raises BadAmount (no such dial, day or kind), NotFound, Conflict (replaced already).
    """
    dial = _dial(session, new.install_id)
    _refuse_nonsense(session, new, dial)
    before = _same(session, new)
    if before is not None:
        return before
    if new.replaces is not None:
        _replaceable(session, new)
    finding = _finding(session, new, dial) if new.register == "use" else "ok"
    return _kept(session, new, finding)


def accept(session: Session, read_id: int, actor: str, *, rolled_over: bool = False) -> Read:
    """Let a read count as it is, because somebody looked; `rolled_over` if its dial went round.

    Raises NotFound, Conflict (replaced already), NotAllowed (nothing was odd about it).
    """
    read = get_read(session, read_id)
    if read.finding in {"ok", "accepted"}:
        advice = "Enter the right value as a read that replaces it."
        raise NotAllowed("odd read", f"nothing is odd about read {read_id}", advice)
    new = NewRead(
        install_id=read.install_id,
        read_on=read.read_on,
        value=read.value,
        source=f"{read.source}; accepted by {actor}",
        kind=read.kind,
        register=read.register,
        replaces=read.id,
    )
    _dial(session, read.install_id)
    _replaceable(session, new)
    return _kept(session, new, "rolled over" if rolled_over else "accepted")


def estimate_read(session: Session, install_id: int, read_on: date, actor: str) -> Read:
    """Keep an estimate for a day on which nobody could read the dial; its method is its source.

    Raises BadAmount without a past to go by, and where the day was read or lies before a read.
    """
    dial = _dial(session, install_id)
    _in_service(session, read_on, dial)
    past = _past(session, dial, read_on)
    mine = [read for meter in past.meters if meter.id == install_id for read in meter.of("use")]
    if not mine or mine[-1].on >= read_on:
        message = f"the meter was read on {mine[-1].on}" if mine else "the meter was never read"
        raise BadAmount("read", message, "Estimate only days after the last read.")
    last, guess = mine[-1], past.estimate(Span(mine[-1].on, read_on))
    moved = guess.units // dial.meter.multiplier
    full = 10**dial.meter.digits
    new = NewRead(
        install_id=install_id,
        read_on=read_on,
        value=(last.value + moved) % full,
        source=f"{_method(guess)}; asked by {actor}",
        kind="estimated",
    )
    return _kept(session, new, "rolled over" if last.value + moved >= full else "ok")


def standing_reads(session: Session, install_id: int, register: str = "use") -> list[Read]:
    """List the reads that were not replaced, by the day they were read on."""
    later = aliased(Read)
    found = (
        select(Read)
        .where(Read.install_id == install_id, Read.register == register)
        .where(~exists().where(later.replaces == Read.id))
        .order_by(Read.read_on, Read.kind != "estimated", Read.id)
    )
    return list(session.scalars(found))


def get_read(session: Session, read_id: int) -> Read:
    """Give a read; raises NotFound."""
    read = session.get(Read, read_id)
    if read is None:
        raise NotFound("known read", f"there is no read {read_id}", "Look at the meter's reads.")
    return read


def _dial(session: Session, install_id: int) -> Dial:
    """Give a set meter, locked until the transaction ends: two reads at once judge in turn."""
    install = session.get(MeterInstall, install_id, with_for_update=True, populate_existing=True)
    if install is None:
        advice = "Look the meter up at its service point."
        raise NotFound("known install", f"there is no install {install_id}", advice)
    return Dial(install, session.get_one(Meter, install.meter_id))


def _refuse_nonsense(session: Session, new: NewRead, dial: Dial) -> None:
    if new.kind not in KINDS or new.register not in REGISTERS:
        message = f"{new.kind!r} of {new.register!r} is no kind of read and register"
        raise BadAmount("kind of read", message, f"Kinds are {', '.join(sorted(KINDS))}.")
    if type(new.value) is not int or not 0 <= new.value < 10**dial.meter.digits:
        message = f"{new.value!r} is not on a dial of {dial.meter.digits} digits"
        raise BadAmount("dial", message, "Read every digit of the dial, and nothing else.")
    if new.kind == "customer" and new.replaces is None and new.register != "use":
        raise BadAmount("kind of read", "a resident reads use only", "Send somebody to read it.")
    _in_service(session, new.read_on, dial)


def _in_service(session: Session, on: date, dial: Dial) -> None:
    install = dial.install
    if on < install.installed_on or (install.removed_on and on > install.removed_on):
        message = f"meter {dial.meter.serial} was not there on {on}"
        raise BadAmount("day of the read", message, "Check the meter's serial and the day.")
    if on > today(session):
        raise BadAmount("day of the read", f"{on} has not come yet", "Check the day.")


def _same(session: Session, new: NewRead) -> Read | None:
    """Find this very read, sent before."""
    found = select(Read).filter_by(
        install_id=new.install_id,
        register=new.register,
        read_on=new.read_on,
        value=new.value,
        kind=new.kind,
        source=new.source,
        replaces=new.replaces,
    )
    return session.scalars(found).first()


def _replaceable(session: Session, new: NewRead) -> None:
    old = get_read(session, new.replaces or 0)
    if old.install_id != new.install_id or old.register != new.register:
        advice = "Replace a read of the same dial."
        raise BadAmount("same dial", f"read {old.id} is of another dial", advice)
    if session.scalar(select(Read.id).where(Read.replaces == old.id)) is not None:
        raise Conflict("replaced once", f"read {old.id} was replaced", "Look at the newest read.")


def _finding(session: Session, new: NewRead, dial: Dial) -> str:
    given = {"install": new.install_id, "register": new.register, "but": new.replaces}
    around = session.execute(AROUND, given).all()
    earlier = [read for read in around if read.read_on < new.read_on]
    later = [read for read in around if read.read_on > new.read_on]
    if not earlier:
        return _first(new.value, later[0].value, later[0].finding) if later else "ok"
    before = earlier[-1]
    looked = next((read for read in reversed(earlier) if read.kind != "estimated"), before)
    days = (new.read_on - before.read_on).days
    rules = read_rules()
    past = _past(session, dial, before.read_on + timedelta(1), new.replaces)
    case = Case(
        value=new.value,
        digits=dial.meter.digits,
        multiplier=dial.meter.multiplier,
        days=days,
        before=before.value,
        looked=looked.value,
        after=later[0].value if later else None,
        after_rolled=bool(later) and later[0].finding == "rolled over",
        expected=past.expected(Span(before.read_on, new.read_on)),
    )
    return judged(case, rules.services[dial.meter.service], rules)


def _first(value: int, after: int, after_finding: str) -> str:
    return "backward" if value > after and after_finding != "rolled over" else "ok"


def _past(session: Session, dial: Dial, before: date, but: int | None = None) -> History:
    """Give the point's history of what was read before a day, without one read."""
    point = dial.install.service_point_id
    found = histories(session, (point,), before - PAST)[point]
    return found.until(before, but)


def _method(guess: Estimate) -> str:
    return f"estimated: {guess.method}, {guess.days} days"


def _kept(session: Session, new: NewRead, finding: str) -> Read:
    read = Read(
        install_id=new.install_id,
        register=new.register,
        read_on=new.read_on,
        value=new.value,
        kind=new.kind,
        finding=finding,
        source=new.source,
        replaces=new.replaces,
    )
    session.add(read)
    session.flush()
    return read
