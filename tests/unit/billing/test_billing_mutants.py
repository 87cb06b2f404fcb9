"""The mutant maker: which faults it puts in, in Python and in SQL, and what it leaves alone."""

from pathlib import Path

import pytest

from bench.mutants import ROOMS, equivalent
from bench.mutating import Mutant, mutants_of

CODE = '''"""SELECT a = b, which only is a docstring."""

FOUND = "SELECT sum(cents) FROM entries WHERE code = 'x' AND cents IS NULL"


def least(asked: int | None, more: list[int] = 3 - 1) -> int:
    """Say 1 < 2."""
    more.append(7)
    if asked is None or not asked < 5:
        raise ValueError(f"give {asked + 1}")
    return min(asked, 2)
'''
SQL = """-- a = b
CREATE TABLE kept (cents bigint CHECK (cents > 0));
    IF EXISTS (SELECT FROM kept WHERE cents <= 3 OR ñ IS NULL) THEN
    UPDATE kept SET cents = 4;
"""


def made(tmp_path: Path, name: str, text: str) -> tuple[bytes, list[Mutant]]:
    (tmp_path / name).write_text(text, "utf-8")
    return text.encode(), mutants_of(tmp_path, name)


def faults(mutants: list[Mutant]) -> list[str]:
    return [f"{mutant.line}: {mutant.was} -> {mutant.became}" for mutant in mutants]


def test_python_and_the_sql_in_its_strings_get_faults_and_what_is_only_read_none(
    tmp_path: Path,
) -> None:
    _, mutants = made(tmp_path, "code.py", CODE)
    assert faults(mutants) == [
        "3: sum( -> max(", "3: = -> <>", "3: AND -> OR", "3: IS NULL -> IS NOT NULL",
        "6: 3 -> 4", "6: - -> +", "6: 1 -> 2",
        "8: more.append(7) -> pass", "8: 7 -> 8",
        "9: asked is None or not asked < 5 -> False", "9: asked is None or not asked < 5 -> True",
        "9: is -> is not", "9: or -> and", "9: not -> ", "9: < -> <=", "9: 5 -> 6",
        "11: min(asked, 2) -> None", "11: min -> max", "11: 2 -> 3",
    ]  # fmt: skip


def test_a_migration_gets_faults_where_it_asks_and_not_where_it_declares_or_sets(
    tmp_path: Path,
) -> None:
    _, mutants = made(tmp_path, "rules.sql", SQL)
    assert faults(mutants) == [
        "3: EXISTS -> NOT EXISTS", "3: <= -> <", "3: OR -> AND", "3: IS NULL -> IS NOT NULL",
    ]  # fmt: skip


@pytest.mark.parametrize(("name", "text"), [("code.py", CODE), ("rules.sql", SQL)])
def test_a_mutant_differs_by_its_fault_alone(tmp_path: Path, name: str, text: str) -> None:
    source, mutants = made(tmp_path, name, text)
    for mutant in mutants:
        assert mutant.words in text
        assert " ".join(source[mutant.start : mutant.end].decode().split()) == mutant.was
        changed = mutant.applied(source)
        assert changed == source[: mutant.start] + mutant.became.encode() + source[mutant.end :]
        if name.endswith(".py"):
            compile(changed, name, "exec")


def test_every_mutant_that_is_said_to_change_nothing_exists() -> None:
    names = {mutant.name for room in ROOMS.values() for mutant in room.mutants()}
    assert set(equivalent()) <= names
    assert all(equivalent().values())


def test_every_room_has_mutants_and_tests() -> None:
    root = Path(__file__).parents[3]
    for room in ROOMS.values():
        assert len(room.mutants()) > 50
        assert [path for path in room.tests if not (root / path).is_file()] == []
