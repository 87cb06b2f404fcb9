"""Tariffs and lines in words: both languages, and only what the resident pays by."""

import re

import pytest

from billing.rates.words import described, line_name, line_text
from config.words import LANGUAGES, Language
from tests.unit.billing.rating import TARIFFS, billed, day, used


def test_schedule_1_is_told_step_by_step() -> None:
    assert described(TARIFFS, TARIFFS.get("power-1"), "en") == (
        "Customer charge: $13.92 a month",
        "Energy: first 500 kWh at 7.34 cents",
        "Energy: next 500 kWh at 10.19 cents",
        "Energy: all above 1,000 kWh at 12.09 cents",
        "Power you sent back: credited at 6.742 cents a kWh",
        "Municipal energy tax: 6% of customer charge, energy, power you sent back",
    )


def test_schedule_1_is_told_in_spanish() -> None:
    assert described(TARIFFS, TARIFFS.get("power-1"), "es")[:3] == (
        "Cargo por cliente: $13.92 al mes",
        "Energía: 500 kWh iniciales a 7.34 centavos",
        "Energía: 500 kWh siguientes a 10.19 centavos",
    )


def test_only_the_agreements_own_choice_is_told() -> None:
    told = described(TARIFFS, TARIFFS.get("water"), "en", details={"meter_size": "1 in"})
    assert told[0] == "Water base (1-inch meter): $27.50 a month"
    assert told[1] == "Water use: first 6 thousand gallons at $1.43 per thousand gallons"
    assert len(told) == 5


EACH = "a month for each can"
TOLD: list[tuple[str, Language, str]] = [
    ("sanitation", "en", f"Garbage: the first at $11.50 {EACH}"),
    ("sanitation", "en", f"Garbage: each further one at $10.50 {EACH}"),
    ("sanitation-yard", "en", f"Yard waste: $6.20 {EACH} (from March 1 to November 30)"),
    (
        "sanitation-yard",
        "es",
        "Desechos de jardín: $6.20 al mes por cada bote (del 1 de marzo al 30 de noviembre)",
    ),
    ("power-2", "en", "Demand: first 5 kW at $8.04"),
    ("power-4", "en", "Demand: $12.60 a month for each kW"),
    (
        "power-12-paid",
        "es",
        (
            "Poste de luz de seguridad (poste de acero de 25 pies): "
            "$2,055.00 por cada poste, una sola vez"
        ),
    ),
    ("sanitation-tipping", "en", "Least charge for disposal: at least $50.00 for each job"),
]


@pytest.mark.parametrize(("tariff", "language", "text"), TOLD)
def test_each_kind_of_price_has_its_words(tariff: str, language: Language, text: str) -> None:
    assert text in described(TARIFFS, TARIFFS.get(tariff), language)


def test_the_rates_of_an_earlier_day_are_told_as_they_were() -> None:
    storm = TARIFFS.get("storm")
    assert "$7.41" in described(TARIFFS, storm, "en", day("2016-01-01"))[0]
    assert "$9.00" in described(TARIFFS, storm, "en")[0]


def test_a_rider_that_costs_nothing_is_not_told() -> None:
    assert described(TARIFFS, TARIFFS.get("power-20"), "en") == ()


def test_the_lines_of_a_bill_are_told_by_the_step_they_stand_on() -> None:
    told = [line_text(TARIFFS, line, "en") for line in billed("power-1", used(850))]
    assert told == [
        "Customer charge: $13.92 a month",
        "Energy: first 500 kWh at 7.34 cents",
        "Energy: next 500 kWh at 10.19 cents",
        "Municipal energy tax: 6% of customer charge, energy",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_words_have_a_gap_left(language: Language) -> None:
    for tariff in TARIFFS.by_id.values():
        for text in described(TARIFFS, tariff, language):
            assert not re.search(r"[{}]|  |\bNone\b", text), text
            assert not text.endswith(" "), text


def test_a_line_that_no_tariff_has_any_more_keeps_its_id() -> None:
    assert line_name(TARIFFS, "energy", "es") == "Energía"
    assert line_name(TARIFFS, "wind", "en") == "wind"
