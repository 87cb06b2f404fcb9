"""A phone network in a box: executes TwiML as Twilio does, speaks its REST, and has phones.

It imports nothing of the line that it calls, so that what it proves is proven over the wire's own
rules. In tests: `Network(...)` and `Caller(...)`; as a process: `python -m devphone`.
"""
