"""The shared billing core: ledger, accounts, rates, statements, payments."""
