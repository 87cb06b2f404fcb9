"""Reads judged: high, low, zero, backward, rolled over, against what is usual."""

from dataclasses import replace
from pathlib import Path

import pytest

from billing.accounts.checking import Case, judged
from billing.accounts.rules import read_protections, read_rules
from config.errors import ConfigError

RULES = read_rules()
POWER = RULES.services["power"]
# Last seen at 10,000; usual is 600 kWh a month.
USUAL = Case(
    value=10_600, digits=5, multiplier=1, days=30, before=10_000, looked=10_000, expected=600
)


@pytest.mark.parametrize(
    ("value", "finding"),
    [
        (10_600, "ok"),
        (11_500, "ok"),
        (11_501, "high"),
        (10_180, "ok"),
        (10_179, "low"),
        (10_001, "low"),
        (10_000, "zero"),
        (9_999, "backward"),
        (0, "backward"),
    ],
)
def test_use_is_judged_by_what_is_usual(value: int, finding: str) -> None:
    assert judged(replace(USUAL, value=value), POWER, RULES) == finding


@pytest.mark.parametrize(
    ("before", "value", "finding"),
    [
        (99_800, 400, "rolled over"),
        (99_800, 1_299, "rolled over"),
        (99_800, 1_301, "backward"),
        (50_000, 400, "backward"),
    ],
)
def test_a_dial_that_went_round_is_told_from_one_misread(
    before: int, value: int, finding: str
) -> None:
    case = replace(USUAL, before=before, looked=before, value=value)
    assert judged(case, POWER, RULES) == finding


@pytest.mark.parametrize(
    ("before", "value", "finding"),
    [(91_000, 5_000, "rolled over"), (89_000, 5_000, "backward"), (95_000, 11_000, "backward")],
)
def test_without_a_past_only_the_ends_of_the_dial_go_round(
    before: int, value: int, finding: str
) -> None:
    case = replace(USUAL, before=before, looked=before, value=value, expected=None)
    assert judged(case, POWER, RULES) == finding


def test_a_new_meter_is_high_above_what_any_home_uses_a_day() -> None:
    new = replace(USUAL, expected=None)
    most = 10_000 + 30 * POWER.first_daily_most
    assert judged(replace(new, value=most), POWER, RULES) == "ok"
    assert judged(replace(new, value=most + 1), POWER, RULES) == "high"


def test_no_use_is_usual_where_there_never_was_any() -> None:
    still = replace(USUAL, value=10_000)
    assert judged(replace(still, expected=0), POWER, RULES) == "ok"
    assert judged(replace(still, days=5), POWER, RULES) == "ok"


def test_below_an_estimate_is_not_backward_while_above_what_was_seen() -> None:
    case = replace(USUAL, before=10_900, looked=10_000, value=10_500)
    assert judged(case, POWER, RULES) == "ok"
    assert judged(replace(case, value=9_990), POWER, RULES) == "backward"


def test_a_read_ten_times_too_big_is_high() -> None:
    assert judged(replace(USUAL, value=10_000 + 6_000), POWER, RULES) == "high"


def test_a_wrong_file_is_told_in_sentences(tmp_path: Path) -> None:
    file = tmp_path / "protections.yaml"
    file.write_text("source: x\nstatus: policy\nholds: [charm]\nwinter: {from: '02-30'}\n", "utf-8")
    with pytest.raises(ConfigError) as caught:
        read_protections(file)
    told = str(caught.value)
    assert "charm" in told
    assert "02-30" in told
