"""Our few lines of TF-IDF are scikit-learn's."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.intents import Intent
from nlp import fitting
from nlp.concepts import concepts
from nlp.features import Block, Shape
from nlp.normalise import plain_text

SHAPES = (*fitting.INTENT_SHAPES, *fitting.LANGUAGE_SHAPES)
SENTENCES = ("a", "my street light is out", "se fue la luz en mi casa", "no no no", "", "0 911 zz")


def _ours_and_theirs(shape: Shape, learnt: list[str], text: str) -> tuple[Any, Any]:
    theirs = fitting.vectorizer(shape).fit(learnt)
    known = {run: int(place) for run, place in theirs.vocabulary_.items()}
    places, values = Block(shape, known, theirs.idf_).row(text)
    row = np.zeros(len(known))
    row[places] = values
    return row, theirs.transform([text]).toarray()[0]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_a_row_is_what_scikit_learn_makes_of_the_same_text(
    shape: Shape, dozen: list[Intent]
) -> None:
    learnt = [plain_text(phrase) for intent in dozen for phrase in intent.phrases_es]
    for text in (*SENTENCES, *learnt[::20]):
        ours, theirs = _ours_and_theirs(shape, learnt, text)
        np.testing.assert_allclose(ours, theirs, atol=1e-6)


@settings(deadline=None, max_examples=60)  # two fits of scikit-learn each
@given(st.text(alphabet="abñ 0", max_size=30))
def test_any_short_text_gives_the_same_row_too(text: str) -> None:
    plain = plain_text(text)
    for shape in fitting.INTENT_SHAPES[:2]:
        ours, theirs = _ours_and_theirs(shape, ["ab ba a", "ñ abba 0 0", plain], plain)
        np.testing.assert_allclose(ours, theirs, atol=1e-6)


def test_the_same_thing_said_in_either_language_is_one_concept() -> None:
    english = set(concepts().found(["lamp", "post"]))
    assert english & set(concepts().found(["farol"]))


def test_a_beginning_stands_for_all_its_endings() -> None:
    assert "graffiti" in set(concepts().found(["grafitearon"]))
