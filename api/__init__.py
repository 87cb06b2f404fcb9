"""Other city systems: the billing core over HTTP, with keys, scopes and limits."""
