"""The list of streets: read with its sources, and refused in plain words when it is wrong."""

from pathlib import Path

import pytest

from config.errors import ConfigError
from config.streets import read_streets, shipped_streets


def written(folder: Path, text: str) -> Path:
    path = folder / "streets.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_street_of_the_city_names_its_kind_and_its_source() -> None:
    streets = shipped_streets()
    assert "Center Street" in streets.names
    for name in streets.names:
        assert len(name.split()) >= 2
        assert streets.origins[name].source


def test_a_street_that_was_only_recalled_is_unverified() -> None:
    streets = shipped_streets()
    recalled = [origin for origin in streets.origins.values() if origin.status == "recalled"]
    assert recalled
    assert all(origin.unverified for origin in recalled)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        """
lists:
  one: {source: here, status: policy, streets: [Center Street, Freedom, Center Street]}
  two: {source: there, status: recalled, streets: [Elm Lane], note: no}
""",
    )
    with pytest.raises(ConfigError) as raised:
        read_streets(path)
    told = " ".join(raised.value.faults)
    assert "must say what kind of street 'Freedom' is" in told
    assert "names Center Street a second time" in told
    assert "must say 'unverified: true'" in told
    assert "has 'note'" in told


@pytest.mark.parametrize("text", ["", "lists: {}", "- a", "lists: ["])
def test_a_file_without_streets_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError):
        read_streets(written(tmp_path, text))
