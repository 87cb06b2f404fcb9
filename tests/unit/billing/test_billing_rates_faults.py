"""Each fault of a tariff's file is told in one plain sentence that names the place."""

from pathlib import Path

import pytest

from tests.unit.billing.rate_files import FILE, HOMES, SOUND, laid_out, read

THEN, NOW = f"{HOMES}, versions, 2020-01-01", f"{HOMES}, versions, 2026-07-01"
CUSTOMER, ENERGY = f"{THEN}, prices, customer", f"{THEN}, prices, energy"
LATER_CUSTOMER, LATER_ENERGY = f"{NOW}, prices, customer", f"{NOW}, prices, energy"
TIERS, SEASON, CHOICES = f"{ENERGY}, tiers", f"{LATER_ENERGY}, season", f"{LATER_CUSTOMER}, choices"
TAX_VERSION = f"{FILE}: city-tax, versions, 2020-01-01"
TAX = f"{TAX_VERSION}, prices, tax"
LINES = f"{FILE}: lines"
WORDS = "config/billing/tariff_words.yaml"

# What stands in the sound file, what stands there instead, the place that is told, and the fault.
WRONG = {
    "a float": (
        'rate: "13.92"',
        "rate: 13.92",
        CUSTOMER,
        "must quote 'rate' as text, such as '0.0734': 13.92 may lose some of it",
    ),
    "a float in a tier": (
        'above: "0.1019"',
        "above: 0.1019",
        TIERS,
        "must quote 'above' as text, such as '0.0734': 0.1019 may lose some of it",
    ),
    "a rate below zero": (
        'rate: "13.92"',
        'rate: "-1"',
        CUSTOMER,
        "has '-1' for 'rate', which is no figure such as 0.0734",
    ),
    "too fine a rate": (
        'rate: "13.92"',
        'rate: "0.1234567"',
        CUSTOMER,
        "has '0.1234567' for 'rate', which is no figure such as 0.0734",
    ),
    "no rate": ('rate: "13.92"', "note: x", CUSTOMER, "has no 'rate'"),
    "a gap": (
        'until: "2026-07-01"',
        'until: "2026-06-30"',
        HOMES,
        "has a gap between 2026-06-30 and 2026-07-01",
    ),
    "an overlap": (
        'until: "2026-07-01"',
        'until: "2026-07-02"',
        HOMES,
        "has an overlap from 2026-07-01 to 2026-07-02",
    ),
    "an end before the beginning": (
        'until: "2026-07-01"',
        'until: "2019-07-01"',
        THEN,
        "is over before it begins",
    ),
    "versions in disorder": (
        '"2026-07-01":',
        '"2019-07-01":',
        HOMES,
        "has the version 2019-07-01 after 2020-01-01: the earlier comes first",
    ),
    "no date": (
        '"2026-07-01":',
        "next July:",
        HOMES,
        "has 'next July' where a date such as 2026-07-01 belongs",
    ),
    "tiers that fall": (
        'up to 500: "0.0734"',
        'up to 500: "0.0734", up to 400: "0.09"',
        TIERS,
        "has tiers that do not rise",
    ),
    "a step at zero": ("up to 500", "up to 0", TIERS, "has tiers that do not rise"),
    "no last step": (', above: "0.1019"', "", TIERS, "must end with one step 'above'"),
    "a step without a meaning": (
        "up to 500",
        "beyond",
        TIERS,
        "has the step 'beyond', which is neither 'up to' a figure nor 'above'",
    ),
    "a tax on nothing": (
        "on: [energy]",
        "on: [energy, wind]",
        FILE,
        "taxes the line 'wind' in city-tax, and nothing charges it",
    ),
    "a tax on a tax": (
        "on: [energy]",
        "on: [energy, tax]",
        FILE,
        "taxes the tax 'tax' in city-tax",
    ),
    "a tax on no line": (", on: [energy]", "", TAX, "must name the lines it is 'on'"),
    "a tax of the whole": (
        '"0.06"',
        '"6"',
        TAX,
        "takes the whole of what it taxes: write 6 % as 0.06",
    ),
    "an unknown rider": (
        "riders: [city-tax]",
        "riders: [county-tax]",
        HOMES,
        "names the rider 'county-tax', which this file does not have",
    ),
    "an unknown kind": (
        "kind: base, rate",
        "kind: basis, rate",
        CUSTOMER,
        "has 'basis' for its 'kind', which is no kind of price",
    ),
    "another measure": (
        "kind: use, unit: kWh, rate",
        "kind: use, of: demand, unit: kWh, rate",
        LATER_ENERGY,
        "has 'demand' for its 'of', which is no measure for a price of kind 'use'",
    ),
    "no unit": ("kind: use, unit: kWh, rate", "kind: use, rate", LATER_ENERGY, "has no 'unit'"),
    "a unit that is not metered": (
        "kind: use, unit: kWh, rate",
        "kind: use, unit: kW, rate",
        LATER_ENERGY,
        "has the unit 'kW' for metered use, which is in kWh or kgal",
    ),
    "a metered unit for a month": (
        "kind: base, rate",
        "kind: base, unit: kWh, rate",
        CUSTOMER,
        "has the unit 'kWh' of metered use for what is not metered",
    ),
    "a day that is none": (
        'from: "03-01"',
        'from: "02-30"',
        SEASON,
        "has '02-30' for 'from', which is no day such as 03-01",
    ),
    "a season without a beginning": (
        'from: "03-01", ',
        "",
        SEASON,
        "has no 'from'",
    ),
    "a leap day": (
        'from: "03-01"',
        'from: "02-29"',
        SEASON,
        "has '02-29' for 'from', a day that not every year has",
    ),
    "a season of no days": (
        'from: "03-01"',
        'from: "12-01"',
        SEASON,
        "begins and is over on one day",
    ),
    "a rate and tiers": (
        "unit: kWh, tiers",
        'unit: kWh, rate: "1", tiers',
        ENERGY,
        "has a 'rate' and 'tiers': one of them is meant",
    ),
    "choices by nothing": (
        "by: size, choices",
        'rate: "1", choices',
        LATER_CUSTOMER,
        "has 'choices' and does not say 'by' which detail",
    ),
    "no choices": ('{1 in: "2.00", 2 in: "3.00"}', "{}", CHOICES, "is empty"),
    "a minimum in steps": (
        "kind: use, unit: kWh, tiers",
        "kind: minimum, tiers",
        ENERGY,
        "is of kind 'minimum' and must have one rate",
    ),
    "a word too much": (
        'until: "2026-07-01"',
        'until: "2026-07-01"\n        untl: "x"',
        THEN,
        "has 'untl', a word this file does not know",
    ),
    "what is no tax on other lines": (
        'kind: base, rate: "13.92"',
        'kind: base, on: [energy], rate: "13.92"',
        CUSTOMER,
        "is no tax and has 'on'",
    ),
    "a stand-in for nothing": (
        'kind: base, rate: "13.92"',
        'kind: base, otherwise: "3", rate: "13.92"',
        CUSTOMER,
        "has 'otherwise' without a winter average",
    ),
    "a line without a name": (
        "  energy: {en: Energy, es: Energía}\n",
        "",
        LINES,
        "has no name for the line 'energy'",
    ),
    "one language": (", es: Energía}", "}", LINES, ", energy says nothing in Spanish"),
    "a doubtful figure taken for sure": (
        'rate: "13.92"',
        'rate: "13.92", source: a newspaper, status: historic',
        CUSTOMER,
        "has the status 'historic' and must say 'unverified: true'",
    ),
    "a misspelt word": (
        'rate: "13.92"',
        'rate: "13.92", seazon: x',
        CUSTOMER,
        "has 'seazon', a word this file does not know",
    ),
    "an unknown service": (
        "service: power",
        "service: gas",
        FILE,
        "has 'gas' for its 'service', which is no service of the city",
    ),
    "a choice without words": ("1 in:", "9 in:", WORDS, "has no '9 in' among its choices"),
    "a unit without words": (
        "kind: base, rate",
        "kind: base, unit: year, rate",
        WORDS,
        "has no 'year' among its units",
    ),
    "no source": ("source: a test", "note: x", TAX_VERSION, "has no 'source'"),
    "no section": ("section: Code 1", "note: x", TAX_VERSION, "has no 'section'"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Lay out a folder of tariffs for one test."""
    return laid_out(tmp_path)


@pytest.mark.parametrize("name", WRONG)
def test_a_fault_is_one_plain_sentence(folder: Path, name: str) -> None:
    right, wrong, place, told = WRONG[name]
    joint = "" if told.startswith(",") else " "
    assert right in SOUND
    assert f"{place}{joint}{told}." in read(folder, SOUND.replace(right, wrong, 1))
