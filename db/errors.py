"""What a caller of the database must decide on.

DatabaseUnavailable     not now: refused, frozen, cut, or out of connections; nothing was written
(anything else)         a fault of ours: let it rise
"""


class DatabaseUnavailable(Exception):
    """The database did not answer within its time; the transaction did not happen."""
