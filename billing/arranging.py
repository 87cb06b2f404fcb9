"""Payment arrangements, as the core offers them: what the rule grants now, and making just that."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing import shapes
from billing.errors import AnotherBody, NotAllowed
from billing.ledger.clock import today
from billing.looking import account_id
from billing.payments import arrangements, charges
from billing.payments.tables import Arrangement, ArrangementPart


def offer(session: Session, account: str, *, production: bool) -> shapes.ArrangementOffer:
    """Say what the rule grants now, or why nothing; raises NotFound."""
    whose = account_id(session, account)
    found = arrangements.offer(session, whose, today(session), production=production)
    return shapes.ArrangementOffer(account, found.cents, found.parts, found.rule, found.refusal)


def make(
    session: Session, account: str, actor: str, key: str, *, production: bool
) -> shapes.Arrangement:
    """Make what is offered now, once per key; the key that comes again gives what it made.

    Raises NotFound, NotAllowed (the rule grants nothing), AnotherBody (of the key), Conflict.
    """
    whose, on = account_id(session, account), today(session)
    charges.lock(session, {whose})
    made = session.scalar(select(Arrangement).where(Arrangement.key == key))
    if made is not None:
        return _shown(session, account, _the_same(made, whose, actor))
    found = arrangements.offer(session, whose, on, production=production)
    if found.refusal:
        message = f"no arrangement: {found.refusal}"
        raise NotAllowed("arrangement", message, "Ask a supervisor.")
    return _shown(session, account, arrangements.make(session, whose, found, on, actor, key))


def _the_same(made: Arrangement, whose: int, actor: str) -> Arrangement:
    if (made.account_id, made.made_by) != (whose, actor):
        message = f"the key of arrangement {made.id} was used for another"
        raise AnotherBody("same key, same body", message, "Use a new key for a new arrangement.")
    return made


def _shown(session: Session, account: str, made: Arrangement) -> shapes.Arrangement:
    rows = session.scalars(
        select(ArrangementPart)
        .where(ArrangementPart.arrangement_id == made.id)
        .order_by(ArrangementPart.position)
    )
    parts = tuple(shapes.Part(row.due_on, row.cents) for row in rows)
    return shapes.Arrangement(made.id, account, made.cents, parts, made.state)
