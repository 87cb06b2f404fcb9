"""`nlp bench`: the same pipeline, measured on anybody's sentences."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.nlp_bench import bench
from config.intents import Intent
from nlp.benchmark import Asked, Trial, figures, parts, read
from nlp.lessons import Row, rows_of

KEYS = {
    "accuracy", "macro_f1", "oos_recall_at_5", "oos_auroc", "ece", "ms_p50", "ms_p99",
    "train_seconds", "model_mb",
}  # fmt: skip
STRANGE = (
    "what is the capital of australia", "play some jazz music", "how do i boil an egg",
    "tell me a joke", "who won the game",
)  # fmt: skip


def _file(path: Path, rows: list[Row], header: str = "split\tintent\ttext") -> Path:
    lines = [header, *(f"train\t{row.intent}\t{row.words}" for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _run(*options: str | Path) -> Result:
    return CliRunner().invoke(bench, [str(each) for each in options])


@pytest.fixture(scope="module")
def rows(dozen: list[Intent]) -> list[Row]:
    english = [row for row in rows_of(dozen[3:6]) if row.language == "en"]
    return [*english, *(Row("oos", None, words) for words in STRANGE)]


def test_folds_give_every_figure(rows: list[Row], tmp_path: Path) -> None:
    told = tmp_path / "told.json"
    result = _run("--train", _file(tmp_path / "a.tsv", rows), "--folds", "2", "--json", told)
    assert result.exit_code == 0, result.output
    found = json.loads(told.read_text(encoding="utf-8"))
    assert set(found) == KEYS
    assert found["accuracy"] > 0.7
    assert 0.0 <= found["oos_recall_at_5"] <= 1.0
    assert "OOS recall at 5 % false reject" in result.output


def test_another_file_tests_and_another_calibrates(rows: list[Row], tmp_path: Path) -> None:
    told = tmp_path / "told.json"
    result = _run(
        "--train", _file(tmp_path / "a.tsv", rows[::2]),
        "--test", _file(tmp_path / "b.tsv", [row for row in rows[1::4] if row.intent != "oos"]),
        "--val", _file(tmp_path / "c.tsv", rows[3::4]),
        "--json", told,
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    found = json.loads(told.read_text(encoding="utf-8"))
    assert (found["oos_recall_at_5"], found["oos_auroc"]) == (None, None)
    assert found["accuracy"] > 0.6


def test_folds_and_a_test_file_exclude_each_other(rows: list[Row], tmp_path: Path) -> None:
    file = _file(tmp_path / "a.tsv", rows)
    assert _run("--train", file, "--test", file, "--folds", "3").exit_code == 2


def test_a_file_without_the_columns_is_refused_in_a_sentence(tmp_path: Path) -> None:
    file = _file(tmp_path / "a.tsv", [], header="label\twords")
    result = _run("--train", file)
    assert result.exit_code == 1
    assert "must hold intent and text" in result.output


def test_one_intent_is_refused_in_a_sentence(tmp_path: Path) -> None:
    file = _file(tmp_path / "a.tsv", [Row("only", None, f"word {at}") for at in range(9)])
    result = _run("--train", file, "--test", file)
    assert result.exit_code == 1
    assert "at least two intents" in result.output


def test_quotes_in_a_text_are_text(tmp_path: Path) -> None:
    file = _file(tmp_path / "a.tsv", [Row("a", None, 'say "hi'), Row("b", None, "bye")])
    assert [row.words for row in read(file)] == ['say "hi', "bye"]


def test_every_row_is_tested_once_and_never_learnt_from_in_its_fold(rows: list[Row]) -> None:
    dealt = parts(rows, 3)
    assert sorted(row.words for _, tested in dealt for row in tested) == sorted(
        row.words for row in rows
    )
    for learnt_from, tested in dealt:
        assert not {id(row) for row in learnt_from} & {id(row) for row in tested}
        assert {row.intent for row in tested} == {row.intent for row in rows}


def test_the_figures_are_what_they_say() -> None:
    asked = (
        Asked("a", "a", 1.0, 0.9, 1.0),
        Asked("a", "b", 1.0, 0.8, 2.0),
        Asked("b", "b", 1.0, 0.7, 3.0),
        Asked("oos", "b", 0.5, 0.1, 4.0),
    )
    found = figures([Trial(asked, 2.0, 5.0)])
    assert found["accuracy"] == pytest.approx(2 / 3)
    assert found["macro_f1"] == pytest.approx(2 / 3)
    assert (found["oos_recall_at_5"], found["oos_auroc"]) == (1.0, 1.0)
    assert found["ece"] == pytest.approx(1 / 3)
    assert (found["ms_p50"], found["train_seconds"], found["model_mb"]) == (2.5, 2.0, 5.0)
