"""What is learnt from, laid out side by side: texts, their labels, languages, folds and vectors."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np

from config.words import LANGUAGES, Language
from nlp.answers import TrainingIntent
from nlp.features import Flags, Places, picked
from nlp.language import LanguageModel
from nlp.learnt import FOLDS
from nlp.noise import misheard
from nlp.normalise import clean, heard_text, plain_text
from nlp.vectors import Singles, Vectors, stored

NONE_OF_OURS = -1
OUT_OF_SCOPE = "oos"
MOST_MISHEARD = 3_000
"""So many phrases show well enough how noise sounds; more would only take longer."""


@dataclass(frozen=True)
class Row:
    """A sentence with its intent ("oos": none of them) and language; None where nobody said."""

    intent: str
    language: Language | None
    words: str


def rows_of(intents: Iterable[TrainingIntent]) -> list[Row]:
    """Lay out the intents' phrases, in an order that does not depend on the intents' own."""
    return [
        Row(intent.id, language, phrase)
        for intent in sorted(intents, key=lambda each: each.id)
        for language in LANGUAGES
        for phrase in (intent.phrases_en if language == "en" else intent.phrases_es)
    ]


def with_languages(rows: Sequence[Row], model: LanguageModel) -> list[Row]:
    """Name the language of those rows where nobody said."""
    return [
        each if each.language else Row(each.intent, model.detect(each.words)[0], each.words)
        for each in rows
    ]


@dataclass(frozen=True)
class Lessons:
    """Every text of some rows: each phrase, then each as it may be misheard.

    `owners` holds the number of the label, -1 for none of ours; `folds` which part holds a text
    out (a phrase and its misheard form together); `vectors` is None where there are none.
    """

    phrases: list[str]
    plain: list[str]
    owners: Places
    languages: list[Language]
    folds: Places
    misheard: Flags
    vectors: Singles | None

    def where(self, kept: Flags) -> Places:
        """Return the places of the texts for which this holds."""
        return np.flatnonzero(kept).astype(np.intp)

    @property
    def inside(self) -> Flags:
        """Which texts belong to an intent."""
        return self.owners != NONE_OF_OURS


def lessons(rows: Sequence[Row], labels: Sequence[str], vectors: Vectors | None) -> Lessons:
    """Lay out `rows`, whose languages are known; a label that is not listed is none of ours."""
    numbers = {label: number for number, label in enumerate(labels)}
    spoken: list[tuple[str, Language]] = [(clean(row.words), row.language or "en") for row in rows]
    again = np.unique(np.linspace(0, len(rows) - 1, min(len(rows), MOST_MISHEARD)).astype(np.intp))
    texts = [words for words, _ in spoken] + [misheard(*each) for each in picked(spoken, again)]
    source = np.concatenate([np.arange(len(rows)), again]).astype(np.intp)
    owners = np.array([numbers.get(row.intent, NONE_OF_OURS) for row in rows], dtype=np.intp)
    folds = np.array([crc32(plain_text(words).encode()) % FOLDS for words, _ in spoken], np.intp)
    heard = [heard_text(text) for text in texts]
    return Lessons(
        phrases=texts,
        plain=[plain_text(text) for text in texts],
        owners=owners[source],
        languages=[language for _, language in picked(spoken, source)],
        folds=folds[source],
        misheard=np.arange(len(texts)) >= len(rows),
        vectors=None if vectors is None else stored(vectors.encode(heard)),
    )
