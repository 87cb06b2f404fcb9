"""What must always hold between the processor's reports and the ledger: its half of I13."""

from typing import Final

from db.verify import Invariant

INVARIANTS: Final = (
    Invariant(
        "I13: a payment is settled by one line of one report",
        """SELECT 'payment ' || payment_id || ' by ' || count(*) || ' lines' FROM settlement_lines
           WHERE kind = 'charge' AND finding IN ('matched', 'late', 'amount')
           GROUP BY payment_id HAVING count(*) > 1 ORDER BY payment_id""",
    ),
    Invariant(
        "I13: a line that is matched is its payment to the cent",
        """SELECT s.report || ', line ' || s.position FROM settlement_lines s
           LEFT JOIN payments p ON p.id = s.payment_id
           LEFT JOIN payment_intents i ON i.id = p.intent_id
           WHERE s.kind = 'charge' AND s.finding IN ('matched', 'late')
           AND s.cents IS DISTINCT FROM p.cents + i.fee_cents ORDER BY s.id""",
    ),
    Invariant(
        "I13: what the processor moved and nobody expected waits in suspense",
        """SELECT s.report || ', line ' || s.position FROM settlement_lines s
           WHERE s.finding IN ('extra', 'amount') AND s.cents <> 0 AND NOT EXISTS (
               SELECT FROM journal j WHERE j.key = 'settlement:' || s.report || ':' || s.position)
           ORDER BY s.id""",
    ),
)
