-- Accounts that an import has loaded and that are not live yet: nobody is billed, pays or owes by one.
-- `goes_live_as` is the status that such an account will have; only a pending account has one.
ALTER TABLE accounts
    ADD COLUMN goes_live_as text CHECK (goes_live_as IN ('active', 'final', 'closed', 'written off')),
    DROP CONSTRAINT accounts_status_check,
    ADD CONSTRAINT accounts_status_check
        CHECK (status IN ('pending', 'active', 'final', 'closed', 'written off')),
    ADD CONSTRAINT accounts_pending_check CHECK ((status = 'pending') = (goes_live_as IS NOT NULL));

-- Whatever a program believes, no money reaches an account before its balances are agreed to the cent.
CREATE FUNCTION live_accounts_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE waiting bigint;
BEGIN
    -- By the account's own row, for each account once: as cheap as a foreign key.
    SELECT min(f.account_id) INTO waiting
        FROM (SELECT DISTINCT account_id FROM fresh WHERE account_id IS NOT NULL) f
        WHERE (SELECT a.status FROM accounts a WHERE a.id = f.account_id) = 'pending';
    IF waiting IS NOT NULL THEN
        RAISE EXCEPTION 'ledger rule "live account": account % waits for its import to go live',
            (SELECT number FROM accounts WHERE id = waiting)
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'live account';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER live_accounts_only AFTER INSERT ON entries REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION live_accounts_only();
CREATE TRIGGER live_accounts_only AFTER INSERT ON statements REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION live_accounts_only();
CREATE TRIGGER live_accounts_only AFTER INSERT ON payment_intents REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION live_accounts_only();
CREATE TRIGGER live_accounts_only AFTER INSERT ON requests REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION live_accounts_only();
CREATE TRIGGER live_accounts_only AFTER INSERT ON arrangements REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION live_accounts_only();
CREATE TRIGGER live_accounts_only AFTER INSERT ON pay_plans REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION live_accounts_only();
CREATE TRIGGER live_accounts_only AFTER INSERT ON deposits REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION live_accounts_only();
