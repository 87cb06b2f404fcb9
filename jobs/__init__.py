"""Promised work: the outbox, the relay that rings RQ, the worker and the schedule."""
