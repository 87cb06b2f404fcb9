-- Limits that add up: what a maker does alone counts for the city's day and for the account, not by
-- the piece only. Until config is read again nobody does anything alone.
ALTER TABLE approval_limits
    ADD COLUMN by_day       bigint NOT NULL DEFAULT 0 CHECK (by_day >= 0),
    ADD COLUMN by_account   bigint NOT NULL DEFAULT 0 CHECK (by_account >= 0),
    ADD COLUMN account_days bigint NOT NULL DEFAULT 30 CHECK (account_days > 0),
    ADD COLUMN zone         text NOT NULL DEFAULT 'UTC';  -- the city's, whose days these are
DROP TRIGGER requests_checked ON requests;
ALTER TABLE requests
    ADD COLUMN alone_on  date,  -- the city's day on which nobody but its maker decided; the trigger's own
    ADD COLUMN voided_by text,
    ADD COLUMN voided_as text,
    ADD COLUMN voided_at timestamptz;
UPDATE requests SET alone_on = CAST(made_at AS date)
    WHERE state NOT IN ('draft', 'refused', 'void') AND checked_by IS NULL;
UPDATE requests SET voided_by = 'not written down', voided_as = '' WHERE state = 'void';
CREATE INDEX requests_alone ON requests (made_by, kind, alone_on) WHERE alone_on IS NOT NULL;
CREATE INDEX requests_alone_account ON requests (account_id, kind, alone_on) WHERE alone_on IS NOT NULL;

CREATE FUNCTION approval_limit(of_role text, of_kind text, of_reason text) RETURNS approval_limits
    LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT l FROM approval_limits l
        WHERE l.role = of_role AND l.kind = of_kind AND l.reason IN (of_reason, '*')
        ORDER BY l.reason = '*' LIMIT 1
$$;

-- May this be done without a second person? `refused` names the rule that says no, `today` is the
-- city's day. One maker is looked at after the other, and one account: two at once never both pass.
CREATE FUNCTION alone(maker text, of_role text, of_kind text, of_reason text, account bigint, amount bigint,
    OUT refused text, OUT today date) LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE most approval_limits := approval_limit(of_role, of_kind, of_reason);
BEGIN
    IF amount > coalesce(most.alone, -1) THEN
        refused := 'maker and checker';
        RETURN;
    END IF;
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        refused := 'alone in a day';  -- an older snapshot does not see what was done while it waited
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended(of_kind || ' by ' || maker, 311));
    PERFORM pg_advisory_xact_lock(hashtextextended(of_kind || ' on ' || account, 311));
    today := CAST(clock_timestamp() AT TIME ZONE most.zone AS date);
    IF amount > most.by_day - (SELECT coalesce(sum(r.cents), 0) FROM requests r
        WHERE r.made_by = maker AND r.kind = of_kind AND r.alone_on = today) THEN
        refused := 'alone in a day';
    ELSIF account IS NOT NULL AND amount > most.by_account - (SELECT coalesce(sum(r.cents), 0) FROM requests r
        WHERE r.account_id = account AND r.kind = of_kind
        AND r.alone_on > today - CAST(most.account_days AS integer)) THEN
        refused := 'alone on an account';
    END IF;
END $$;

-- Two people for what is over a limit: no row gets past 'draft' otherwise, whoever writes it.
CREATE OR REPLACE FUNCTION requests_checked() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
DECLARE before text := 'draft'; refused text;
BEGIN
    NEW.alone_on := NULL;
    IF TG_OP = 'UPDATE' THEN
        before := OLD.state;
        NEW.alone_on := OLD.alone_on;
        IF (OLD.cents, OLD.kind, OLD.made_by, OLD.made_as, OLD.account_id, OLD.reason)
            IS DISTINCT FROM (NEW.cents, NEW.kind, NEW.made_by, NEW.made_as, NEW.account_id, NEW.reason)
            OR (before <> 'draft' AND (OLD.checked_by, OLD.checked_as, OLD.voided_by, OLD.voided_as)
            IS DISTINCT FROM (NEW.checked_by, NEW.checked_as, NEW.voided_by, NEW.voided_as)) THEN
            PERFORM ledger_rule('maker', format('request %s may not be rewritten', OLD.id));
        END IF;
    END IF;
    IF before IN ('refused', 'void') AND NEW.state <> before
        OR before NOT IN ('draft', 'refused', 'void') AND NEW.state IN ('draft', 'refused', 'void') THEN
        PERFORM ledger_rule('maker', format('request %s is %s for good', NEW.id, before));
    END IF;
    IF before <> 'draft' OR NEW.state IN ('draft', 'refused') THEN
        RETURN NEW;
    END IF;
    IF NEW.state = 'void' THEN
        IF NEW.voided_by IS DISTINCT FROM NEW.made_by AND (NEW.voided_by IS NULL OR NEW.cents >
            coalesce((approval_limit(NEW.voided_as, NEW.kind, NEW.reason)).approve, -1)) THEN
            refused := 'maker and checker';
        END IF;
    ELSIF NEW.checked_by IS NULL THEN
        SELECT a.refused, a.today INTO refused, NEW.alone_on
            FROM alone(NEW.made_by, NEW.made_as, NEW.kind, NEW.reason, NEW.account_id, NEW.cents) a;
    ELSIF NEW.cents > coalesce((approval_limit(NEW.checked_as, NEW.kind, NEW.reason)).approve, -1) THEN
        refused := 'maker and checker';
    END IF;
    IF refused IS NOT NULL THEN
        PERFORM ledger_rule(refused, format('%s cents of %s by %s need somebody else who may approve them',
            NEW.cents, NEW.kind, NEW.made_by));
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER requests_checked BEFORE INSERT OR UPDATE ON requests
    FOR EACH ROW EXECUTE FUNCTION requests_checked();

-- Autopay that was declined: which due day each try was for. `paused` ended it; its resident is asked.
ALTER TABLE pay_plans
    ADD COLUMN paused    boolean NOT NULL DEFAULT false,
    ADD COLUMN agreed_at timestamptz NOT NULL DEFAULT now();
CREATE TABLE autopay_tries (
    intent_id  text PRIMARY KEY REFERENCES payment_intents (id),
    account_id bigint NOT NULL REFERENCES accounts (id),
    due_on     date NOT NULL,
    tried_on   date NOT NULL
);
CREATE INDEX autopay_tries_account ON autopay_tries (account_id, due_on);

-- What an arrangement is about: the charges that were past due when it was made, and what was open of them.
-- Only what comes after the journal row `after` pays it; `key` is its maker's.
ALTER TABLE arrangements
    ADD COLUMN key   text UNIQUE,
    ADD COLUMN after bigint NOT NULL DEFAULT 0;
CREATE TABLE arrangement_charges (
    arrangement_id bigint NOT NULL REFERENCES arrangements (id),
    charge_id      bigint NOT NULL REFERENCES charges (id),
    cents          bigint NOT NULL CHECK (cents > 0),
    PRIMARY KEY (arrangement_id, charge_id)
);
UPDATE arrangements r SET after = coalesce(
    (SELECT max(j.id) FROM journal j WHERE j.account_id = r.account_id AND j.posted_at < r.made_at), 0);
INSERT INTO arrangement_charges (arrangement_id, charge_id, cents)
    SELECT r.id, c.id, c.open_cents + coalesce((SELECT sum(a.cents) FROM allocations a
        WHERE a.charge_id = c.id AND a.transaction_id > r.after), 0)
    FROM arrangements r JOIN arrangement_parts p ON p.arrangement_id = r.id AND p.position = 1
    JOIN charges c ON c.account_id = r.account_id AND c.due_on < p.due_on
    WHERE r.state = 'current' AND c.transaction_id <= r.after AND 0 < c.open_cents
        + coalesce((SELECT sum(a.cents) FROM allocations a
            WHERE a.charge_id = c.id AND a.transaction_id > r.after), 0);
