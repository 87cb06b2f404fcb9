"""What nobody has confirmed of the rules about money is told, whichever file it stands in."""

from pathlib import Path

import pytest

from billing.unverified import FOLDER, WHOLE, unverified_rules
from config.errors import ConfigError

RULES = """
source: the code
status: verified
late: {days: 3, source: nobody, status: not_found, unverified: true}
orders:
  first: {source: a city, status: proposal, unverified: true}
  second: {source: a city, status: verified, unverified: false}
"""


def test_a_rule_is_told_by_its_file_and_place(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(RULES, "utf-8")
    (tmp_path / "whole.yaml").write_text("source: x\nstatus: proposal\nunverified: true\n", "utf-8")
    assert [each[1:] for each in unverified_rules(tmp_path)] == [
        ("late", "nobody", "not_found"),
        ("orders first", "a city", "proposal"),
        (WHOLE, "x", "proposal"),
    ]


def test_every_doubt_that_is_written_in_our_files_is_told() -> None:
    written = sum(
        line.strip() == "unverified: true"
        for path in FOLDER.glob("*.yaml")
        for line in path.read_text("utf-8").splitlines()
    )
    found = unverified_rules()
    assert len(found) == written > 10
    assert ("config/billing/limits.yaml", WHOLE) in {each[:2] for each in found}
    assert all(each.source and each.status for each in found)


def test_a_file_that_is_no_yaml_is_named(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text("late: [", "utf-8")
    with pytest.raises(ConfigError, match=r"rules\.yaml"):
        unverified_rules(tmp_path)
