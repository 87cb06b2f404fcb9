"""Learns the models from the city's phrases, and says on held-out phrases how good they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from zlib import crc32

import numpy as np

from config.words import LANGUAGES, Language
from nlp import fitting
from nlp.answers import TrainingEmergency, TrainingIntent
from nlp.calibration import Calibrations, calibrate
from nlp.emergencies import Emergencies
from nlp.emergency_rules import rules_of
from nlp.figures import ranking_figures
from nlp.language import LanguageModel
from nlp.learnt import FOLDS, Figures, Learnt
from nlp.noise import noised
from nlp.normalise import fold, plain_text, spoken_words
from nlp.tables import table

LONGEST_PIECE = 3


@dataclass(frozen=True)
class Example:
    """One phrase of one intent, and its other ways of arriving."""

    intent: str
    language: Language
    phrase: str

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The phrase and its noised forms, plain."""
        every = (self.phrase, *noised(self.phrase, self.language))
        return tuple(plain_text(text) for text in every)

    @property
    def fold(self) -> int:
        """Which of the folds holds it out; settled by its words, so that it never moves."""
        return crc32(plain_text(self.phrase).encode()) % FOLDS


def learn(intents: Sequence[TrainingIntent], emergencies: Sequence[TrainingEmergency]) -> Learnt:
    """Train on every phrase. ValueError unless there are two intents with phrases."""
    examples = _examples(intents)
    if len({example.intent for example in examples}) < 2:  # noqa: PLR2004  one label is no choice
        raise ValueError("training needs phrases of at least two intents")
    fitted = _fit(examples)
    calibrations, figures = _judged(examples, fitted)
    language = LanguageModel(fitting.fit_language(*_language_examples(examples)))
    rules = Emergencies(rules_of(emergencies))
    return Learnt(fitted.linear, calibrations, language, rules, figures)


def _examples(intents: Sequence[TrainingIntent]) -> list[Example]:
    return [
        Example(intent.id, language, phrase)
        for intent in sorted(intents, key=lambda each: each.id)
        for language in LANGUAGES
        for phrase in (intent.phrases_en if language == "en" else intent.phrases_es)
    ]


def _fit(examples: Sequence[Example]) -> fitting.Fitted:
    """Fit on every text; a phrase and its noised forms are held out together."""
    rows = [(text, each.intent, each.fold) for each in examples for text in each.texts]
    texts, intents, folds = zip(*rows, strict=True)
    return fitting.fit_intents(texts, intents, folds)


def _judged(examples: Sequence[Example], fitted: fitting.Fitted) -> tuple[Calibrations, Figures]:
    """Calibrate and measure each language on its held-out texts; without any, on the other's."""
    labels = fitted.linear.labels
    texts = [(each.language, labels.index(each.intent)) for each in examples for _ in each.texts]
    languages = np.array([language for language, _ in texts])
    every = np.array([place for _, place in texts], dtype=np.float64)
    calibrations: Calibrations = {}
    figures: Figures = {}
    for language in LANGUAGES:
        rows = languages == language
        rows = rows if rows.any() else ~rows
        scores, truth = fitted.held_out[rows], every[rows]
        calibrations[language] = calibrate(scores, truth)
        figures[language] = ranking_figures(calibrations[language].probabilities(scores), truth)
    return calibrations, figures


def _language_examples(examples: Sequence[Example]) -> tuple[list[str], list[str]]:
    """Whole phrases, pieces of one to three words, and common words, with and without accents."""
    texts: list[tuple[str, Language]] = []
    for example in examples:
        words = spoken_words(example.phrase)
        texts.extend((piece, example.language) for piece in (" ".join(words), *_pieces(words)))
    for language in LANGUAGES:
        texts.extend((word, language) for word in table("language_words")[language])
    unique = sorted({(form, language) for text, language in texts for form in (text, fold(text))})
    return [text for text, _ in unique], [language for _, language in unique]


def _pieces(words: Sequence[str]) -> list[str]:
    return [
        " ".join(words[start : start + size])
        for size in range(1, LONGEST_PIECE + 1)
        for start in range(len(words) - size + 1)
    ]
