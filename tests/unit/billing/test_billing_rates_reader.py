"""Tariffs are read with all their faults told at once; nothing is guessed."""

from pathlib import Path

import pytest

from billing.rates.reader import read_tariffs
from config.errors import ConfigError
from tests.unit.billing.rate_files import FILE, HOMES, SOUND, laid_out, read
from tests.unit.billing.rating import TARIFFS

ROUNDING = {
    "half up": (
        "half even",
        "has 'half even' for its 'rounding', which is no rule this engine has",
    ),
    "per: line": ("per: total", "has 'total' for its 'per', which is no way this engine rounds"),
    "unit_places: 6": ("unit_places: 3", "must give 'unit_places' as 6, as this engine splits use"),
    "least: 27": ("least: 31", "month must rise from 'least' over 'days' to 'most'"),
}
WORDS = {
    "  flat:": ("  plain:", "has no 'flat' among its phrases"),
    "{to} {units} iniciales": ("{units} iniciales", "has gaps in its phrase 'first' that differ"),
    '"12":': ('"13":', "has no '12' among its months"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Lay out a folder of tariffs for one test."""
    return laid_out(tmp_path)


def test_a_sound_file_is_read(folder: Path) -> None:
    assert read(folder) == ()
    homes = read_tariffs(folder).get("homes")
    assert [(one.name, str(one.ends)) for one in homes.versions] == [
        ("2020-01-01", "2026-07-01"),
        ("2026-07-01", "None"),
    ]


def test_a_choice_may_have_steps_of_its_own(folder: Path) -> None:
    stepped = SOUND.replace('1 in: "2.00"', '1 in: {up to 5: "2.00", above: "4.00"}')
    assert stepped != SOUND
    assert read(folder, stepped) == ()
    customer = read_tariffs(folder).get("homes").versions[1].prices[0]
    found = {name: [str(tier.rate) for tier in made] for name, made in customer.choices.items()}
    assert found == {"1 in": ["2.00", "4.00"], "2 in": ["3.00"]}


@pytest.mark.parametrize("again", ["Tax, es: Impuesto", "Tax, es: Gravamen"])
def test_a_line_has_one_name_in_every_file(folder: Path, again: str) -> None:
    other = SOUND.replace("service: power", "service: water").replace("  homes:", "  flats:")
    other = other.replace("city-tax", "state-tax").replace(
        "tax: {en: Tax, es: Impuesto", f"tax: {{en: {again}"
    )
    (folder / "another.yaml").write_text(other, encoding="utf-8")
    found = read(folder)
    assert bool(found) == (again == "Tax, es: Gravamen")
    assert all("names the line 'tax' otherwise than another file" in each for each in found)


def test_the_citys_own_tariffs_are_read_with_their_sources() -> None:
    prices = [
        price
        for tariff in TARIFFS.by_id.values()
        for version in tariff.versions
        for price in version.prices
    ]
    assert len(TARIFFS.by_id) == 24
    assert all(price.origin.source and price.section for price in prices)


def test_every_fault_of_a_file_is_told_at_once(folder: Path) -> None:
    faults = read(folder, SOUND.replace('"13.92"', "13.92").replace("[energy]", "[wind]"))
    assert len(faults) == 2


def test_an_empty_folder_is_no_tariff(folder: Path) -> None:
    with pytest.raises(ConfigError, match="tariffs/ holds no tariffs"):
        read_tariffs(folder)


def test_a_version_without_prices_and_a_tariff_without_versions_are_refused(folder: Path) -> None:
    bare = SOUND.replace(
        'prices:\n          tax: {kind: tax, rate: "0.06", on: [energy]}', "prices: {}"
    )
    assert any("2020-01-01 has no price" in fault for fault in read(folder, bare))
    none = SOUND.replace(
        '    versions:\n      "2020-01-01":\n        until',
        "    versions: {}\n    x:\n      y:\n        until",
    )
    assert f"{HOMES} has no version." in read(folder, none)


def test_a_tariff_stands_in_one_file_alone(folder: Path) -> None:
    (folder / "again.yaml").write_text(SOUND, encoding="utf-8")
    assert f"{FILE} has the tariff 'homes', which another file has too." in read(folder)


def test_one_line_has_one_name_in_all_files(folder: Path) -> None:
    other = SOUND.replace("homes", "shops").replace("city-tax", "shop-tax")
    (folder / "again.yaml").write_text(other.replace("es: Energía", "es: Luz"), encoding="utf-8")
    told = f"{FILE}: lines names the line 'energy' otherwise than another file."
    assert told in read(folder)


def test_a_rider_is_no_tariff_of_the_same_name(folder: Path) -> None:
    told = f"{FILE} has 'city-tax' as a rider and as a tariff."
    assert told in read(folder, SOUND.replace("  homes:", "  city-tax:"))


@pytest.mark.parametrize("right", ROUNDING)
def test_the_rounding_rule_cannot_be_written_otherwise_than_it_is_done(
    folder: Path, right: str
) -> None:
    wrong, sentence = ROUNDING[right]
    change(folder.parent / "rounding.yaml", right, wrong)
    assert any(sentence in fault for fault in read(folder))


@pytest.mark.parametrize("right", WORDS)
def test_words_that_lack_something_are_refused(folder: Path, right: str) -> None:
    wrong, sentence = WORDS[right]
    change(folder.parent / "tariff_words.yaml", right, wrong)
    assert any(sentence in fault for fault in read(folder))


def change(path: Path, right: str, wrong: str) -> None:
    """Write something else in a file."""
    text = path.read_text("utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong), encoding="utf-8")
