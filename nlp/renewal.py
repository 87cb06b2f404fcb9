"""A new model: trained, measured beside the one in service, put in its place unless worse.

`renew` does so when somebody asks; `ready` when a process starts and the phrases or the code are no
longer those that the model in service was chosen for.
"""

import logging
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from config.intents import Emergency, Intent
from nlp import about as abouts
from nlp import service, storing
from nlp.gate import Reason, reasons_against
from nlp.learnt import Figures
from nlp.measuring import NOTHING, Measured, Sets, measure, read_sets
from nlp.taught import Taught, with_taught

FIRST: Final = "the first model"
BETTER: Final = "no worse than the one before"
GONE: Final = "the one before names intents that are gone, or cannot be loaded"
WORSE: Final = "worse than the one in service"
KEPT: Final = "kept: the one trained for the phrases or code of today is worse"
CHANGED: Final = "phrases or code changed, and there is no evaluation set to compare on"
UNCHANGED: Final = "nothing to learn that the model in service does not know"

log = logging.getLogger(__name__)
Say = Callable[[str], None]


@dataclass(frozen=True)
class Lesson:
    """What is to be learnt: the city's intents and emergencies, and what the desk taught."""

    intents: Sequence[Intent]
    emergencies: Sequence[Emergency]
    taught: Sequence[Taught] = ()

    @property
    def basis(self) -> str:
        """Name the phrases of config and the code, without what was taught."""
        return storing.content_hash(self.intents, self.emergencies)

    @property
    def ids(self) -> set[str]:
        """The intents there are today."""
        return {intent.id for intent in self.intents}


@dataclass(frozen=True)
class Renewal:
    """How it ended. `reasons` say why a model may not serve; forced, it serves all the same."""

    folder: Path
    is_in_service: bool
    why: str
    reasons: tuple[Reason, ...] = ()
    new: Figures | None = None
    old: Figures | None = None


@dataclass(frozen=True)
class Terms:
    """Where the models are, when it is, what they are measured on, and whether by force."""

    base: Path
    at: datetime
    sets: Sets
    forced: str = ""
    say: Say = lambda _words: None


def renew(lesson: Lesson, terms: Terms) -> Renewal:
    """Train and compare; raises ValueError where there is nothing to learn from."""
    terms.say("training")
    folder = trained(lesson, terms)
    record = service.read(terms.base)
    before = terms.base / record.current if record else None
    if before == folder:
        put(lesson, terms, folder, UNCHANGED)
        known = abouts.read(folder)
        return Renewal(folder, True, UNCHANGED, new=known.figures if known else None)
    terms.say("measuring")
    renewal = judged(lesson, terms, folder, before)
    if renewal.is_in_service:
        put(lesson, terms, folder, renewal.why)
    return renewal


def trained(lesson: Lesson, terms: Terms) -> Path:
    """Train where that was not done, and write down what is known of the model."""
    intents = with_taught(lesson.intents, lesson.taught)
    folder = storing.train(intents, lesson.emergencies, terms.base)
    if abouts.read(folder) is None:
        abouts.write(folder, abouts.about_training(intents, lesson.taught, terms.at))
    return folder


def judged(lesson: Lesson, terms: Terms, folder: Path, before: Path | None) -> Renewal:
    """Decide whether the model in `folder` may follow the one `before`."""
    measured = measure(service.load_model(folder), terms.sets) if terms.sets.sentences else NOTHING
    new = keep_figures(folder, terms.sets, measured)
    if before is None or not before.is_dir():
        return Renewal(folder, True, FIRST, new=new)
    old = before_it(lesson, before, terms.sets)
    if old is None:
        return Renewal(folder, True, GONE, new=new)
    reasons = reasons_against(measured.figures(old.among), old.figures)
    if reasons and not terms.forced:
        return Renewal(folder, False, WORSE, reasons, new, old.figures)
    why = f"forced: {terms.forced}" if reasons else BETTER
    return Renewal(folder, True, why, reasons, new, old.figures)


@dataclass(frozen=True)
class Before:
    """Figures of the model in service, and among which intents (None: both know the same)."""

    figures: Figures
    among: frozenset[str] | None


def before_it(lesson: Lesson, folder: Path, sets: Sets) -> Before | None:
    """Measure the model in service with the code of today, unless that was done.

    None where it names an intent that is gone, or does not even load: nothing compares with it.
    """
    known = abouts.read(folder)
    if known is None or not set(known.intents) <= lesson.ids:
        return None
    among = None if set(known.intents) == lesson.ids else frozenset(known.intents)
    if among is None and measured_on(sets) in known.measured:
        return Before(known.measured[measured_on(sets)], None)
    try:
        measured = measure(service.load_model(folder), sets)
    except Exception:  # what an old model can do to new code has no bounds
        log.exception("the model in service, %s, cannot be used", folder.name)
        return None
    keep_figures(folder, sets, measured)
    return Before(measured.figures(among), among)


def fits(folder: Path, ids: AbstractSet[str]) -> bool:
    """Say whether a model answers with nothing but the intents there are."""
    known = abouts.read(folder)
    return known is not None and set(known.intents) <= ids


def keep_figures(folder: Path, sets: Sets, measured: Measured) -> Figures:
    """Write the figures beside the model, and give them."""
    known, figures = abouts.read(folder), measured.figures()
    if known is not None and figures:
        abouts.write(folder, abouts.with_figures(known, measured_on(sets), figures))
    return figures


def measured_on(sets: Sets) -> str:
    """Name what figures depend on beside the model: the sets, and the code that answers."""
    return f"{sets.name} {storing.content_hash((), ())}"


def put(lesson: Lesson, terms: Terms, folder: Path, why: str) -> None:
    """Put a model in service for the phrases and the code of today."""
    service.put_in_service(terms.base, folder, service.chosen(why, terms.at, lesson.basis))


def ready(city: Lesson, base: Path, at: datetime) -> Path:
    """Give the folder of the model in service; one is trained where none fits what there is today.

    What the desk taught the model in service is taught the new one; phrases accepted since then
    wait for a training that somebody asks for. Safe for processes that race.
    """
    record = service.read(base)
    if record and record.basis == city.basis and (base / record.current).is_dir():
        return base / record.current
    known = abouts.read(base / record.current) if record else None
    sets = read_sets() if known else Sets()  # nothing to compare with: the line opens sooner
    forced = "" if sets.sentences else CHANGED
    lesson = replace(city, taught=known.taught if known else ())
    terms = Terms(base, at, sets, forced)
    renewal = renew(lesson, terms)
    if not renewal.is_in_service:
        log.warning("%s is not used: %s", renewal.folder.name, " ".join(map(str, renewal.reasons)))
        put(lesson, terms, service.in_service(base), KEPT)
    return service.in_service(base)
