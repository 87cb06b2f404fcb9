"""Fits the models with scikit-learn and scipy. Nothing else imports it; only training does this.

Neither ships types: their unknowns stay in this file.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.linalg import cho_factor, cho_solve  # pyright: ignore[reportUnknownVariableType]  scipy ships no types
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from nlp.features import Block, Features, Numbers, Places, Shape, Unit, picked
from nlp.kernel import Kernel, nearness_weights, turned
from nlp.linear import Linear
from nlp.vectors import Singles, stored

INTENT_SHAPES = (Shape("words", 1, 2), Shape("letters", 2, 5), Shape("concepts", 1, 1))
LANGUAGE_SHAPES = (Shape("words", 1, 1), Shape("letters", 1, 4))
RIDGE = 0.1
KEPT_DIRECTIONS = 256
MOST_ROWS = 16_000
"""A kernel of more phrases takes more than a gigabyte and minutes: beyond, they are thinned."""


def vectorizer(shape: Shape) -> Any:  # noqa: ANN401  scikit-learn ships no types
    """Make scikit-learn's own counter of the same runs."""
    by_unit: dict[Unit, dict[str, Any]] = {
        "words": {"token_pattern": r"(?u)\b\w+\b", "ngram_range": (shape.low, shape.high)},
        "letters": {"analyzer": "char_wb", "ngram_range": (shape.low, shape.high)},
        "concepts": {"analyzer": shape.grams},
    }
    return TfidfVectorizer(lowercase=False, sublinear_tf=True, **by_unit[shape.unit])


@dataclass(frozen=True)
class Separators:
    """One linear separator for each label against the rest; `model` is scikit-learn's."""

    model: Any
    places: Places

    def scores(self, rows: Any, labels: int) -> Numbers:  # noqa: ANN401  a sparse matrix
        """Score (rows, labels); a label that it never saw gets -1, a plain no."""
        every = np.full((rows.shape[0], labels), -1.0)
        weights, bias = _weights(self.model)
        every[:, self.places] = rows @ weights + bias
        return every


@dataclass(frozen=True)
class Counted:
    """Plain texts as rows of features: runs are counted and weighed once, over all of them."""

    union: Any
    rows: Any

    def separators(self, seen: Places, owners: Places) -> Separators:
        """Fit on the rows `seen`; `owners` are the label numbers of all rows."""
        model: Any = LinearSVC(C=0.5, random_state=0, tol=0.05)
        model.fit(self.rows[seen], owners[seen])
        return Separators(model, model.classes_)

    def linear(self, separators: Separators, labels: Sequence[str]) -> Linear:
        """Make of it the model that a pipeline keeps."""
        return _linear(self.union, INTENT_SHAPES, separators.model, labels)

    def others(self, texts: Sequence[str]) -> Any:  # noqa: ANN401  a sparse matrix
        """Give other plain texts as rows of the same features."""
        return self.union.transform(texts).tocsr()


def counted(texts: Sequence[str]) -> Counted:
    """Count plain texts."""
    return Counted(*_counted(INTENT_SHAPES, texts))


def fit_kernel(
    vectors: Singles, owners: Places, labels: Sequence[str], phrases: Sequence[str]
) -> Kernel:
    """Fit by ridge regression in the kernel's space, towards 1 for the right label."""
    if len(vectors) > MOST_ROWS:
        kept = np.unique(np.linspace(0, len(vectors) - 1, MOST_ROWS).astype(np.intp))
        vectors, owners = vectors[kept], owners[kept]
        phrases = picked(phrases, kept)
    basis = _basis(vectors)
    rows = stored(turned(vectors, basis))
    wanted = np.full((len(rows), len(labels)), -1.0 / len(labels), dtype=np.float32)
    wanted[np.arange(len(rows)), owners] = 1.0
    space = nearness_weights(rows @ rows.T)
    space[np.diag_indices_from(space)] += np.float32(RIDGE)
    return Kernel(basis, rows, _solved(space, wanted), tuple(labels), owners, tuple(phrases))


def _solved(space: Singles, wanted: Singles) -> Singles:
    factor: Any = cho_factor(space, lower=True, overwrite_a=True, check_finite=False)  # pyright: ignore[reportUnknownVariableType]  as above
    return np.asarray(cho_solve(factor, wanted, check_finite=False), dtype=np.float32)


def _basis(vectors: Singles) -> Singles:
    """Find the directions in which these vectors differ most."""
    _, directions = np.linalg.eigh((vectors.T @ vectors).astype(np.float64))
    kept = directions[:, ::-1][:, :KEPT_DIRECTIONS]
    signs = np.sign(kept[np.abs(kept).argmax(axis=0), np.arange(kept.shape[1])])
    return np.ascontiguousarray(kept * signs, dtype=np.float32)


def fit_language(texts: Sequence[str], labels: Sequence[str]) -> Linear:
    """Fit "en" against "es": the scores' difference is the log odds of Spanish, 0 when blank."""
    union, rows = _counted(LANGUAGE_SHAPES, texts)
    model = LogisticRegression(C=50.0, fit_intercept=False, class_weight="balanced", max_iter=300)
    model.fit(rows, labels)  # pyright: ignore[reportUnknownMemberType]  scikit-learn ships no types
    return _linear(union, LANGUAGE_SHAPES, model, list(map(str, model.classes_)))


def fit_scope(inside: Numbers, outside: Numbers) -> tuple[tuple[float, ...], float]:
    """Fit evidence of both kinds, counted alike; gives weights and bias for the plain evidence."""
    rows = np.vstack([inside, outside])
    scaler: Any = StandardScaler()
    scaler.fit(rows)
    model: Any = LogisticRegression(C=1.0, class_weight="balanced", max_iter=500)
    model.fit(scaler.transform(rows), np.repeat([1, 0], [len(inside), len(outside)]))
    weights: Numbers = model.coef_[0] / scaler.scale_
    bias = float(model.intercept_[0] - weights @ scaler.mean_)
    return tuple(weights.tolist()), bias


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


def _linear(union: Any, shapes: Sequence[Shape], model: Any, labels: Sequence[str]) -> Linear:  # noqa: ANN401  as above
    blocks = [
        Block(shape, {run: int(place) for run, place in fitted.vocabulary_.items()}, fitted.idf_)
        for shape, (_, fitted) in zip(shapes, union.transformer_list, strict=True)
    ]
    weights, bias = _weights(model)
    return Linear.of(Features(tuple(blocks)), tuple(labels), weights, bias)
