"""Two voices, weighed by how often each is right."""

import numpy as np
import pytest

from nlp.features import Numbers, Places
from nlp.kernel import Meant
from nlp.linear import softmax
from nlp.mix import Mix, Said, learn

ROWS, LABELS = 600, 5


def _voice(truth: Places, strength: float, seed: int) -> Numbers:
    scores = np.random.default_rng(seed).normal(size=(len(truth), LABELS))
    scores[np.arange(len(truth)), truth] += strength
    return scores


@pytest.fixture
def truth() -> Places:
    return np.random.default_rng(0).integers(0, LABELS, ROWS, dtype=np.intp)


def _said(words: Numbers, meaning: Numbers) -> Said:
    return Said(words, Meant(meaning, np.zeros(len(words))))


def test_the_voice_that_knows_more_counts_more(truth: Places) -> None:
    said = _said(_voice(truth, 0.3, 1), _voice(truth, 2.5, 2))
    mix = learn(said, truth)
    assert mix.vectors > 2 * mix.ngrams > 0


def test_the_mix_is_likelier_than_either_voice_alone(truth: Places) -> None:
    words, meaning = _voice(truth, 1.5, 1), _voice(truth, 1.5, 2)
    said = _said(words, meaning)

    def likelihood(mix: Mix) -> float:
        chances = softmax(mix.mixed(said))
        return float(np.log(chances[np.arange(ROWS), truth]).mean())

    best = likelihood(learn(said, truth))
    assert best > likelihood(Mix(1.5, 0.0))
    assert best > likelihood(Mix(0.0, 1.5))
    assert best >= likelihood(Mix(1.0, 1.0))


def test_a_voice_of_noise_gets_hardly_any_weight(truth: Places) -> None:
    noise = np.random.default_rng(9).normal(size=(ROWS, LABELS))
    mix = learn(_said(_voice(truth, 2.0, 1), noise), truth)
    assert mix.vectors < 0.15 * mix.ngrams


def test_without_vectors_the_words_decide(truth: Places) -> None:
    said = Said(_voice(truth, 2.0, 1), None)
    mix = learn(said, truth)
    assert (said.way, mix.vectors) == ("alone", 0.0)
    assert mix.mixed(said).argmax(axis=1).tolist() == said.ngrams.argmax(axis=1).tolist()


def test_voices_that_are_always_right_do_not_run_away(truth: Places) -> None:
    certain = np.eye(LABELS)[truth] * 10
    mix = learn(_said(certain, certain), truth)
    assert np.isfinite([mix.ngrams, mix.vectors]).all()
