"""Real servers of our own: PostgreSQL and Valkey from packages that carry their binaries.

`serving(var)` is the way in: inside it both servers answer on 127.0.0.1. What is already running
from the same folder is used and left alone; what was started here is stopped on leaving.
"""
