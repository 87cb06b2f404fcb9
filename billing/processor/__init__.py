"""The processor of cards and bank accounts: asking it, and checking what it settled."""
