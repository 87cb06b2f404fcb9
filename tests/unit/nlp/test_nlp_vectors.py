"""Sentence vectors: a second voice where the package is, and no harm where it is not."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from config.intents import Intent
from nlp import model, storing
from nlp import pipeline as components
from nlp.kernel import GAMMA, Kernel, mean_of_nearest, nearness_weights
from nlp.lessons import rows_of
from nlp.model import PipelineUnderstander
from nlp.training import learn_rows
from nlp.vectors import Singles, packaged, stored

FEW = 4


class Letters:
    """An encoder for tests: how often each letter stands in a text."""

    def encode(self, texts: Sequence[str]) -> Singles:
        """Count letters."""
        counts = np.array([[1.0 + text.count(chr(97 + at)) for at in range(26)] for text in texts])
        lengths = np.linalg.norm(counts, axis=1, keepdims=True)
        return (counts / lengths).astype(np.float32)


@pytest.fixture(scope="module")
def without(dozen: list[Intent], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("without")
    storing.write(learn_rows(rows_of(dozen[:FEW]), vectors=None), folder)
    return folder


def test_a_sentence_and_its_translation_are_neighbours() -> None:
    encoder = packaged()
    assert encoder is not None
    english, spanish, other = encoder.encode(
        ["the street light is out", "no sirve el farol de la calle", "i lost my passport"]
    )
    assert english @ spanish > english @ other


def test_without_the_package_the_line_trains_and_understands(without: Path) -> None:
    understander = model.load(without)
    answer = understander.understand("my power is out")
    assert answer.intents[0].intent == "power outage"
    assert answer.known
    assert understander.neighbours("my power is out") == []
    assert "not installed" in (without / "card.md").read_text(encoding="utf-8")


def test_a_model_with_vectors_answers_where_the_package_is_gone(model_folder: Path) -> None:
    understander = model.load(model_folder)
    part = components.part(understander.pipeline, "vectors", components.VectorsComponent)
    assert part.vectors is not None
    part.vectors = None
    answer = understander.understand("hay un bache en mi calle")
    assert answer.intents[0].intent == "pothole"
    assert answer.known
    assert understander.judgement.mix.vectors == 0.0


def test_any_encoder_may_speak(dozen: list[Intent]) -> None:
    learnt = learn_rows(rows_of(dozen[:FEW]), vectors=Letters())
    assert learnt.kernel is not None
    assert learnt.kernel.rows.shape[1] <= 26
    assert set(learnt.judgements) == {"alone", "both"}


def test_a_phrase_is_its_own_nearest_neighbour(understander: PipelineUnderstander) -> None:
    phrase, intent, cosine = understander.neighbours("hay un bache en mi calle")[0]
    assert intent == "pothole"
    assert cosine > 0.9
    assert phrase


def test_neighbours_of_one_intent_are_of_that_intent(understander: PipelineUnderstander) -> None:
    found = understander.neighbours("hay un bache en mi calle", "graffiti")
    assert {intent for _, intent, _ in found} == {"graffiti"}
    assert [cosine for *_, cosine in found] == sorted((each[2] for each in found), reverse=True)


def test_a_kernel_comes_back_from_disk_as_it_was(tmp_path: Path) -> None:
    rows = stored(np.eye(3, dtype=np.float32))
    weights = np.arange(6, dtype=np.float32).reshape(3, 2)
    owners = np.array([0, 1, 1], dtype=np.intp)
    kernel = Kernel(np.eye(3, dtype=np.float32), rows, weights, ("a", "b"), owners, ("x", "y", "z"))
    kernel.to_disk(tmp_path)
    again = Kernel.from_disk(tmp_path)
    asked = np.array([[0.6, 0.8, 0.0]], dtype=np.float32)
    assert again.hear(asked).scores.tobytes() == kernel.hear(asked).scores.tobytes()
    assert (again.labels, again.phrases) == (kernel.labels, kernel.phrases)


def test_nearness_is_one_for_the_same_and_falls_with_distance() -> None:
    same, right_angle = nearness_weights(np.array([1.0, 0.0], dtype=np.float32))
    assert same == 1.0
    assert right_angle == pytest.approx(np.exp(-2 * GAMMA))
    assert mean_of_nearest(np.array([[0.1, 0.2, 0.3, 0.9]], dtype=np.float32)) == pytest.approx(
        (0.2 + 0.3 + 0.9) / 3
    )
