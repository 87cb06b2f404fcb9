"""Payment arrangements, as the core offers them: what the rule grants now, and making just that."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing import shapes
from billing.errors import NotAllowed
from billing.ledger.clock import today
from billing.looking import account_id
from billing.payments import arrangements, charges
from billing.payments.tables import Arrangement, ArrangementPart


def offer(session: Session, account: str, *, production: bool) -> shapes.ArrangementOffer:
    """Say what the rule grants now, or why nothing; raises NotFound."""
    whose = account_id(session, account)
    found = arrangements.offer(session, whose, today(session), production=production)
    return shapes.ArrangementOffer(account, found.cents, found.parts, found.rule, found.refusal)


def make(session: Session, account: str, actor: str, *, production: bool) -> shapes.Arrangement:
    """Make what is offered now; asked again on the day by the same actor, it is that one.

    Raises NotFound, NotAllowed (the rule grants nothing), Conflict.
    """
    whose, on = account_id(session, account), today(session)
    charges.lock(session, {whose})
    made = _of_today(session, whose, on, actor)
    if made is None:
        found = arrangements.offer(session, whose, on, production=production)
        if found.refusal:
            message = f"no arrangement: {found.refusal}"
            raise NotAllowed("arrangement", message, "Ask a supervisor.")
        made = arrangements.make(session, whose, found, on, actor)
    rows = session.scalars(
        select(ArrangementPart)
        .where(ArrangementPart.arrangement_id == made.id)
        .order_by(ArrangementPart.position)
    )
    parts = tuple(shapes.Part(row.due_on, row.cents) for row in rows)
    return shapes.Arrangement(made.id, account, made.cents, parts, made.state)


def _of_today(session: Session, whose: int, on: date, actor: str) -> Arrangement | None:
    """Find the current arrangement if it is this actor's, of today: the first part is due then."""
    return session.scalar(
        select(Arrangement)
        .join(ArrangementPart, ArrangementPart.arrangement_id == Arrangement.id)
        .where(Arrangement.account_id == whose, Arrangement.state == "current")
        .where(Arrangement.made_by == actor)
        .where(ArrangementPart.position == 1, ArrangementPart.due_on == on)
    )
