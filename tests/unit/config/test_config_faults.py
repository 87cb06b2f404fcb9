"""A city that is wrong in one place is refused with one plain sentence that says where and what."""

import re
import shutil
from pathlib import Path
from typing import cast

import pytest

from config.city import read_city
from config.errors import ConfigError
from config.yaml_file import read

SMALL = Path(__file__).parent / "small_city"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "config"
    shutil.copytree(SMALL, copy)
    return copy


def faults_of(folder: Path) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as refused:
        read_city(folder)
    return refused.value.faults


def break_it(folder: Path, file: str, good: str, bad: str) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert good in text
    path.write_text(text.replace(good, bad, 1), encoding="utf-8")


def cases() -> list[tuple[str, dict[str, str]]]:
    """Read faults.yaml as rows of (file, entry)."""
    table = cast("dict[str, list[dict[str, str]]]", read(Path(__file__).parent / "faults.yaml"))
    return [(file, entry) for file, entries in table.items() for entry in entries]


@pytest.mark.parametrize(("file", "entry"), cases())
def test_a_broken_file_is_refused_by_a_sentence_that_names_it(
    folder: Path, file: str, entry: dict[str, str]
) -> None:
    break_it(folder, file, entry["where"], entry["wrong"])
    told = faults_of(folder)
    whole_file, one_entry = f"config/{file} {entry['says']}.", f"config/{file}: {entry['says']}."
    assert whole_file in told or one_entry in told


def test_one_fault_is_one_sentence(folder: Path) -> None:
    break_it(folder, "services/streets.yaml", "priority: 3", "priority: 6")
    assert faults_of(folder) == (
        "config/services/streets.yaml: RD-POT has the priority 6; it goes from 1 to 5.",
    )


def test_all_faults_are_told_at_once(folder: Path) -> None:
    break_it(folder, "city.yaml", "America/Denver", "America/Provo")
    break_it(folder, "services/streets.yaml", "priority: 3", "priority: 6")
    break_it(folder, "emergencies.yaml", 'call: "911"', 'call: "9x"')
    (folder / "intents" / "all.yaml").write_text("intents: {a: {\n", encoding="utf-8")
    told = faults_of(folder)
    assert {re.split("[ :,]", fault)[0] for fault in told} == {
        "config/city.yaml",
        "config/services/streets.yaml",
        "config/emergencies.yaml",
        "config/intents/all.yaml",
    }
    assert len(told) == 4


def test_a_question_too_many_is_refused(folder: Path) -> None:
    more = "".join(
        f"      - {{name: n{n}, kind: words, label: {{en: a, es: a}}, ask: {{en: a?, es: a?}}}}\n"
        for n in range(3)
    )
    break_it(folder, "services/streets.yaml", "      - name: lane", f"{more}      - name: lane")
    assert "config/services/streets.yaml: RD-POT asks a caller 5 questions; 4 are the most." in (
        faults_of(folder)
    )


def test_a_broken_shared_field_is_told_once(folder: Path) -> None:
    break_it(folder, "fields.yaml", "kind: place", "kind: somewhere")
    break_it(
        folder,
        "services/streets.yaml",
        "{use: location, ask: {en: Where is the pothole?, es: ¿Dónde está el bache?}}",
        "location",
    )
    assert faults_of(folder) == (
        "config/fields.yaml: location has 'somewhere' for its 'kind', which is no kind of field.",
    )


def test_one_code_or_intent_in_two_files_is_refused(folder: Path) -> None:
    shutil.copy(folder / "services" / "streets.yaml", folder / "services" / "zzz.yaml")
    shutil.copy(folder / "intents" / "all.yaml", folder / "intents" / "zzz.yaml")
    told = faults_of(folder)
    assert "config/services/zzz.yaml: RD-POT is written in another file of services/ too." in told
    assert "config/intents/zzz.yaml: pothole is written in another file of intents/ too." in told


def test_a_city_without_service_types_or_fields_is_refused(folder: Path) -> None:
    break_it(folder, "services/streets.yaml", "    fields:", "    fields: []\n    spare:")
    assert "config/services/streets.yaml: RD-POT has no 'fields'." in faults_of(folder)
    (folder / "services" / "streets.yaml").unlink()
    assert "config/services has no service types." in faults_of(folder)


def test_a_file_that_is_missing_or_holds_no_names_is_refused(folder: Path) -> None:
    (folder / "fields.yaml").unlink()
    (folder / "emergencies.yaml").write_text("- a list\n", encoding="utf-8")
    told = faults_of(folder)
    assert "config/fields.yaml is not there." in told
    assert "config/emergencies.yaml holds no names with values." in told
