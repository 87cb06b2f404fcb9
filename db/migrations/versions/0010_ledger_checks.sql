-- The ledger's own checks say what they said, each with fewer statements: every posting runs them,
-- and a statement in a trigger costs it more than what is looked up.

-- A month that is closed takes nothing more, a day that is sealed neither.
CREATE OR REPLACE FUNCTION journal_dates() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    closed boolean;
    sealed boolean;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(311, 1);  -- closing and sealing take it alone
    SELECT EXISTS (SELECT FROM periods
            WHERE month >= date_trunc('month', NEW.effective_on) AND closed_at IS NOT NULL),
        EXISTS (SELECT FROM day_seals WHERE day >= NEW.posted_on)
        INTO closed, sealed;
    IF closed THEN
        PERFORM ledger_rule('closed period', format('%s lies in a closed month', NEW.effective_on));
    END IF;
    IF sealed THEN
        PERFORM ledger_rule('sealed day', format('%s is sealed', NEW.posted_on));
    END IF;
    RETURN NEW;
END $$;

-- Entries come with their journal row, in one database transaction, in the fund of their account;
-- and the kept balances move with them. Runs as the owner: nobody else may write a balance.
CREATE OR REPLACE FUNCTION entries_join() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
DECLARE
    written bigint;
    wrong text;
BEGIN
    SELECT min(j.id) FILTER (WHERE j.xact <> pg_current_xact_id()),
        min(e.code) FILTER (WHERE a.fund <> e.fund OR (a.kept AND e.account_id IS NULL))
        INTO written, wrong
        FROM fresh e LEFT JOIN journal j ON j.id = e.transaction_id
        LEFT JOIN ledger_accounts a ON a.code = e.code;
    IF written IS NOT NULL THEN
        PERFORM ledger_rule('whole transactions', format('transaction %s was written before', written));
    END IF;
    IF wrong IS NOT NULL THEN
        PERFORM ledger_rule('fund and account', format('an entry of %s has another fund or no account', wrong));
    END IF;
    INSERT INTO balances AS b (account_id, code, cents)
        SELECT e.account_id, e.code, sum(e.cents) FROM fresh e JOIN ledger_accounts a ON a.code = e.code
        WHERE a.kept GROUP BY 1, 2 ORDER BY 1, 2
        ON CONFLICT (account_id, code) DO UPDATE SET cents = b.cents + EXCLUDED.cents;
    RETURN NULL;
END $$;

-- At commit every transaction balances in every fund, and a reversal is the exact negative.
CREATE OR REPLACE FUNCTION journal_balances() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    lines bigint;
    wrong text;
BEGIN
    SELECT coalesce(sum(entries), 0), string_agg(format('%s is off by %s', fund, total), ', ') FILTER (WHERE total <> 0)
        INTO lines, wrong
        FROM (SELECT fund, count(*) AS entries, sum(cents) AS total FROM entries
              WHERE transaction_id = NEW.id GROUP BY fund) sums;
    IF lines < 2 THEN
        PERFORM ledger_rule('two entries', format('transaction %s has fewer than two', NEW.id));
    END IF;
    IF wrong IS NOT NULL THEN
        PERFORM ledger_rule('balance', wrong);
    END IF;
    IF NEW.reverses IS NOT NULL AND EXISTS (
        SELECT FROM
            (SELECT code, account_id, sum(cents) AS cents FROM entries
             WHERE transaction_id IN (NEW.id, NEW.reverses) GROUP BY 1, 2) both_sides
        WHERE cents <> 0) THEN
        PERFORM ledger_rule('exact reversal', format('%s does not undo %s', NEW.id, NEW.reverses));
    END IF;
    RETURN NULL;
END $$;
