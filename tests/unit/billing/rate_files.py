"""A sound file of tariffs for the tests of its reader, and what is wrong with another."""

import shutil
from pathlib import Path

from billing.rates.reader import FOLDER, read_tariffs
from config.errors import ConfigError

FILE = "config/billing/tariffs/power.yaml"
HOMES = f"{FILE}: homes"
SOUND = """
service: power
lines:
  customer: {en: Customer charge, es: Cargo por cliente}
  energy: {en: Energy, es: Energía}
  tax: {en: Tax, es: Impuesto}
riders:
  city-tax:
    name: {en: Tax, es: Impuesto}
    versions:
      "2020-01-01":
        section: Code 1
        source: a test
        status: policy
        prices:
          tax: {kind: tax, rate: "0.06", on: [energy]}
tariffs:
  homes:
    name: {en: Homes, es: Hogares}
    riders: [city-tax]
    versions:
      "2020-01-01":
        until: "2026-07-01"
        section: Code 1
        source: a test
        status: policy
        prices:
          customer: {kind: base, rate: "13.92"}
          energy: {kind: use, unit: kWh, tiers: {up to 500: "0.0734", above: "0.1019"}}
      "2026-07-01":
        section: Code 1
        source: a test
        status: policy
        prices:
          customer: {kind: base, by: size, choices: {1 in: "2.00", 2 in: "3.00"}}
          energy: {kind: use, unit: kWh, rate: "0.0734", season: {from: "03-01", until: "12-01"}}
"""


def laid_out(root: Path) -> Path:
    """Lay the rounding rule and the words beside an empty folder of tariffs."""
    made = root / "config" / "billing" / "tariffs"
    made.mkdir(parents=True)
    for name in ("rounding.yaml", "tariff_words.yaml"):
        shutil.copy(FOLDER.parent / name, made.parent / name)
    return made


def read(folder: Path, text: str = SOUND) -> tuple[str, ...]:
    """Give the faults of a file, none where it is sound."""
    (folder / "power.yaml").write_text(text, encoding="utf-8")
    try:
        read_tariffs(folder)
    except ConfigError as error:
        return error.faults
    return ()
