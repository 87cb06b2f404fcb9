"""Two plain ways to tell intents apart, for comparison. Neither library ships types."""

import random
from collections.abc import Callable, Sequence
from typing import Any

import spacy
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import FeatureUnion
from sklearn.svm import LinearSVC
from spacy.training import Example
from thinc.api import fix_random_seed

EPOCHS = 5
BATCH = 64

Answer = Callable[[str], str]


def linear(texts: Sequence[str], intents: Sequence[str]) -> Answer:
    """TF-IDF of words 1-2 and letters 2-5 inside words, one linear separator an intent."""
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
    counts: Any = FeatureUnion([("words", words), ("letters", letters)])
    model: Any = LinearSVC(random_state=0)
    model.fit(counts.fit_transform(texts), intents)
    return lambda said: str(model.predict(counts.transform([said]))[0])


def textcat(texts: Sequence[str], intents: Sequence[str]) -> Answer:
    """Make spaCy's `textcat` with its default settings, for a few epochs."""
    fix_random_seed(0)
    pipeline: Any = spacy.blank("xx")
    pipeline.add_pipe("textcat")
    labels = sorted(set(intents))
    examples = [
        Example.from_dict(pipeline.make_doc(text), {"cats": {name: name == own for name in labels}})
        for text, own in zip(texts, intents, strict=True)
    ]
    optimizer = pipeline.initialize(lambda: examples)
    draw = random.Random(0)
    for _ in range(EPOCHS):
        draw.shuffle(examples)
        for start in range(0, len(examples), BATCH):
            pipeline.update(examples[start : start + BATCH], sgd=optimizer)

    def answer(words: str) -> str:
        cats = pipeline(words).cats
        return max(cats, key=cats.__getitem__)

    return answer
