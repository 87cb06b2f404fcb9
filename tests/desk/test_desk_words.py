"""The words of the desk: each is used, each used one exists, and both languages say it alike."""

import re
from pathlib import Path

import pytest

from config.errors import ConfigError
from desk import words

DESK = Path(words.__file__).parent
KEY = re.compile(r"""["']([a-z_]+(?:\.[a-z0-9_]+)+)["']""")
SAID = re.compile(r"""\bt\(\s*["']([^"']+)["']""")
VALUE = re.compile(r"{(\w+)}")


def sources() -> str:
    """Everything that may say a word."""
    files = [*DESK.rglob("*.py"), *(DESK / "templates").glob("*.html")]
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def test_every_text_that_is_said_is_there() -> None:
    assert set(SAID.findall(sources())) - set(words.read_words().texts) == set()


def test_no_text_is_left_over() -> None:
    assert set(words.read_words().texts) - set(KEY.findall(sources())) == set()


def test_both_languages_tell_the_same_facts() -> None:
    texts = words.read_words().texts
    unlike = [
        key
        for key, both in texts.items()
        if set(VALUE.findall(both.en)) != set(VALUE.findall(both.es))
    ]
    assert unlike == []


def test_a_text_without_spanish_is_refused_by_name(tmp_path: Path) -> None:
    file = tmp_path / "words.yaml"
    file.write_text("greeting: {en: Hello}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="greeting is not said in both languages"):
        words.read_words(file)
