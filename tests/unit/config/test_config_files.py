"""The small readers: YAML with its refusals, two languages, telephone numbers."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import ConfigError
from config.phones import dialled
from config.words import Both
from config.yaml_file import read, shown


def written(folder: Path, text: str) -> Path:
    path = folder / "config" / "a.yaml"
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    return path


def test_no_and_yes_are_words_and_times_are_text(tmp_path: Path) -> None:
    path = written(tmp_path, "no: off\nat: 08:30\n")
    assert read(path) == {"no": "off", "at": "08:30"}


def test_an_empty_file_is_nothing(tmp_path: Path) -> None:
    assert read(written(tmp_path, "# only a remark\n")) is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a: 1\nb: 2\na: 3\n", "config/a.yaml, line 3: the key 'a' is written twice."),
        ("a:\n  b: 1\n  b: 2\n", "config/a.yaml, line 3: the key 'b' is written twice."),
        (
            "a: [1,\nb: 2\n",
            "config/a.yaml, line 3: this is not YAML: expected ',' or ']', but got '<stream end>'.",
        ),
    ],
)
def test_a_broken_file_is_refused_by_its_line(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(ConfigError) as refused:
        read(written(tmp_path, text))
    assert refused.value.faults == (sentence,)


def test_a_character_that_yaml_forbids_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"config/a\.yaml is not YAML"):
        read(written(tmp_path, "a: \x07\n"))


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "")
    path.write_bytes("a: Español".encode("latin-1"))
    with pytest.raises(ConfigError, match="not written in UTF-8"):
        read(path)


def test_a_path_is_shown_from_config_on() -> None:
    assert shown(Path("/srv/config/line/config/services/a.yaml")) == "config/services/a.yaml"
    assert shown(Path("/somewhere/small_city/city.yaml")) == "small_city/city.yaml"


def test_a_text_is_there_in_both_languages() -> None:
    hello = Both("hello", "hola")
    assert (hello.get("en"), hello.get("es")) == ("hello", "hola")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("801-555-0100", "+18015550100"),
        ("(801) 555-0100", "+18015550100"),
        ("+1 801.555.0100", "+18015550100"),
        ("1-801-555-0100", "+18015550100"),
        ("911", "911"),
        ("988", "988"),
        ("123", None),
        ("555-0100", None),
        ("801-155-0100", None),
        ("801-555-01001", None),
        ("", None),
    ],
)
def test_a_written_number_becomes_one_that_can_be_dialled(text: str, number: str | None) -> None:
    assert dialled(text) == number


@given(st.text())
def test_what_can_be_dialled_stays_as_it_is(text: str) -> None:
    number = dialled(text)
    assert number is None or dialled(number) == number
