"""The project's own files, read once, for the rules in this folder."""

import ast
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
NOT_OURS = {
    ".git", ".venv", ".hypothesis", "var", "build", "__pycache__", "vendor", "node_modules",
    "htmlcov",
}  # fmt: skip
READABLE = {
    ".py", ".md", ".toml", ".txt", ".in", ".yaml", ".yml", ".html", ".css", ".js", ".json", ".sh",
    ".sql", ".cfg", ".conf", ".service", ".mako", "",
}  # fmt: skip

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Source:
    """One Python file of ours: its path from the root with slashes, its text, its syntax tree."""

    path: str
    text: str
    tree: ast.Module

    def at(self, node: ast.stmt | ast.expr) -> str:
        """Return where a node is, as editors read it."""
        return f"{self.path}:{node.lineno}"

    def is_test(self) -> bool:
        """Say whether it is one of the tests."""
        return self.path.startswith("tests/")


def files() -> Iterator[Path]:
    """Return every file that belongs to the project."""
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [one for one in folders if one not in NOT_OURS and not one.endswith("_cache")]
        yield from (Path(folder) / name for name in names)


def text_files() -> Iterator[tuple[str, str]]:
    """Return path and text of every file that people read."""
    for path in files():
        if path.suffix in READABLE and not path.name.startswith(".coverage"):
            yield path.relative_to(ROOT).as_posix(), path.read_text("utf-8", "replace")


@cache
def sources() -> tuple[Source, ...]:
    """Return every Python file."""
    found: list[Source] = []
    for path in sorted(files()):
        if path.suffix == ".py":
            text = path.read_text("utf-8")
            found.append(Source(path.relative_to(ROOT).as_posix(), text, ast.parse(text)))
    return tuple(found)


def nodes() -> Iterator[tuple[Source, ast.AST]]:
    """Return every node of every file."""
    for source in sources():
        yield from ((source, node) for node in ast.walk(source.tree))


def functions() -> Iterator[tuple[Source, Function]]:
    """Return every function with its file."""
    for source, node in nodes():
        if isinstance(node, Function):
            yield source, node


def calls() -> Iterator[tuple[Source, ast.Call, str]]:
    """Return every call with its file and its dotted name, as written."""
    for source, node in nodes():
        if isinstance(node, ast.Call):
            yield source, node, ast.unparse(node.func)


def told(reason: str, found: list[str]) -> str:
    """Return the rule's message: why, and where it is broken."""
    return "\n  ".join([reason, *found])
