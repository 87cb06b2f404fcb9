"""Trains the learned voice for emergencies. scikit-learn, which ships no types, stays in here.

Every phrase of config/emergencies.yaml counts, the sentences after `~` as well, each also with a
word lost; what the look-alikes and the city's ordinary phrases say counts against. The limits are
chosen out of fold: as low as stated shares of false alarms among held-out look-alikes (many are
mere fragments, harder than what callers say) and ordinary phrases allow. A third limit says where
the voice speaks so much against a rule that the caller is asked.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from zlib import crc32

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import FeatureUnion
from sklearn.svm import LinearSVC

from nlp.answers import TrainingEmergency, TrainingIntent
from nlp.emergencies import Emergencies
from nlp.emergencies.rules import SENTENCE, plain_phrases, rules_of
from nlp.emergencies.voice import BLOCKS, Counts, Limits, Voice, meanings
from nlp.features import Flags, Numbers
from nlp.normalise import heard_text, plain_words
from nlp.vectors import Singles, Vectors

_counter: Any = TfidfVectorizer
_separator: Any = LinearSVC
NONE = ""
FOLDS = 4
RIDGE = 1.0
FEWEST_TO_LOSE = 4
FEWEST_TO_LEARN = 50
"""With fewer sentences there is no voice, and the rules stand alone (as in small tests)."""


@dataclass(frozen=True)
class Budget:
    """Shares of held-out look-alikes and ordinary phrases that may be taken for an emergency."""

    look_alike: float
    ordinary: float


SURE = Budget(look_alike=0.08, ordinary=0.003)
ASKED = Budget(look_alike=0.4, ordinary=0.03)
"""A question costs a caller one key; a miss may cost a life."""
DOUBTED = 0.01
"""Share of the held-out dangers named by a rule about which the caller is asked all the same."""


@dataclass(frozen=True)
class Sentence:
    """One sentence of training: an emergency's id, or NONE; `source` is the phrase it came from."""

    emergency: str
    words: tuple[str, ...]
    said: str
    source: str
    look_alike: bool = False
    whole: bool = True

    @property
    def fold(self) -> int:
        """Which fold holds it out, settled by its phrase, so that ways of one stay together."""
        return crc32(self.source.encode()) % FOLDS


def learn_emergencies(
    emergencies: Sequence[TrainingEmergency],
    intents: Sequence[TrainingIntent],
    vectors: Vectors | None = None,
) -> Emergencies:
    """Make the rules and train the voice; the same phrases always give the same voice."""
    rules = rules_of(emergencies)
    whole = [*_dangers(emergencies), *_ordinary(intents)]
    sentences = [*whole, *_with_a_word_lost(whole)]
    labels = {sentence.emergency for sentence in sentences}
    if len(sentences) < FEWEST_TO_LEARN or NONE not in labels or len(labels) < 3:  # noqa: PLR2004  two emergencies and none
        return Emergencies(rules)
    alone = Emergencies(rules)
    named = np.array([_is_named(sentence, alone) for sentence in sentences])
    return Emergencies(rules, _fit(sentences, vectors, named))


def _is_named(sentence: Sentence, rules: Emergencies) -> bool:
    """Tell a caller's whole sentence about a danger in which a rule hears one."""
    told = bool(sentence.emergency) and sentence.whole and sentence.source.startswith(SENTENCE)
    return told and rules.find(sentence.said) is not None


def _dangers(emergencies: Sequence[TrainingEmergency]) -> Iterator[Sentence]:
    for each in emergencies:
        yield from _said((*each.phrases_en, *each.phrases_es), each.id)
        yield from _said((*each.not_en, *each.not_es), NONE)


def _said(phrases: Sequence[str], emergency: str) -> Iterator[Sentence]:
    alike = emergency == NONE
    ways = ((way, phrase) for phrase in phrases for way in plain_phrases(phrase))
    return (Sentence(emergency, plain_words(way), way, phrase, alike) for way, phrase in ways)


def _ordinary(intents: Sequence[TrainingIntent]) -> Iterator[Sentence]:
    for intent in sorted(intents, key=lambda each: each.id):
        for phrase in (*intent.phrases_en, *intent.phrases_es):
            yield Sentence(NONE, plain_words(phrase), phrase, phrase)


def _with_a_word_lost(sentences: Sequence[Sentence]) -> Iterator[Sentence]:
    """Yield the dangers and look-alikes once more without one word, settled by the words."""
    for each in sentences:
        if len(each.words) >= FEWEST_TO_LOSE and (each.emergency or each.look_alike):
            lost = crc32(" ".join(each.words).encode()) % len(each.words)
            left = (*each.words[:lost], *each.words[lost + 1 :])
            yield replace(each, words=left, said=" ".join(left), whole=False)


def _fit(sentences: Sequence[Sentence], vectors: Vectors | None, named: Flags) -> Voice:
    blocks: list[tuple[str, Any]] = [
        (grams.__name__, _counter(analyzer=grams, sublinear_tf=True)) for grams in BLOCKS
    ]
    counter: Any = FeatureUnion(blocks)
    rows: Any = counter.fit_transform([sentence.words for sentence in sentences]).tocsr()
    whole = np.array([each.whole for each in sentences])
    labels = np.array([each.emergency for each in sentences])
    lesson = Lesson(rows, _meant(sentences, whole, vectors), labels, whole)
    learnt = _separate(lesson)
    parts = [fitted for _, fitted in counter.transformer_list]
    ends = np.cumsum([len(part.vocabulary_) for part in parts])[:-1]
    alone, together = _held_out(sentences, lesson)
    return Voice(
        learnt.names,
        tuple(_counts(part) for part in parts),
        tuple(block.astype(np.float32) for block in np.split(learnt.weights, ends)),
        learnt.bias,
        learnt.meaning,
        _limits(sentences, alone, named),
        _limits(sentences, together, named),
    )


@dataclass(frozen=True)
class Lesson:
    """What is learnt from: counted grams, vectors where there are any, and what each row is.

    Vectors speak for whole sentences only: those that lost a word cost time and taught nothing.
    """

    rows: Any
    vectors: Singles | None
    labels: Any
    whole: Flags

    def only(self, kept: Flags) -> "Lesson":
        """Return a part of it."""
        vectors = None if self.vectors is None else self.vectors[kept]
        return Lesson(self.rows[kept], vectors, self.labels[kept], self.whole[kept])


@dataclass(frozen=True)
class Learnt:
    """Weights and bias of each emergency against none, for grams and for vectors."""

    names: tuple[str, ...]
    weights: Any
    bias: Any
    meaning: Singles | None


def _meant(sentences: Sequence[Sentence], whole: Flags, vectors: Vectors | None) -> Singles | None:
    if vectors is None:
        return None
    encoded = vectors.encode([heard_text(each.said) for each in sentences if each.whole])
    meant = np.zeros((len(sentences), encoded.shape[1]), dtype=np.float32)
    meant[whole] = encoded
    return meant


def _separate(lesson: Lesson) -> Learnt:
    model = _separator(C=0.5, random_state=0, tol=1e-2).fit(lesson.rows, lesson.labels)
    names = [str(name) for name in model.classes_]
    none = names.index(NONE)
    weights = np.delete(model.coef_ - model.coef_[none], none, axis=0).T
    bias = np.delete(model.intercept_ - model.intercept_[none], none)
    meaning = None if lesson.vectors is None else _meaning(lesson.vectors, lesson, names)
    return Learnt(tuple(name for name in names if name != NONE), weights, bias, meaning)


def _meaning(vectors: Singles, lesson: Lesson, names: Sequence[str]) -> Singles:
    """Fit vectors by ridge regression towards 1 for what they mean, -1 for the rest."""
    given, labels = vectors[lesson.whole], lesson.labels[lesson.whole]
    given = np.hstack([given, np.ones((len(given), 1), dtype=np.float32)])
    wanted = np.stack([np.where(labels == name, 1.0, -1.0) for name in names], axis=1)
    space = (given.T @ given).astype(np.float64) + RIDGE * np.eye(given.shape[1])
    weights = np.linalg.solve(space, given.T @ wanted)
    none = names.index(NONE)
    return np.delete(weights - weights[:, [none]], none, axis=1).astype(np.float32)


def _held_out(sentences: Sequence[Sentence], lesson: Lesson) -> tuple[Numbers, Numbers]:
    """Score each sentence by models that had not seen its phrase: by grams alone, and with both."""
    folds = np.array([sentence.fold for sentence in sentences])
    alone, together = np.zeros(len(sentences)), np.zeros(len(sentences))
    for fold in range(FOLDS):
        held: Flags = folds == fold
        learnt, asked = _separate(lesson.only(~held)), lesson.only(held)
        scores = asked.rows @ learnt.weights + learnt.bias
        alone[held] = scores.max(axis=1)
        if learnt.meaning is not None and asked.vectors is not None:
            scores = scores + meanings(asked.vectors, learnt.meaning)
        together[held] = scores.max(axis=1)
    return alone, together


def _limits(sentences: Sequence[Sentence], scores: Numbers, named: Flags) -> Limits:
    """Choose the limits: as low as the budgets of false questions and false alarms allow."""
    alike = np.array([sentence.look_alike and sentence.whole for sentence in sentences])
    ordinary = np.array([not (each.emergency or each.look_alike) for each in sentences])

    def limit(budget: Budget) -> float:
        shares = ((alike, budget.look_alike), (ordinary, budget.ordinary))
        return max(
            float(np.quantile(scores[kind], 1 - most)) for kind, most in shares if kind.any()
        )

    doubted = float(np.quantile(scores[named], DOUBTED)) if named.any() else -math.inf
    return Limits(limit(ASKED), limit(SURE), doubted)


def _counts(part: Any) -> Counts:  # noqa: ANN401  scikit-learn ships no types
    grams = sorted(part.vocabulary_, key=part.vocabulary_.__getitem__)
    return Counts({gram: place for place, gram in enumerate(grams)}, part.idf_)
