"""The gate: what a new model may not do worse, and what chance alone explains."""

from typing import Any

import pytest

from nlp.gate import Reason, reasons_against, tolerance

OLD = {
    "en": {"rows": 300.0, "outside": 60.0, "top1": 0.92, "oos_recall": 0.8, "ece": 0.02},
    "es": {"rows": 300.0, "outside": 60.0, "top1": 0.90, "oos_recall": 0.8},
    "en noise07": {"rows": 150.0, "top1": 0.85},
    "emergencies en": {"rows": 100.0, "missed": 1.0, "harmless": 100.0, "false_alarms": 2.0},
    "speed": {"ms_p50": 3.0},
}


def changed(group: str, **figures: float) -> dict[str, dict[str, float]]:
    """Give the old figures with a group changed."""
    return OLD | {group: OLD[group] | figures}


def kinds(new: dict[str, dict[str, float]], old: dict[str, Any] = OLD) -> list[tuple[str, str]]:
    """Say what speaks against a model."""
    return [(reason.kind, reason.group) for reason in reasons_against(new, old)]


@pytest.mark.parametrize(
    ("group", "figures", "wanted"),
    [
        ("en", {}, []),
        ("en", {"top1": 0.99}, []),
        ("en", {"top1": 0.905}, []),  # 1.5 points of 300: chance
        ("en", {"top1": 0.90}, ["top1"]),  # 2 points: not chance
        ("es", {"top1": 0.87}, ["top1"]),
        ("es", {"oos_recall": 0.76}, []),  # 4 points of 60: chance
        ("es", {"oos_recall": 0.70}, ["oos_recall"]),
        ("en noise07", {"top1": 0.80}, ["top1"]),
        ("en", {"ece": 0.5}, []),  # shown, not guarded
        ("speed", {"ms_p50": 300.0}, []),
        ("emergencies en", {"missed": 0.0, "false_alarms": 0.0}, []),
        ("emergencies en", {"missed": 2.0}, ["missed"]),
        ("emergencies en", {"false_alarms": 3.0}, ["false_alarms"]),
        ("emergencies en", {"missed": 0.0, "false_alarms": 3.0}, ["false_alarms"]),
    ],
)
def test_worse_than_chance_in_any_group_is_refused_and_emergencies_by_one(
    group: str, figures: dict[str, float], wanted: list[str]
) -> None:
    assert kinds(changed(group, **figures)) == [(kind, group) for kind in wanted]


def test_a_language_that_got_better_does_not_pay_for_one_that_got_worse() -> None:
    new = changed("en", top1=0.99) | {"es": OLD["es"] | {"top1": 0.80}}
    assert kinds(new) == [("top1", "es")]


def test_without_an_evaluation_set_nothing_passes() -> None:
    for old in ({}, {"en": {"rows": 0.0}}, {"emergencies en": OLD["emergencies en"]}):
        assert kinds(OLD, old) == [("no set", "")]


def test_a_group_that_the_new_model_was_not_measured_on_is_refused() -> None:
    new = {group: found for group, found in OLD.items() if group != "es"}
    assert kinds(new) == [("not measured", "es")]


def test_the_tolerance_is_one_standard_error_of_the_old_share() -> None:
    assert tolerance(0.92, 300) == pytest.approx(0.0157, abs=1e-4)
    assert tolerance(0.92, 1200) == pytest.approx(tolerance(0.92, 300) / 2)
    assert tolerance(1.0, 300) == 0.0


def test_a_reason_is_a_plain_sentence() -> None:
    assert str(Reason("top1", "es", 0.87, 0.9, 300, 0.0173)) == (
        "Spanish: the best guess is right for 87.0% of 300 sentences, before 90.0%; "
        "a fall of up to 1.7% could be chance."
    )
    assert str(Reason("missed", "emergencies en", 2, 1, 100)) == (
        "English: 2 of 100 emergencies are missed, before 1; not one more may be."
    )
    assert "There is no evaluation set" in str(Reason("no set"))
    assert str(Reason("not measured", "en noise07")).startswith("English (noise07): ")
