"""Learns the models from phrases, and says on held-out phrases how good they are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from config.words import LANGUAGES, Language
from nlp import fitting, mix
from nlp.answers import TrainingEmergency, TrainingIntent
from nlp.calibration import Temperatures, temperature_of
from nlp.emergencies import Emergencies
from nlp.emergencies.rules import rules_of
from nlp.emergencies.training import learn_emergencies
from nlp.features import Flags, Places, picked
from nlp.figures import ranking_figures, scope_figures
from nlp.judgement import Judgement, Judgements
from nlp.language import LanguageModel
from nlp.learnt import Figures, Learnt
from nlp.lessons import OUT_OF_SCOPE, Lessons, Row, lessons, rows_of, with_languages
from nlp.mix import Said, Way
from nlp.normalise import fold, spoken_words
from nlp.scope import FALSE_REJECT_BUDGET, Scope, evidence, threshold
from nlp.tables import table
from nlp.teaching import Room, Student, joined
from nlp.vectors import Remembering, Vectors, packaged, packaged_name

LONGEST_PIECE = 3
MOST_TEXTS = 50_000
FEWEST_OF_A_LANGUAGE = 60
"""With fewer held-out texts than this, a language is calibrated on all of them."""

Tell = Callable[[str], None]


def silent(_news: str) -> None:
    """Tell nobody how the training goes."""


def learn(intents: Sequence[TrainingIntent], emergencies: Sequence[TrainingEmergency]) -> Learnt:
    """Train on every phrase. ValueError unless there are two intents with phrases."""
    found = packaged()
    vectors = found and Remembering(found.vectors, most=MOST_TEXTS)
    learnt = learn_rows(rows_of(intents), emergencies, vectors=vectors)
    return replace(learnt, emergencies=learn_emergencies(emergencies, intents, vectors))


def learn_rows(
    rows: Sequence[Row],
    emergencies: Sequence[TrainingEmergency] = (),
    judges: Sequence[Row] = (),
    vectors: Vectors | Callable[[], Vectors | None] | None = packaged,
    tell: Tell = silent,
) -> Learnt:
    """Train on `rows`; those of "oos" teach what is out of scope.

    With `judges`, rows that are not learnt from, mix, temperature and threshold are chosen on those
    (instead of on held-out parts of `rows`). ValueError unless there are two intents.
    """
    labels = sorted({row.intent for row in rows} - {OUT_OF_SCOPE})
    if len(labels) < 2:  # noqa: PLR2004  one label is no choice
        raise ValueError("training needs phrases of at least two intents")
    encoder = vectors() if callable(vectors) else vectors
    language = LanguageModel(fitting.fit_language(*_language_examples(rows)))
    tell(f"{len(rows)} rows, {len(labels)} intents: counting, encoding")
    texts = lessons(with_languages(rows, language), labels, encoder)
    room = Room(texts, fitting.counted(texts.plain), labels)
    tell("fitting on all of them")
    best = room.teach(texts.where(texts.inside))
    tell("asking those who have not seen the answer")
    heard = (
        _by_judges(room, best, lessons(with_languages(judges, language), labels, encoder))
        if judges
        else _by_folds(room)
    )
    judgements = _judgements(heard)
    return Learnt(
        linear=room.counted.linear(best.separators, labels),
        kernel=best.kernel,
        judgements=judgements,
        language=language,
        emergencies=Emergencies(rules_of(emergencies)),
        figures=_figures(heard, judgements),
        vectors=packaged_name() if best.kernel else "",
    )


@dataclass(frozen=True)
class Heard:
    """What was said of texts in scope, with truth and language, and of those out of scope.

    `clean` are the texts in scope that are as they were written, not as misheard.
    """

    inside: Said
    truth: Places
    languages: list[Language]
    clean: Flags
    outside: Said
    outside_languages: list[Language]

    def alone(self) -> "Heard":
        """Return the same as if there were no vectors."""
        return Heard(
            self.inside.without_vectors(),
            self.truth,
            self.languages,
            self.clean,
            self.outside.without_vectors(),
            self.outside_languages,
        )


def _by_folds(room: Room) -> Heard:
    """Hear all by those who have not seen them; out of scope are the rows that are said to be.

    Where there are none such, intents that are held out whole.
    """
    places, said = room.held_out()
    ours, texts = room.texts.inside[places], room.texts
    inside, strange = places[ours], places[~ours]
    outside, whose = said.rows(texts.where(~ours)), _languages(texts, strange)
    if not whose:
        outside, whose = room.strangers()
    answered = said.rows(texts.where(ours))
    whole = ~texts.misheard[inside]
    return Heard(answered, texts.owners[inside], _languages(texts, inside), whole, outside, whose)


def _by_judges(room: Room, best: Student, judges: Lessons) -> Heard:
    rows = room.counted.others(judges.plain)
    every = best.hear(rows, judges.vectors)
    inside, outside = judges.where(judges.inside), judges.where(~judges.inside)
    if not len(inside):
        raise ValueError("the rows to calibrate on hold no sentence in scope")
    said = every.rows(outside)
    whose: list[Language] = _languages(judges, outside)
    taught = room.texts.where(~room.texts.inside)
    if len(taught):
        said = joined([said, room.ask(best, taught)])
        whose += _languages(room.texts, taught)
    if not whose:
        said, whose = room.strangers()
    return Heard(
        every.rows(inside),
        judges.owners[inside],
        _languages(judges, inside),
        ~judges.misheard[inside],
        said,
        whose,
    )


def _languages(texts: Lessons, places: Places) -> list[Language]:
    return picked(texts.languages, places)


def _judgements(heard: Heard) -> Judgements:
    """Judge with what there is, and as if there were no vectors."""
    ways: dict[Way, Judgement] = {"alone": _judgement(heard.alone())}
    if heard.inside.way == "both":
        ways["both"] = _judgement(heard)
    return ways


def _judgement(heard: Heard) -> Judgement:
    learnt = mix.learn(heard.inside, heard.truth)
    mixed = learnt.mixed(heard.inside)
    temperatures: Temperatures = {
        language: temperature_of(mixed[here], heard.truth[here])
        for language, here in _by_language(heard.languages).items()
    }
    plain = Judgement(learnt, temperatures, Scope((), 0.0, {}))
    inside, outside = (
        evidence(plain.probabilities(said, languages), said)
        for said, languages in (
            (heard.inside, heard.languages),
            (heard.outside, heard.outside_languages),
        )
    )
    scope = Scope(*fitting.fit_scope(inside, outside), {})
    known = scope.probabilities(inside)
    thresholds: dict[Language, float] = {
        language: threshold(known[here & heard.clean])
        for language, here in _by_language(heard.languages).items()
    }
    return Judgement(learnt, temperatures, Scope(scope.weights, scope.bias, thresholds))


def _by_language(languages: Sequence[Language]) -> dict[Language, Flags]:
    """Say for each language which rows speak for it; all of them, where its own are too few."""
    names = np.array(languages)
    found: dict[Language, Flags] = {}
    for language in LANGUAGES:
        own: Flags = names == language
        found[language] = own if own.sum() >= FEWEST_OF_A_LANGUAGE else np.full(len(names), True)
    return found


def _figures(heard: Heard, judgements: Judgements) -> Figures:
    """Measure on the held-out texts: top1, top3, ece and scope by language."""
    judgement = judgements[heard.inside.way]
    figures: Figures = {}
    inside = judgement.probabilities(heard.inside, heard.languages)
    known = judgement.in_scope(inside, heard.inside)
    strangers = judgement.in_scope(
        judgement.probabilities(heard.outside, heard.outside_languages), heard.outside
    )
    for language, here in _by_language(heard.languages).items():
        figures[language] = ranking_figures(inside[here], heard.truth[here]) | scope_figures(
            known[here], strangers, FALSE_REJECT_BUDGET
        )
    return figures


def _language_examples(rows: Sequence[Row]) -> tuple[list[str], list[str]]:
    """Whole phrases, pieces of one to three words, and common words, with and without accents."""
    texts: list[tuple[str, Language]] = []
    for row in rows:
        if row.language:
            words = spoken_words(row.words)
            texts.extend((piece, row.language) for piece in (" ".join(words), *_pieces(words)))
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
