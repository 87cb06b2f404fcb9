"""What a job's handler may raise, and the one thing its catcher must decide.

JobError           `permanent` False: try again later; True: lay it with the dead now
(anything else)    taken as not permanent
"""


class JobError(Exception):
    """A job could not be done."""

    def __init__(self, reason: str, *, permanent: bool = False) -> None:
        """Keep the reason, which is shown beside the dead job."""
        super().__init__(reason)
        self.permanent = permanent
