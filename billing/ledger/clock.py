"""Which day it is for the ledger: the city's, by the database's clock."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Final, cast

from sqlalchemy import text
from sqlalchemy.orm import Session

from config import yaml_file

CITY: Final = Path(__file__).parents[2] / "config" / "city.yaml"
NOW: Final = text("SELECT CAST(clock_timestamp() AT TIME ZONE :zone AS date)")


@cache
def city_zone() -> str:
    """Name the city's time zone, as config/city.yaml gives it."""
    return str(cast("dict[str, object]", yaml_file.read(CITY))["time zone"])


def today(session: Session) -> date:
    """Give the city's day by the database's clock, so that every process agrees on it."""
    return session.execute(NOW, {"zone": city_zone()}).scalar_one()
