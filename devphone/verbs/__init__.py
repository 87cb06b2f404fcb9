"""The verbs of TwiML, a module for each kind; importing them enters them into documents.VERBS."""
