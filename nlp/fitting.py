"""Fits the linear models with scikit-learn. Nothing else imports it; only training does this.

scikit-learn ships no types: its unknowns stay in this file.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion
from sklearn.svm import LinearSVC

from nlp.features import Block, Features, Numbers, Shape, Unit
from nlp.linear import Linear

INTENT_SHAPES = (Shape("words", 1, 2), Shape("letters", 2, 5), Shape("concepts", 1, 1))
LANGUAGE_SHAPES = (Shape("words", 1, 1), Shape("letters", 1, 4))


def vectorizer(shape: Shape) -> Any:  # noqa: ANN401  scikit-learn ships no types
    """Make scikit-learn's own counter of the same runs."""
    by_unit: dict[Unit, dict[str, Any]] = {
        "words": {"token_pattern": r"(?u)\b\w+\b", "ngram_range": (shape.low, shape.high)},
        "letters": {"analyzer": "char_wb", "ngram_range": (shape.low, shape.high)},
        "concepts": {"analyzer": shape.grams},
    }
    return TfidfVectorizer(lowercase=False, sublinear_tf=True, **by_unit[shape.unit])


@dataclass(frozen=True)
class Fitted:
    """A model over all texts and, row by row, the scores of those who never saw that text."""

    linear: Linear
    held_out: Numbers


def fit_intents(texts: Sequence[str], labels: Sequence[str], folds: Sequence[int]) -> Fitted:
    """Fit one linear separator for each label against the rest, over plain texts.

    `folds` says for each text which part it belongs to. Runs are counted and weighed once, over all
    texts; a label without a text outside the held-out part scores -1 there, a plain no.
    """
    union, rows = _counted(INTENT_SHAPES, texts)
    names, parts = np.array(labels), np.array(folds)
    linear = _linear(union, INTENT_SHAPES, _separators().fit(rows, names))
    held_out = np.full((len(texts), len(linear.labels)), -1.0)
    for part in np.unique(parts):
        held, seen = np.flatnonzero(parts == part), np.flatnonzero(parts != part)
        if len(np.unique(names[seen])) > 1:
            model = _separators().fit(rows[seen], names[seen])
            places = np.array([linear.labels.index(name) for name in model.classes_])
            held_out[np.ix_(held, places)] = _scores(model, rows[held])
    return Fitted(linear, held_out)


def fit_language(texts: Sequence[str], labels: Sequence[str]) -> Linear:
    """Fit "en" against "es": the scores' difference is the log odds of Spanish, 0 when blank."""
    union, rows = _counted(LANGUAGE_SHAPES, texts)
    model = LogisticRegression(C=50.0, fit_intercept=False, class_weight="balanced", max_iter=300)
    model.fit(rows, labels)  # pyright: ignore[reportUnknownMemberType]  scikit-learn ships no types
    return _linear(union, LANGUAGE_SHAPES, model)


def _separators() -> Any:  # noqa: ANN401  scikit-learn ships no types
    return LinearSVC(C=0.5, random_state=0, tol=1e-2)


def _counted(shapes: Sequence[Shape], texts: Sequence[str]) -> tuple[Any, Any]:
    union: Any = FeatureUnion([(shape.unit, vectorizer(shape)) for shape in shapes])
    return union, union.fit_transform(texts).tocsr()


def _weights(model: Any) -> tuple[Numbers, Numbers]:  # noqa: ANN401  scikit-learn ships no types
    """Return weights (features, labels) and bias; a two-label model keeps one row of them."""
    rows: Numbers = model.coef_
    bias: Numbers = np.broadcast_to(model.intercept_, (len(rows),)).astype(np.float64)
    if len(rows) == 1:
        rows, bias = np.vstack([-rows, rows]) / 2, np.concatenate([-bias, bias]) / 2
    return rows.T, bias


def _scores(model: Any, rows: Any) -> Numbers:  # noqa: ANN401  scikit-learn ships no types
    weights, bias = _weights(model)
    return rows @ weights + bias


def _linear(union: Any, shapes: Sequence[Shape], model: Any) -> Linear:  # noqa: ANN401  as above
    blocks = [
        Block(shape, {run: int(place) for run, place in fitted.vocabulary_.items()}, fitted.idf_)
        for shape, (_, fitted) in zip(shapes, union.transformer_list, strict=True)
    ]
    weights, bias = _weights(model)
    labels = tuple(map(str, model.classes_))
    return Linear(Features(tuple(blocks)), labels, weights.astype(np.float32, order="C"), bias)
