"""Students: both voices learnt from a part of the texts, heard on texts that they never saw."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from config.words import Language
from nlp import fitting
from nlp.features import Numbers, Places, picked
from nlp.kernel import Kernel, Meant
from nlp.learnt import FOLDS
from nlp.lessons import Lessons
from nlp.mix import Said
from nlp.vectors import Singles

INTENT_GROUPS = 3
"""Of the intents, one in three is held out whole, to learn what none of ours sounds like."""


@dataclass(frozen=True)
class Student:
    """What was learnt from some of the texts."""

    separators: fitting.Separators
    kernel: Kernel | None
    labels: int

    def hear(self, rows: Any, vectors: Singles | None) -> Said:  # noqa: ANN401  a sparse matrix
        """Say what both voices make of texts, given as rows of features and as vectors."""
        meant = self.kernel.hear(vectors) if self.kernel and vectors is not None else None
        return Said(self.separators.scores(rows, self.labels), meant)


@dataclass(frozen=True)
class Room:
    """The texts of the lesson, counted, and the labels' names."""

    texts: Lessons
    counted: fitting.Counted
    labels: Sequence[str]

    def teach(self, seen: Places) -> Student:
        """Teach a student the texts `seen`: the words from all, the meaning from clean phrases."""
        owners = self.texts.owners
        separators = self.counted.separators(seen, owners)
        if self.texts.vectors is None:
            return Student(separators, None, len(self.labels))
        clean = seen[~self.texts.misheard[seen]]
        phrases = picked(self.texts.phrases, clean)
        kernel = fitting.fit_kernel(self.texts.vectors[clean], owners[clean], self.labels, phrases)
        return Student(separators, kernel, len(self.labels))

    def ask(self, student: Student, asked: Places) -> Said:
        """Let a student hear some of the texts."""
        vectors = self.texts.vectors
        return student.hear(self.counted.rows[asked], None if vectors is None else vectors[asked])

    def held_out(self) -> tuple[Places, Said]:
        """Let each text be heard by a student that saw neither it nor its phrase.

        Gives the places of the texts, and what was said of them in that order.
        """
        texts, every = self.texts, list[tuple[Places, Said]]()
        for part in range(FOLDS):
            seen = texts.where(texts.inside & (texts.folds != part))
            held = texts.where(texts.folds == part)
            if len(held) and len(set(texts.owners[seen].tolist())) > 1:
                every.append((held, self.ask(self.teach(seen), held)))
        return np.concatenate([held for held, _ in every]), joined([said for _, said in every])

    def strangers(self) -> tuple[Said, list[Language]]:
        """Let texts of intents held out whole be heard by a student that knows only the others."""
        texts = self.texts
        group = texts.owners % INTENT_GROUPS == 0
        seen, strange = texts.where(texts.inside & ~group), texts.where(texts.inside & group)
        if len(set(texts.owners[seen].tolist())) < 2:  # noqa: PLR2004  a student needs a choice
            seen = texts.where(texts.inside)
        whose = picked(texts.languages, strange)
        return self.ask(self.teach(seen), strange), whose


def joined(parts: Sequence[Said]) -> Said:
    """Put what was said of several groups of texts one after the other."""
    ngrams: Numbers = np.concatenate([each.ngrams for each in parts])
    meant = [each.meant for each in parts if each.meant is not None]
    if len(meant) < len(parts):
        return Said(ngrams, None)
    scores = np.concatenate([each.scores for each in meant])
    return Said(ngrams, Meant(scores, np.concatenate([each.nearness for each in meant])))
