"""Makes mutants: a source file with one small fault in it, in its Python or in its SQL.

SQL is mutated too, in strings and in migrations, because half of what the money core refuses and
adds up is written in it; no mutation tool that was found looks there.
"""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

COMPARED: Final[dict[type[ast.cmpop], tuple[str, str]]] = {
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.Is: ("is", "is not"),
    ast.IsNot: ("is not", "is"),
    ast.In: ("in", "not in"),
    ast.NotIn: ("not in", "in"),  # codespell:ignore notin
}
RECKONED: Final[dict[type[ast.operator], tuple[str, str]]] = {
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "//"),
    ast.FloorDiv: ("//", "*"),
    ast.Mod: ("%", "+"),
}
NAMES: Final = {"min": "max", "max": "min", "any": "all", "all": "any"}
IS_SQL: Final = re.compile(r"\b(SELECT|INSERT INTO|UPDATE|DELETE FROM)\b")
SQL: Final = (
    (r"(?<= )=(?= )", "<>"),
    (r"(?<= )<>(?= )", "="),
    (r"(?<= )<(?= )", "<="),
    (r"(?<= )<=(?= )", "<"),
    (r"(?<= )>(?= )", ">="),
    (r"(?<= )>=(?= )", ">"),
    (r"(?<= )\+(?= )", "-"),
    (r"(?<= )-(?= )", "+"),
    (r"\bAND\b", "OR"),
    (r"\bOR\b(?! REPLACE)", "AND"),
    (r"\bNOT EXISTS\b", "EXISTS"),
    (r"(?<!NOT )\bEXISTS\b(?! \w)", "NOT EXISTS"),
    (r"\bIS NULL\b", "IS NOT NULL"),
    (r"\bIS NOT NULL\b", "IS NULL"),
    (r"\bIS DISTINCT FROM\b", "IS NOT DISTINCT FROM"),
    (r"\bsum\(", "max("),
    (r"\bmax\(", "min("),
    (r"\bmin\(", "max("),
    (r"\bLEFT JOIN\b", "JOIN"),
)
# Left alone: an assignment has no other side, and what creates tables is not what they refuse.
SKIPPED: Final = re.compile(r"\bSET\b[^;()]*$|^\s*(--|CREATE|GRANT|REVOKE|\w+ +\w+ .*DEFAULT)")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault: the file from `start` to `end` (bytes) says `became` where it said `was`."""

    path: str
    line: int
    start: int
    end: int
    was: str
    became: str
    words: str

    @property
    def name(self) -> str:
        """Name it by what it says, so that it keeps its name when lines move."""
        return f"{self.path}: {self.words} [{self.was} -> {self.became}]"

    def applied(self, source: bytes) -> bytes:
        """Give the file with the fault in it."""
        return source[: self.start] + self.became.encode() + source[self.end :]


def mutants_of(root: Path, path: str) -> list[Mutant]:
    """List every mutant of a file, in the order of its lines; `path` is relative to `root`."""
    source = (root / path).read_bytes()
    text = Text(path, source)
    found = text.of_sql(0, len(source)) if path.endswith(".sql") else text.of_python()
    return sorted(found, key=lambda mutant: (mutant.start, mutant.became))


class Text:
    """A source file, and where its lines begin."""

    def __init__(self, path: str, source: bytes) -> None:
        """Index the lines."""
        self._path = path
        self._source = source
        self._begins = [0, *(found.end() for found in re.finditer(rb"\n", source))]

    def of_python(self) -> Iterator[Mutant]:
        """Give the mutants of Python code, and of the SQL in its strings."""
        tree = ast.parse(self._source)
        spared = _not_code(tree)
        for node in ast.walk(tree):
            make = MAKERS.get(type(node))
            if make is not None and id(node) not in spared:
                yield from make(self, node)

    def of_sql(self, first: int, last: int) -> Iterator[Mutant]:
        """Give the mutants of SQL between two places of the file."""
        sql = self._source[first:last].decode()
        found = ((one, became) for pattern, became in SQL for one in re.finditer(pattern, sql))
        for one, became in found:
            before = sql[: one.start()]
            if not SKIPPED.search(before.rpartition("\n")[2]):
                start = first + len(before.encode())
                yield self._mutant(start, start + len(one[0].encode()), became)

    def compared(self, node: ast.Compare) -> Iterator[Mutant]:
        """Turn a comparison round."""
        sides = pairwise((node.left, *node.comparators))
        for (left, right), op in zip(sides, node.ops, strict=True):
            yield from self._between(left, right, *COMPARED[type(op)])

    def reckoned(self, node: ast.BinOp) -> Iterator[Mutant]:
        """Reckon otherwise."""
        if type(node.op) in RECKONED:
            yield from self._between(node.left, node.right, *RECKONED[type(node.op)])

    def joined(self, node: ast.BoolOp) -> Iterator[Mutant]:
        """Put or for and."""
        words = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        for left, right in pairwise(node.values):
            yield from self._between(left, right, *words)

    def denied(self, node: ast.UnaryOp) -> Iterator[Mutant]:
        """Take a `not` or a minus away."""
        if isinstance(node.op, ast.Not | ast.USub):
            yield self._mutant(self._start(node), self._start(node.operand), "")

    def constant(self, node: ast.Constant) -> Iterator[Mutant]:
        """Add one to a number, turn a truth round, or mutate SQL."""
        start, end = self._start(node), self._end(node)
        if isinstance(node.value, bool):
            yield self._mutant(start, end, str(not node.value))
        elif isinstance(node.value, int):
            yield self._mutant(start, end, str(node.value + 1))
        elif isinstance(node.value, str) and IS_SQL.search(node.value):
            yield from self.of_sql(start, end)

    def called(self, node: ast.Call) -> Iterator[Mutant]:
        """Take the least for the most."""
        if isinstance(node.func, ast.Name) and node.func.id in NAMES:
            start, end = self._start(node.func), self._end(node.func)
            yield self._mutant(start, end, NAMES[node.func.id])

    def done(self, node: ast.Expr) -> Iterator[Mutant]:
        """Leave out what is done for its effect."""
        if isinstance(node.value, ast.Call):
            yield self._mutant(self._start(node), self._end(node), "pass")

    def returned(self, node: ast.Return) -> Iterator[Mutant]:
        """Return nothing."""
        if node.value is not None and not _is_none(node.value):
            yield self._mutant(self._start(node.value), self._end(node.value), "None")

    def branched(self, node: ast.If | ast.IfExp) -> Iterator[Mutant]:
        """Never, and always, take a branch."""
        for became in ("False", "True"):
            yield self._mutant(self._start(node.test), self._end(node.test), became)

    def _between(self, left: ast.expr, right: ast.expr, was: str, became: str) -> Iterator[Mutant]:
        first, last = self._end(left), self._start(right)
        place = self._source.find(was.encode(), first, last)
        if place >= 0:
            yield self._mutant(place, place + len(was), became)

    def _mutant(self, start: int, end: int, became: str) -> Mutant:
        line = sum(begins <= start for begins in self._begins)
        first = self._begins[line - 1]
        words = self._source[first:].partition(b"\n")[0].decode().strip()
        was = " ".join(self._source[start:end].decode().split())
        return Mutant(self._path, line, start, end, was, became, words)

    def _start(self, node: ast.expr | ast.stmt) -> int:
        return self._begins[node.lineno - 1] + node.col_offset

    def _end(self, node: ast.expr | ast.stmt) -> int:
        if node.end_lineno is None or node.end_col_offset is None:
            raise ValueError(f"no end of {ast.dump(node)}")
        return self._begins[node.end_lineno - 1] + node.end_col_offset


MAKERS: Final[dict[type[ast.AST], Callable[..., Iterator[Mutant]]]] = {
    ast.Compare: Text.compared,
    ast.BinOp: Text.reckoned,
    ast.BoolOp: Text.joined,
    ast.UnaryOp: Text.denied,
    ast.Constant: Text.constant,
    ast.Call: Text.called,
    ast.Expr: Text.done,
    ast.Return: Text.returned,
    ast.If: Text.branched,
    ast.IfExp: Text.branched,
}


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _not_code(tree: ast.AST) -> set[int]:
    """Find what is read and not run: docstrings, annotations, and whatever is in them."""
    found: set[int] = set()
    for node in ast.walk(tree):
        for each in _read_only(node):
            found |= {id(inner) for inner in ast.walk(each)}
    return found


def _read_only(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        yield node
    elif isinstance(node, ast.AnnAssign | ast.arg) and node.annotation is not None:
        yield node.annotation
    elif isinstance(node, ast.FunctionDef):
        yield from (each for each in (node.returns, *node.decorator_list) if each is not None)
    elif isinstance(node, ast.ClassDef):
        yield from node.decorator_list
    elif isinstance(node, ast.JoinedStr):
        yield node  # words of an error: tests ask which rule it names
