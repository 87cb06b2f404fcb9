"""The case: tickets, their work rows, events and referrals."""
