"""Money is exact by construction: what could make a fraction of a cent is not written at all."""

import ast
import re
from collections.abc import Iterator
from typing import cast

import pytest

from config import yaml_file
from tests.shape.source_tree import ROOT, sources, told

DIVIDES = "billing/rates/exact.py"  # the one place that divides, in fifty digits, and says how
FLOATS = frozenset({"float", "complex", "round", "fsum", "truediv", "Float", "REAL", "Double"})
INEXACT = frozenset({"Double_PRECISION", "DOUBLE", "DOUBLE_PRECISION", "FLOAT", "asdecimal"})
ROUNDINGS = re.compile(r"ROUND_(?!HALF_UP\b)\w+")
MODULES = frozenset({"math", "statistics", "numpy", "cmath"})
WHOLE_MATHS = frozenset({"gcd", "lcm", "isqrt", "comb"})
PATHS = frozenset({"folder", "path", "root", "here"})
# Figures of these files are compared with, never paid.
NOT_MONEY = {
    "weather.yaml": "degree days",
    "review.yaml": "how many times the usual use is too much",
    "reads.yaml": "how many times the usual use is too much",
}
ASIDE = re.compile(r"'[^']*'|--.*")  # texts and comments of SQL
SQL_FLOATS = re.compile(r"\b(real|double precision|float[48]?|money)\b", re.IGNORECASE)


def names(node: ast.AST) -> Iterator[str]:
    """Give every name that a node says: of a variable, an attribute, an import, an argument."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            yield name
        case ast.alias(name=name):
            yield name.rpartition(".")[2]
        case ast.keyword(arg=str(name)):
            yield name
        case _:
            return


def is_path(node: ast.expr) -> bool:
    """Say whether an operand shows that a slash joins a path, and divides nothing."""
    match node:
        case ast.Constant(value=str()) | ast.JoinedStr():
            return True
        case ast.BinOp(left=left, right=right):
            return is_path(left) or is_path(right)
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name.lower().rpartition("_")[2] in PATHS
        case _:
            return False


def divides(node: ast.AST) -> bool:
    """Say whether a node divides and keeps a fraction; `//` and `%` are whole and allowed."""
    match node:
        case ast.BinOp(op=ast.Div(), left=left, right=right):
            return not (is_path(left) or is_path(right))
        case ast.AugAssign(op=ast.Div()):
            return True
        case ast.Call(func=ast.Attribute(attr="divide" | "divide_int" | "remainder_near")):
            return True
        case _:
            return False


def imports_floats(node: ast.AST) -> bool:
    """Say whether a module is imported whose functions answer with floats."""
    match node:
        case ast.Import(names=found):
            return any(one.name.partition(".")[0] in MODULES for one in found)
        case ast.ImportFrom(module=str(module), names=found) if module in MODULES:
            return not {one.name for one in found} <= WHOLE_MATHS
        case _:
            return False


def rounds_by_itself(node: ast.AST) -> bool:
    """Say whether something is quantised without naming the city's rule."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    given = [name for one in ast.walk(node) for name in names(one)]
    return node.func.attr in {"quantize", "to_integral_value"} and "ROUND_HALF_UP" not in given


def fault(node: ast.AST) -> str:
    """Say what is inexact about one node; nothing, where it is sound."""
    if isinstance(node, ast.Constant) and isinstance(node.value, float | complex):
        return "a float"
    if found := (FLOATS | INEXACT) & {*names(node)}:
        return f"'{min(found)}'"
    if any(ROUNDINGS.fullmatch(name) for name in names(node)):
        return "another rounding than half up"
    if divides(node):
        return f"a division outside {DIVIDES}"
    if imports_floats(node):
        return "a module of floats"
    return "a rounding without its rule" if rounds_by_itself(node) else ""


def test_nothing_in_billing_can_make_a_fraction_of_a_cent() -> None:
    found = [
        f"{source.path}:{getattr(node, 'lineno', '?')} {wrong}"
        for source in sources()
        if source.path.startswith("billing/") and source.path != DIVIDES
        for node in ast.walk(source.tree)
        if (wrong := fault(node))
    ]
    assert not found, told("Cents are whole, rates are Decimal, and one module divides:", found)


def test_the_one_place_that_divides_rounds_half_up_and_knows_no_float() -> None:
    (source,) = (one for one in sources() if one.path == DIVIDES)
    found = [wrong for node in ast.walk(source.tree) if (wrong := fault(node))]
    assert found
    assert {*found} == {f"a division outside {DIVIDES}"}


CAUGHT = [
    "x = 0.1", "x = float(y)", "x: float = y", "x = round(y)", "x = y / 100", "x /= 100",
    "x = context.divide(y, z)", "import math", "from math import floor", "import statistics",
    "y.quantize(Decimal(1))", "y.quantize(Decimal(1), ROUND_HALF_EVEN)",
    "from decimal import ROUND_DOWN", "x = mapped_column(Numeric(asdecimal=False))",
    "from sqlalchemy import Float", "x = 1j", "y.to_integral_value()",
]  # fmt: skip
ALLOWED = [
    "x = y // 100", "x = y % 100", "x = folder / name", "x = Path(a) / 'tariffs' / name",
    "x = self.data_folder / name", "from math import gcd", "y.quantize(Decimal(1), ROUND_HALF_UP)",
    "x = Decimal('0.1')", "x = rounded(y)", "x = y.scaleb(2)", "x = f'{a}/{b}'",
]  # fmt: skip


@pytest.mark.parametrize("code", CAUGHT)
def test_this_lint_catches(code: str) -> None:
    assert any(fault(node) for node in ast.walk(ast.parse(code)))


@pytest.mark.parametrize("code", ALLOWED)
def test_this_lint_lets_pass(code: str) -> None:
    assert not [wrong for node in ast.walk(ast.parse(code)) if (wrong := fault(node))]


def figures(value: object) -> Iterator[float]:
    """Give every float of what a YAML file holds."""
    if isinstance(value, float):
        yield value
    if isinstance(value, dict):
        value = list(cast("dict[object, object]", value).items())
    if isinstance(value, list | tuple):
        for one in cast("list[object]", value):
            yield from figures(one)


def test_no_amount_and_no_rate_is_configured_as_a_float() -> None:
    paths = [*(ROOT / "config" / "billing").rglob("*.yaml")]
    assert paths
    found = [
        f"{path.relative_to(ROOT)}: {figure}"
        for path in paths
        if path.name not in NOT_MONEY
        for figure in figures(yaml_file.read(path))
    ]
    assert not found, told("A bare 0.0734 is another number than the page prints; quote it:", found)


def test_no_column_of_the_schema_holds_a_float() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number} {hit.group()}"
        for path in (ROOT / "db" / "migrations").rglob("*_billing*.sql")
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if (hit := SQL_FLOATS.search(ASIDE.sub("", line)))
    ]
    assert not found, told("bigint holds cents and numeric holds rates, both exactly:", found)
