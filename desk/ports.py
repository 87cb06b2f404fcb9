"""What the desk is given from outside, in one place."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from config.city import City
from config.settings import Settings
from db.session import Database


@dataclass(frozen=True, slots=True)
class DeskPorts:
    """The database as the app's role, the city, the settings, and what time it is (aware)."""

    database: Database
    city: City
    settings: Settings
    clock: Callable[[], datetime]
