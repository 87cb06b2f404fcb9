"""Reads one YAML file as YAML 1.2, refusing duplicate keys, and says plainly what is wrong."""

from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import YAMLError

from config.errors import ConfigError


def read(path: Path) -> object:
    """Return what the file holds: mappings, lists, text, numbers; None for an empty file.

    Raises ConfigError, with one sentence naming file and line, when the file is not there, is not
    UTF-8, is not YAML, or writes one key twice.
    """
    # YAML 1.1 reads `no:` as false and lets a repeated key replace the first: hence 1.2, pure.
    reader = YAML(typ="safe", pure=True)
    reader.version = (1, 2)
    reader.allow_duplicate_keys = False
    try:
        text = path.read_text(encoding="utf-8")
        return reader.load(text)  # pyright: ignore[reportUnknownMemberType]  ruamel leaves it open
    except FileNotFoundError:
        raise ConfigError([f"{shown(path)} is not there."]) from None
    except UnicodeDecodeError:
        raise ConfigError([f"{shown(path)} is not written in UTF-8."]) from None
    except YAMLError as error:
        raise ConfigError([_sentence(path, error)]) from error


def shown(path: Path) -> str:
    """Return the path as a reader knows it: from `config/` on, wherever the checkout lies."""
    parts = path.parts
    if "config" not in parts:
        return "/".join(parts[-2:])
    last = len(parts) - 1 - parts[::-1].index("config")
    return "/".join(parts[last:])


def _sentence(path: Path, error: YAMLError) -> str:
    # ruamel leaves the types of these attributes open, so they are taken by name.
    told = vars(error)
    mark = told.get("problem_mark")
    if mark is None:
        return f"{shown(path)} is not YAML: {error}."
    problem = str(told.get("problem") or told.get("context") or "").strip()
    place = f"{shown(path)}, line {mark.line + 1}"
    if isinstance(error, DuplicateKeyError):
        key = problem.split('"')[1] if '"' in problem else problem
        return f"{place}: the key '{key}' is written twice."
    return f"{place}: this is not YAML: {problem}."
