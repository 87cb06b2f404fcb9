"""Every refusal of a flow, in its exact words. The line does not open with any of these."""

from pathlib import Path
from typing import cast

import pytest

import app
from config import yaml_file
from config.errors import ConfigError
from ivr.flows.checker import faults_of
from ivr.flows.reader import read_book
from tests.unit.ivr.town import FILES, MAIN, SINGLE, book_of, faults_in, write

BROKEN = cast(
    "dict[str, dict[str, str]]", yaml_file.read(Path(__file__).with_name("broken_flows.yaml"))
)


def refusals(folder: Path, file: str, old: str, new: str) -> list[str]:
    """Read and check the book with the slip in it."""
    assert old in FILES[file]
    wrong = FILES[file].replace(old, new, 1)
    try:
        return faults_in(folder, FILES | {file: wrong})
    except ConfigError as error:
        return list(error.faults)


@pytest.mark.parametrize("name", BROKEN)
def test_a_flow_is_refused_in_one_plain_sentence(tmp_path: Path, name: str) -> None:
    slip = BROKEN[name]
    assert slip["refused"] in refusals(tmp_path, slip["in"], slip["old"], slip["new"])


def test_a_prompt_longer_than_a_minute_is_refused(tmp_path: Path) -> None:
    [sentence] = refusals(tmp_path, "main", "Hello.", "Hello. " * 140)
    assert sentence == "main line / greet: says 979 characters in English; 900 is a minute."


def test_the_small_book_itself_is_refused_nothing(tmp_path: Path) -> None:
    assert faults_in(tmp_path, FILES) == []


def test_the_shipped_flows_are_refused_nothing() -> None:
    talk = app.the_conversation()
    assert faults_of(talk.book, talk.knowledge) == []


def test_all_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    wrong = {name: text.replace("purpose", "porpoise") for name, text in FILES.items()}
    with pytest.raises(ConfigError) as error:
        book_of(tmp_path, wrong)
    missing = [fault for fault in error.value.faults if fault.endswith("has no 'purpose'.")]
    assert len(missing) == len(FILES)


def test_one_former_name_belongs_to_one_step(tmp_path: Path) -> None:
    twice = MAIN.replace("  tell:\n", "  tell:\n    formerly: old\n")
    twice = twice.replace("  menu:\n", "  menu:\n    formerly: old\n")
    with pytest.raises(ConfigError, match="was formerly 'old', but another step has that name"):
        book_of(tmp_path, FILES | {"main": twice})


def test_an_aside_from_a_question_does_not_count_as_its_answer(tmp_path: Path) -> None:
    """Who asks for a person at the question has not said the digits that the person flow reads."""
    person = FILES["person"].replace('en: "One moment."', 'en: "One moment {digits}."')
    person = person.replace('es: "Un momento."', 'es: "Un momento {digits}."')
    assert (
        "to a person / ring: a call can come here before anything has filled {digits}."
        in faults_in(tmp_path, FILES | {"person": person})
    )


def test_an_answer_fills_its_name_on_the_way_on(tmp_path: Path) -> None:
    main = MAIN.replace('"It is {size} big."', '"{size}, {choice}."')
    main = main.replace('"Es {size} de grande."', '"{size}, {choice}."')
    main = main.replace('    keys: {"#": menu}\n', "").replace(", menu: menu}", "}")
    main = main.replace("digits: look it up", "digits: menu")
    assert faults_in(tmp_path, FILES | {"main": main}) == []


def test_each_ring_is_told_once(tmp_path: Path) -> None:
    ring = "    at most: 2\n    otherwise: to a person\n    when: {found"
    endless = MAIN.replace(ring, "    when: {found")
    found = faults_in(tmp_path, FILES | {"main": endless})
    assert len(found) == len(set(found))


def test_a_book_has_the_version_of_its_bytes(tmp_path: Path) -> None:
    first = book_of(tmp_path).version
    assert book_of(tmp_path).version == first
    assert book_of(tmp_path, FILES | {"main": MAIN + "# changed\n"}).version != first


def test_a_folder_without_flows_opens_no_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="There is no flow 'main line'"):
        read_book(write(tmp_path, {}), SINGLE)
