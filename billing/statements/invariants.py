"""What must always hold of bills: I8, and what of I7 a bill can break."""

from typing import Final

from billing.statements.cover import LEFT_OUT
from db.verify import Invariant

KEEPERS: Final = (("statement_lines", "append_only"), ("charges", "charges_begin_open"))
KEPT: Final = ", ".join(f"('{table}', '{trigger}')" for table, trigger in KEEPERS)

INVARIANTS: Final = (
    Invariant(
        "I8: what a statement charges is the sum of its lines",
        """SELECT 'statement ' || s.number || ': ' || s.charges_cents || ', lines '
           || coalesce(l.cents, 0) FROM statements s LEFT JOIN (
               SELECT statement_id, sum(cents) AS cents FROM statement_lines GROUP BY 1) l
               ON l.statement_id = s.id
           WHERE s.charges_cents <> coalesce(l.cents, 0)
           OR s.total_cents <> s.before_cents + s.charges_cents ORDER BY s.id""",
    ),
    Invariant(
        "I8: what a statement charges is what its posting put on the account",
        """SELECT 'statement ' || s.number || ': ' || s.charges_cents || ', posted '
           || coalesce(e.cents, 0) FROM statements s LEFT JOIN (
               SELECT transaction_id, account_id, sum(cents) AS cents FROM entries
               WHERE code LIKE '%.receivable' OR code = 'pool.unapplied' GROUP BY 1, 2) e
               ON e.transaction_id = s.transaction_id AND e.account_id = s.account_id
           WHERE s.transaction_id IS NOT NULL AND s.charges_cents <> coalesce(e.cents, 0)
           ORDER BY s.id""",
    ),
    Invariant(
        "I8: the charges of a statement are its posting's receivables, service by service",
        """SELECT 'statement ' || number || ': ' || service || ' is off by ' || sum(cents) FROM (
               SELECT s.number, c.service, c.cents FROM charges c
               JOIN statements s ON s.id = c.statement_id
               UNION ALL
               SELECT s.number, e.fund, -e.cents FROM statements s
               JOIN entries e USING (transaction_id) WHERE e.code LIKE '%.receivable') both_sides
           GROUP BY number, service HAVING sum(cents) <> 0 ORDER BY number, service""",
    ),
    Invariant(
        "I8: the steps of a line's tariff add up to what the meter told",
        """SELECT 'statement ' || statement_id || ': ' || used || ' used, ' || billed || ' billed'
           FROM (
               SELECT statement_id, agreement_id, max(basis ->> 'used') AS used,
                   sum(quantity) AS billed,
                   CAST(split_part(max(basis ->> 'used'), ' ', 1) AS numeric)
                       / CASE split_part(max(basis ->> 'used'), ' ', 2) || '>' || max(unit)
                         WHEN 'gal>kgal' THEN 1000 ELSE 1 END AS told
               FROM statement_lines WHERE kind = 'use' AND unit IN ('kWh', 'kgal')
               GROUP BY 1, 2 HAVING max(basis ->> 'used') IS NOT NULL) lines
           WHERE told <> billed ORDER BY statement_id""",
    ),
    Invariant(
        "I8: a statement is posted with its transaction, and none was undone and still counts",
        """SELECT 'statement ' || s.number || ' is ' || s.state FROM statements s
           LEFT JOIN journal undone ON undone.reverses = s.transaction_id
           WHERE (s.state = 'posted' AND (s.transaction_id IS NULL OR undone.id IS NOT NULL))
           OR (s.state = 'void' AND s.transaction_id IS NOT NULL AND undone.id IS NULL)
           ORDER BY s.id""",
    ),
    Invariant(
        "I8: the bills of an account cover its days without gap or overlap",
        f"""SELECT 'account ' || a.number || ': ' || first || ' to ' || last || ' is in no bill'
           FROM ({LEFT_OUT}) days JOIN accounts a ON a.id = days.account_id
           UNION ALL
           SELECT 'statements ' || number || ' and ' || later || ' share days' FROM (
               SELECT number, ends_on, lead(number) OVER account AS later,
                   lead(starts_on) OVER account AS next_on
               FROM statements WHERE state <> 'void'
               WINDOW account AS (PARTITION BY account_id ORDER BY starts_on, id)) rows
           WHERE next_on < ends_on ORDER BY 1""",  # noqa: S608  our own words
    ),
    Invariant(
        "I8: every trigger that keeps bills is there and switched on",
        f"""SELECT name || ' on ' || kept FROM (VALUES {KEPT}) AS keeper (kept, name)
            WHERE NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = to_regclass(kept)
            AND tgname = name AND tgenabled IN ('O', 'A'))""",  # noqa: S608  our own names
    ),
)
