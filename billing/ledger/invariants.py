"""What must always hold of the ledger: I1 to I5 and I12; I15, the seals, is in `seals.py`."""

from typing import Final

from db.verify import Invariant

# Every trigger that keeps the ledger: (table, trigger). Switched off or dropped, it keeps nothing.
KEEPERS: Final = (
    ("journal", "append_only"),
    ("journal", "journal_dates"),
    ("journal", "journal_balances"),
    ("entries", "append_only"),
    ("entries", "entries_join"),
    ("day_seals", "append_only"),
)
KEPT: Final = ", ".join(f"('{table}', '{trigger}')" for table, trigger in KEEPERS)

INVARIANTS: Final = (
    Invariant(
        "I1: a transaction has two entries or more, and they balance in every fund",
        """SELECT 'transaction ' || id || ': ' || wrong FROM (
            SELECT transaction_id AS id, min(fund) || ' is off by ' || min(cents) AS wrong FROM (
                SELECT transaction_id, fund, sum(cents) AS cents FROM entries
                GROUP BY transaction_id, fund HAVING sum(cents) <> 0) off GROUP BY transaction_id
            UNION ALL SELECT j.id, 'fewer than two entries' FROM journal j
            LEFT JOIN entries e ON e.transaction_id = j.id GROUP BY j.id HAVING count(e.id) < 2
        ) broken ORDER BY id""",
    ),
    Invariant(
        "I1: no entry is of nothing, of other money, or of another fund than its code",
        """SELECT 'entry ' || e.id || ': ' || e.code FROM entries e
           LEFT JOIN ledger_accounts a USING (code)
           WHERE e.cents = 0 OR e.currency <> 'USD' OR a.fund IS DISTINCT FROM e.fund
           OR (a.kept AND e.account_id IS NULL) ORDER BY e.id""",
    ),
    Invariant(
        "I2: the trial balance foots in every fund",
        """SELECT fund || ' is off by ' || sum(cents) FROM entries GROUP BY fund
           HAVING sum(cents) <> 0 ORDER BY fund""",
    ),
    Invariant(
        "I2: what the pool owes a fund is what the fund expects of the pool",
        """SELECT fund || ' is off by ' || sum(cents) FROM (
            SELECT split_part(code, '.', 1) AS fund, cents FROM entries
            WHERE code LIKE '%.due_from_pool'
            UNION ALL SELECT replace(code, 'pool.due_to_', ''), cents FROM entries
            WHERE code LIKE 'pool.due_to_%') both_sides
           GROUP BY fund HAVING sum(cents) <> 0 ORDER BY fund""",
    ),
    Invariant(
        "I3: a kept balance is the sum of its entries",
        """SELECT 'account ' || account_id || ', ' || code || ': kept ' || coalesce(b.cents, 0)
           || ', entries ' || coalesce(s.cents, 0)
           FROM balances b FULL JOIN (
               SELECT e.account_id, e.code, sum(e.cents) AS cents FROM entries e
               JOIN ledger_accounts a USING (code) WHERE a.kept GROUP BY e.account_id, e.code
           ) s USING (account_id, code)
           WHERE coalesce(b.cents, 0) <> coalesce(s.cents, 0) ORDER BY account_id, code""",
    ),
    Invariant(
        "I4: a reversal is the exact negative of one original",
        """SELECT 'transaction ' || id || ' does not undo ' || reverses FROM (
               SELECT j.id, j.reverses, e.code, e.account_id, sum(e.cents) AS cents
               FROM journal j JOIN entries e ON e.transaction_id IN (j.id, j.reverses)
               WHERE j.reverses IS NOT NULL GROUP BY 1, 2, 3, 4) both_sides
           WHERE cents <> 0 ORDER BY id""",
    ),
    Invariant(
        "I4: every trigger that keeps the ledger is there and switched on",
        f"""SELECT name || ' on ' || kept FROM (VALUES {KEPT}) AS keeper (kept, name)
            WHERE NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = to_regclass(kept)
            AND tgname = name AND tgenabled IN ('O', 'A'))""",  # noqa: S608  our own names
    ),
    Invariant(
        "I4: the application may neither change the journal nor write a balance",
        """SELECT may || ' on ' || written FROM (VALUES
               ('journal', 'UPDATE'), ('journal', 'DELETE'), ('journal', 'TRUNCATE'),
               ('entries', 'UPDATE'), ('entries', 'DELETE'), ('entries', 'TRUNCATE'),
               ('day_seals', 'UPDATE'), ('day_seals', 'DELETE'), ('day_seals', 'TRUNCATE'),
               ('balances', 'INSERT'), ('balances', 'UPDATE'), ('balances', 'DELETE')
           ) AS rights (written, may)
           WHERE has_table_privilege(written, may) AND current_user <> (
               SELECT tableowner FROM pg_tables WHERE schemaname = 'public'
               AND tablename = written)""",
    ),
    Invariant(
        "I5: a key stands once, with the digest of what it was used for",
        """SELECT 'transaction ' || min(id) FROM journal GROUP BY key
           HAVING count(*) > 1 OR min(digest) !~ '^[0-9a-f]{64}$' ORDER BY min(id)""",
    ),
    Invariant(
        "I12: nothing was posted into a closed month",
        """SELECT 'transaction ' || j.id || ' of ' || j.effective_on FROM journal j
           WHERE EXISTS (SELECT FROM periods p WHERE p.closed_at < j.posted_at
               AND p.month >= date_trunc('month', j.effective_on)) ORDER BY j.id""",
    ),
)
