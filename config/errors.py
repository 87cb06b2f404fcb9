"""What can be wrong with the city's files.

    ConfigError        something in config/ is missing or makes no sense; the line does not open

There is one error on purpose: whoever catches it can only show its sentences and stop.
"""

from collections.abc import Iterable


class ConfigError(Exception):
    """One or more faults in config/, each a plain sentence that names its file."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults: tuple[str, ...] = tuple(faults)
        super().__init__("\n".join(self.faults))
