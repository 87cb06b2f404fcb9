"""What must always hold of payments: I6, I10, I11, and what the ledger knows of I13 and I16."""

from typing import Final

from db.verify import Invariant

# Every trigger that keeps payments: (table, trigger).
KEEPERS: Final = (
    ("allocations", "append_only"),
    ("allocations", "allocations_apply"),
    ("requests", "requests_checked"),
    ("charges", "charges_begin_open"),
)
KEPT: Final = ", ".join(f"('{table}', '{trigger}')" for table, trigger in KEEPERS)

INVARIANTS: Final = (
    Invariant(
        "I6: what is open of a charge is the charge less what was allocated, and never below zero",
        """SELECT 'charge ' || c.id || ': ' || c.open_cents || ' open of ' || c.cents
           FROM charges c LEFT JOIN (
               SELECT charge_id, sum(cents) AS cents FROM allocations GROUP BY 1) a
               ON a.charge_id = c.id
           WHERE c.open_cents <> c.cents - coalesce(a.cents, 0)
           OR c.open_cents NOT BETWEEN 0 AND c.cents ORDER BY c.id""",
    ),
    Invariant(
        "I6: a payment is what it was applied to, refunded, and a rest that is not below zero",
        """SELECT 'payment ' || p.receipt || ': ' || p.cents || ' against ' || used FROM (
               SELECT p.*, coalesce(a.cents, 0) + coalesce(r.cents, 0) AS used FROM payments p
               LEFT JOIN (SELECT payment_id, sum(cents) AS cents FROM allocations
                   GROUP BY 1) a ON a.payment_id = p.id
               LEFT JOIN (SELECT CAST(details ->> 'payment' AS bigint) AS payment_id,
                       sum(cents) AS cents FROM requests
                   WHERE kind = 'refund' AND transaction_id IS NOT NULL AND state <> 'void'
                   AND details ->> 'payment' IS NOT NULL GROUP BY 1) r ON r.payment_id = p.id) p
           WHERE used > cents OR (state = 'reversed' AND used <> 0) ORDER BY id""",
    ),
    Invariant(
        "I6: what a transaction allocates and charges is what it moves on the receivables",
        """SELECT 'transaction ' || transaction_id || ': ' || service || ' is off by ' || sum(cents)
           FROM (
               SELECT a.transaction_id, c.account_id, c.service, a.cents
               FROM allocations a JOIN charges c ON c.id = a.charge_id
               UNION ALL
               SELECT transaction_id, account_id, service, -cents FROM charges
               WHERE transaction_id IN (SELECT transaction_id FROM allocations)
               UNION ALL
               SELECT e.transaction_id, e.account_id, e.fund, e.cents FROM entries e
               JOIN (SELECT DISTINCT transaction_id FROM allocations) t USING (transaction_id)
               WHERE e.code LIKE '%.receivable') both_sides
           GROUP BY transaction_id, account_id, service HAVING sum(cents) <> 0
           ORDER BY transaction_id, service""",
    ),
    Invariant(
        "I6: a payment's transaction brought in what the payment says",
        """SELECT 'payment ' || p.receipt FROM payments p LEFT JOIN (
               SELECT e.transaction_id, sum(e.cents) AS cents FROM entries e
               JOIN ledger_accounts l ON l.code = e.code
               WHERE e.fund = 'pool' AND l.kind = 'asset' GROUP BY 1) e
               ON e.transaction_id = p.transaction_id
           LEFT JOIN payment_intents i ON i.id = p.intent_id
           WHERE p.tender NOT IN ('deposit', 'transfer')
           AND coalesce(e.cents, 0) <> p.cents + coalesce(i.fee_cents, 0) ORDER BY p.id""",
    ),
    Invariant(
        "I6: the refunds that wait are what the ledger has as payable, account by account",
        """SELECT 'account ' || account_id || ': ' || coalesce(r.cents, 0) || ' wait, '
           || coalesce(b.cents, 0) || ' in the ledger' FROM (
               SELECT account_id, sum(cents) AS cents FROM requests WHERE kind = 'refund'
               AND state IN ('approved', 'sent') GROUP BY 1) r
           FULL JOIN (SELECT account_id, -cents AS cents FROM balances
               WHERE code = 'pool.refunds_payable' AND cents <> 0) b USING (account_id)
           WHERE coalesce(r.cents, 0) <> coalesce(b.cents, 0) ORDER BY account_id""",
    ),
    Invariant(
        "I10: the deposits held are what the ledger holds, account by account",
        """SELECT 'account ' || account_id || ': ' || coalesce(d.cents, 0) || ' held, '
           || coalesce(b.cents, 0) || ' in the ledger' FROM (
               SELECT account_id, sum(cents + interest_cents) AS cents FROM deposits
               WHERE state = 'held' GROUP BY 1) d
           FULL JOIN (SELECT account_id, -cents AS cents FROM balances
               WHERE code = 'pool.deposits' AND cents <> 0) b USING (account_id)
           WHERE coalesce(d.cents, 0) <> coalesce(b.cents, 0) ORDER BY account_id""",
    ),
    Invariant(
        "I10: a deposit was taken and ended at most once, and says so",
        """SELECT 'deposit ' || id || ' is ' || state FROM deposits WHERE CASE state
               WHEN 'held' THEN held_by IS NULL OR ended_by IS NOT NULL
               WHEN 'due' THEN held_by IS NOT NULL OR ended_by IS NOT NULL
               WHEN 'waived' THEN held_by IS NOT NULL OR ended_by IS NOT NULL
               ELSE held_by IS NULL OR ended_by IS NULL END ORDER BY id""",
    ),
    Invariant(
        "I11: nothing over its maker's limit was done without somebody else who may approve it",
        """SELECT 'request ' || r.id || ' by ' || r.made_by FROM requests r
           WHERE r.state NOT IN ('draft', 'refused', 'void')
           AND r.cents > coalesce((SELECT l.alone FROM approval_limits l
               WHERE l.role = r.made_as AND l.kind = r.kind AND l.reason IN (r.reason, '*')
               ORDER BY l.reason = '*' LIMIT 1), -1)
           AND (r.checked_by IS NULL OR r.checked_by = r.made_by
               OR r.cents > coalesce((SELECT l.approve FROM approval_limits l
               WHERE l.role = r.checked_as AND l.kind = r.kind AND l.reason IN (r.reason, '*')
               ORDER BY l.reason = '*' LIMIT 1), -1)) ORDER BY r.id""",
    ),
    Invariant(
        "I13: a posted intent has its one payment, of its amount, and no other intent has any",
        """SELECT 'intent ' || i.id || ' is ' || i.state FROM payment_intents i
           LEFT JOIN payments p ON p.intent_id = i.id
           WHERE (i.state = 'posted') <> (p.id IS NOT NULL)
           OR p.cents <> i.cents OR p.account_id <> i.account_id ORDER BY i.id""",
    ),
    Invariant(
        "I16: a fee that is posted stands as one charge",
        """SELECT 'transaction ' || j.id FROM journal j WHERE j.kind = 'fee'
           AND (SELECT count(*) FROM charges c WHERE c.transaction_id = j.id) <> 1
           AND NOT EXISTS (SELECT FROM journal r WHERE r.reverses = j.id) ORDER BY j.id""",
    ),
    Invariant(
        "I6: every trigger that keeps payments is there and switched on",
        f"""SELECT name || ' on ' || kept FROM (VALUES {KEPT}) AS keeper (kept, name)
            WHERE NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = to_regclass(kept)
            AND tgname = name AND tgenabled IN ('O', 'A'))""",  # noqa: S608  our own names
    ),
)
