"""Figures on labelled sentences, and the page that shows them: one valid file, pictures inside."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from config.words import Language
from nlp import about
from nlp.about import About
from nlp.answers import Ranked, Understanding
from nlp.evaluate import Answer, Row, evaluate, figures_of, mistakes, read_rows
from nlp.measuring import Measured, read_sets
from nlp.reporting.page import confused_pairs, report, worst_mistakes
from nlp.reporting.pictures import calibration, confusion
from nlp.taught import Taught

VOID = {"meta", "br", "hr", "img", "input", "link"}
SVG = "{http://www.w3.org/2000/svg}"
INTENTS = ("pothole", "street light out", "water leak")


def understanding(
    best: str, share: float, language: Language = "en", *, known: bool = True
) -> Understanding:
    """Understand something as `best`, so surely."""
    rest = [name for name in INTENTS if name != best]
    ranked = [Ranked(best, share), *(Ranked(name, (1 - share) / len(rest)) for name in rest)]
    return Understanding(language, 1.0, tuple(ranked), (), None, float(known) * share, known)


def answer(
    row: tuple[Language, str, str], best: str, share: float, *, known: bool = True
) -> Answer:
    """Answer a row."""
    return Answer(Row(*row), understanding(best, share, row[0], known=known), 2.0)


ANSWERS = [
    answer(("en", "pothole", "there is a hole"), "pothole", 0.9),
    answer(("en", "pothole", "a <b>hole</b> & more"), "water leak", 0.8),
    answer(("en", "water leak", "water everywhere"), "water leak", 0.6),
    answer(("en", "oos", "what is the weather"), "pothole", 0.4, known=False),
    answer(("es", "street light out", "no hay luz en el poste"), "street light out", 0.95),
    answer(("es", "pothole", "un hoyo"), "street light out", 0.5),
]
ALARMS = {
    "emergencies en": {
        "rows": 4.0, "missed": 1.0, "asked": 2.0,
        "harmless": 5.0, "false_alarms": 0.0, "false_questions": 0.0,
    }
}  # fmt: skip


@dataclass
class Understands:
    """Understands everything as a pothole."""

    def understand(self, words: str, language: Language | None = None) -> Understanding:
        del words
        return understanding("pothole", 0.7, language or "en")


class Balanced(HTMLParser):
    """Reads a page and counts what is not closed, or not opened."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []
        self.outside: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.outside += [
            value or "" for name, value in attrs if name in {"src", "href"} and value is not None
        ]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del tag, attrs

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(tag)


@pytest.fixture(scope="module")
def page() -> str:
    """Write the page."""
    taught = (Taught("pothole", "en", "a hole"),)
    known = About(datetime(2026, 11, 23, tzinfo=UTC), INTENTS, {"en": 30, "es": 20}, taught)
    return report("abcdef", known, Measured({"": ANSWERS, "noise07": ANSWERS[:3]}, ALARMS))


def test_the_page_is_valid_and_needs_nothing_from_outside(page: str) -> None:
    read = Balanced(page)
    assert (read.open, read.faults, read.outside) == ([], [], [])
    assert "http://" not in page.replace('xmlns="http://www.w3.org/2000/svg"', "")


def test_the_pictures_are_in_the_page(page: str) -> None:
    assert page.count("<svg") == 3  # two calibrations, one confusion
    for words in ("Calibration, English", "Calibration, Spanish", "Confusion matrix"):
        assert words in page


def test_the_page_says_what_was_measured(page: str) -> None:
    for words in ("Model abcdef", "30 English and 20 Spanish", "English (noise07)", "66.7 %"):
        assert words in page


def test_what_callers_say_cannot_break_the_page(page: str) -> None:
    assert "<b>hole</b>" not in page
    assert "a &lt;b&gt;hole&lt;/b&gt; &amp; more" in page


def test_a_page_about_nothing_is_a_page_too() -> None:
    read = Balanced(report("none", None, Measured({}, {})))
    assert (read.open, read.faults) == ([], [])


def test_the_matrix_has_a_cell_for_each_pair_that_occurs() -> None:
    tree = ET.fromstring(confusion(ANSWERS))  # noqa: S314  our own picture
    cells = [cell.findtext(f"{SVG}title") for cell in tree.iter(f"{SVG}rect")]
    assert cells == [
        "pothole taken for pothole: 1 of 3",
        "pothole taken for street light out: 1 of 3",
        "pothole taken for water leak: 1 of 3",
        "street light out taken for street light out: 1 of 1",
        "water leak taken for water leak: 1 of 1",
    ]


def test_the_calibration_plot_has_a_point_for_each_tenth_that_occurs() -> None:
    tree = ET.fromstring(calibration(ANSWERS, "both"))  # noqa: S314  our own picture
    points = [each.findtext(f"{SVG}title") for each in tree.iter(f"{SVG}circle")]
    assert points == [
        "1 sentences: said 50%, right 0%",
        "1 sentences: said 60%, right 100%",
        "1 sentences: said 80%, right 0%",
        "2 sentences: said 92%, right 100%",
    ]


def test_the_surest_mistake_comes_first() -> None:
    assert [each.sure for each in worst_mistakes(ANSWERS)] == [0.8, 0.5]
    assert confused_pairs(ANSWERS)[0][2] == 1


def test_figures_are_shares_of_the_sentences_in_scope() -> None:
    found = figures_of(ANSWERS)["en"]
    assert (found["rows"], found["outside"]) == (3.0, 1.0)
    assert found["top1"] == pytest.approx(2 / 3)
    assert (found["oos_recall"], found["oos_known"], found["lost"]) == (1.0, 0.0, 0.0)


def test_among_shared_intents_only_those_are_answered_and_asked_for() -> None:
    found = figures_of(ANSWERS, {"pothole", "street light out"})["en"]
    assert (found["rows"], found["top1"]) == (2.0, 1.0)
    assert found["outside"] == 0.0


def test_an_understander_is_measured_on_rows() -> None:
    rows = [Row("en", "pothole", "a hole"), Row("es", "water leak", "agua")]
    found = evaluate(Understands(), rows)
    assert (found["en"]["top1"], found["es"]["top1"]) == (1.0, 0.0)
    assert [row.text for row, _ in mistakes(Understands(), rows)] == ["agua"]


def write(folder: Path, name: str, header: str, rows: Sequence[str]) -> None:
    """Write a set."""
    lines = "\n".join(["\t".join(header.split()), *rows])
    (folder / name).write_text(lines + "\n", encoding="utf-8")


def test_sets_are_read_by_their_names(tmp_path: Path) -> None:
    write(tmp_path, "city.tsv", "language intent text", ['en\tpothole\tsay "hole"'])
    write(tmp_path, "city_blind.tsv", "language intent text", ["es\toos\thola"])
    write(tmp_path, "city_noise07.tsv", "language intent text clean", ["en\tpothole\tole\thole"])
    write(tmp_path, "emergencies.tsv", "language emergency text", ["en\tfire\tfire"])
    sets = read_sets(tmp_path)
    assert [row.text for row in sets.clean] == ['say "hole"', "hola"]
    assert [row.text for row in sets.sentences["noise07"]] == ["ole"]
    assert [row.intent for row in sets.dangers] == ["fire"]
    name = sets.name
    write(tmp_path, "city.tsv", "language intent text", ["en\tpothole\thole"])
    assert read_sets(tmp_path).name != name
    assert read_rows(tmp_path / "city_blind.tsv")[0].intent == "oos"


def test_without_sets_there_is_nothing_to_measure(tmp_path: Path) -> None:
    sets = read_sets(tmp_path / "nowhere")
    assert (sets.sentences, sets.dangers) == ({}, [])


def test_what_is_known_of_a_model_is_kept_beside_it(tmp_path: Path) -> None:
    taught = (Taught("pothole", "es", "un hoyo"),)
    known = About(datetime(2026, 11, 23, tzinfo=UTC), INTENTS, {"en": 3, "es": 2}, taught)
    measured = about.with_figures(known, "a", {"en": {"top1": 0.5}})
    again = about.with_figures(about.with_figures(measured, "b", {}), "a", {"en": {"top1": 0.6}})
    about.write(tmp_path, again)
    read = about.read(tmp_path)
    assert read == again
    assert read is not None
    assert read.figures == {"en": {"top1": 0.6}}


@pytest.mark.parametrize("garbled", ["", "{}", "[]", '{"trained_at": 3}'])
def test_what_cannot_be_read_of_a_model_is_not_known(tmp_path: Path, garbled: str) -> None:
    (tmp_path / about.FILE).write_text(garbled, encoding="utf-8")
    assert about.read(tmp_path) is None
    assert about.read(tmp_path / "nowhere") is None
