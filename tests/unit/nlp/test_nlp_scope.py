"""Saying "I don't know" at a stated rate."""

import numpy as np
import pytest

from config.intents import Intent
from nlp.fitting import fit_scope
from nlp.kernel import Meant
from nlp.lessons import Row, rows_of
from nlp.mix import Said
from nlp.model import PipelineUnderstander
from nlp.scope import FALSE_REJECT_BUDGET, Scope, evidence, threshold
from nlp.training import learn_rows

STRANGE = (
    "what is the capital of australia", "play some jazz music", "how do i boil an egg",
    "quién ganó el partido de anoche", "cuéntame un chiste", "tell me the score of the game",
)  # fmt: skip


def test_the_threshold_loses_the_budgeted_share_and_no_more() -> None:
    inside = np.random.default_rng(0).uniform(size=1000)
    lost = float((inside < threshold(inside)).mean())
    assert lost == pytest.approx(FALSE_REJECT_BUDGET, abs=0.002)


def test_evidence_without_vectors_has_three_kinds_and_with_them_five() -> None:
    chances = np.array([[0.7, 0.2, 0.1]])
    words = Said(np.array([[1.0, -1.0, -1.0]]), None)
    both = Said(words.ngrams, Meant(words.ngrams, np.array([0.8])))
    assert evidence(chances, words)[0] == pytest.approx([np.log(0.7), 0.5, 1.0])
    assert evidence(chances, both).shape == (1, 5)


def test_a_learnt_scope_tells_two_heaps_apart() -> None:
    draw = np.random.default_rng(1)
    inside, outside = draw.normal(2.0, 1.0, (300, 3)), draw.normal(-2.0, 1.0, (60, 3))
    scope = Scope(*fit_scope(inside, outside), {})
    assert scope.probabilities(inside).mean() > 0.95
    assert scope.probabilities(outside).mean() < 0.05


@pytest.mark.parametrize("strange", STRANGE)
def test_a_sentence_of_another_world_is_less_in_scope_than_a_phrase_of_ours(
    understander: PipelineUnderstander, strange: str
) -> None:
    ours = understander.understand("there is a pothole on my street")
    theirs = understander.understand(strange)
    assert ours.known
    assert theirs.in_scope < 0.5 < ours.in_scope


def test_nothing_said_is_not_known(understander: PipelineUnderstander) -> None:
    answer = understander.understand("...")
    assert (answer.in_scope, answer.known) == (0.0, False)


def test_rows_out_of_scope_are_learnt_from_and_are_no_intent(dozen: list[Intent]) -> None:
    rows = [*rows_of(dozen[:3]), *(Row("oos", None, words) for words in STRANGE)]
    learnt = learn_rows(rows)
    assert learnt.linear.labels == tuple(sorted(each.id for each in dozen[:3]))


def test_judges_set_the_threshold_of_a_language_on_their_own_rows(dozen: list[Intent]) -> None:
    rows = rows_of(dozen[:3])
    strangers = [Row("oos", "en", words) for words in STRANGE]
    first = learn_rows(rows[::2], judges=[*rows[1::2], *strangers], vectors=None)
    second = learn_rows(rows[::2], vectors=None)
    assert first.linear.weights.tobytes() == second.linear.weights.tobytes()
    assert first.judgements["alone"].scope != second.judgements["alone"].scope
