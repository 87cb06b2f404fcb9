"""What the page about learning shows: phrases by intent, the model in service, a training."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from babel.numbers import format_percent
from sqlalchemy.orm import Session

from desk import here, shown
from desk.understood import intent_name
from learning import review, trainings, wrapping_up
from learning.nearest import nearest
from learning.review import Phrase, Proposed
from learning.tables import Training
from nlp import about as abouts
from nlp import service
from nlp.about import About
from nlp.gate import EMERGENCIES

REASONS: Final = {
    "top1": "learning.reason.top1",
    "oos_recall": "learning.reason.oos",
    "missed": "learning.reason.missed",
    "false_alarms": "learning.reason.false_alarms",
    "not measured": "learning.reason.not_measured",
    "no set": "learning.reason.no_set",
    trainings.CUT_OFF: "learning.reason.cut_off",
    trainings.FAILED: "learning.reason.failed",
}
SHARES: Final = ("top1", "oos_recall")


@dataclass(frozen=True, slots=True)
class Shown:
    """One proposed phrase, and the phrases of its intent that are most like it."""

    proposed: Proposed
    near: list[str]
    guessed: str


@dataclass(frozen=True, slots=True)
class Group:
    """The phrases proposed for one intent."""

    intent: str
    name: str
    phrases: list[Shown]


@dataclass(frozen=True, slots=True)
class Serving:
    """The model in service: when it was trained and put there, and its figures by language."""

    name: str
    since: datetime | None
    about: About | None
    figures: dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Run:
    """The last training: how it stands, for how many seconds it has been going, why it ended so."""

    training: Training
    seconds: int
    reasons: list[str]


@dataclass(frozen=True, slots=True)
class Board:
    """Everything on the page."""

    groups: list[Group]
    waiting: int
    serving: Serving | None
    shares: dict[str, tuple[str, int]]
    to_learn: int
    run: Run | None


def board() -> Board:
    """Read it all."""
    now = here.now()

    def read(
        db: Session,
    ) -> tuple[list[Proposed], int, list[Phrase], dict[str, tuple[int, int]], Training | None]:
        trainings.bury(db, now)
        return (
            review.waiting(db),
            review.count_waiting(db),
            review.accepted(db),
            wrapping_up.shares_right(db),
            trainings.newest(db),
        )

    proposed, waiting, accepted, shares, newest = here.run(read)
    serving = model_in_service()
    return Board(
        groups=by_intent(proposed),
        waiting=waiting,
        serving=serving,
        shares={
            language: (percent(good / total), total) for language, (good, total) in shares.items()
        },
        to_learn=len(not_learnt(accepted, serving.about if serving else None)),
        run=run_of(newest) if newest else None,
    )


def by_intent(proposed: Iterable[Proposed]) -> list[Group]:
    """Group what waits under the intents it is proposed for."""
    return [
        Group(intent, intent_name(intent), [_shown(each) for each in phrases])
        for intent, phrases in groupby(proposed, key=lambda each: each.intent)
    ]


def _shown(proposed: Proposed) -> Shown:
    found = here.ports().city.intents.get(proposed.intent)
    known = () if found is None else (found.phrases_en, found.phrases_es)[proposed.language == "es"]
    return Shown(proposed, nearest(proposed.words, known), intent_name(proposed.guessed))


def not_learnt(accepted: Iterable[Phrase], about: About | None) -> list[Phrase]:
    """List the accepted phrases that the model in service was not taught."""
    taught = {(each.intent, each.language, each.words) for each in (about.taught if about else ())}
    intents = here.ports().city.intents
    return [
        each
        for each in accepted
        if each.intent in intents and (each.intent, each.language, each.words) not in taught
    ]


def model_in_service() -> Serving | None:
    """Read what is known of the model that serves calls; None before the first."""
    base = here.ports().settings.var / "nlp"
    record = service.read(base)
    if record is None:
        return None
    about = abouts.read(base / record.current)
    since = datetime.fromisoformat(record.at) if record.at else None
    return Serving(record.current, since, about, _figures(about) if about else {})


def _figures(about: About) -> dict[str, dict[str, str]]:
    """Write the figures of both languages as a page shows them; a dash for what is not known."""
    return {
        language: _written(about.figures[language], about.figures.get(EMERGENCIES + language, {}))
        for language in ("en", "es")
        if about.figures.get(language, {}).get("rows")
    }


def _written(spoken: Mapping[str, float], alarms: Mapping[str, float]) -> dict[str, str]:
    shares = {
        name: percent(spoken[name]) if name in spoken else "–"
        for name in ("top1", "top3", "lost", "oos_recall")
    }
    missed = f"{alarms['missed']:.0f} / {alarms['rows']:.0f}" if alarms.get("rows") else "–"
    return {"rows": f"{spoken['rows']:.0f}", **shares, "missed": missed}


def percent(share: float) -> str:
    """Write a share with a decimal, as the page's language does."""
    pattern = "0.0\N{NO-BREAK SPACE}%" if here.language() == "es" else "0.0%"
    return format_percent(share, pattern, locale=f"{here.language()}_US")


def run_of(training: Training) -> Run:
    """Say how the last training stands."""
    seconds = int((here.now() - training.asked_at).total_seconds())
    return Run(training, max(seconds, 0), [reason(each) for each in known(training.reasons)])


def known(reasons: Sequence[Any]) -> list[dict[str, Any]]:
    """Keep the reasons that this page knows how to say."""
    return [each for each in reasons if each.get("kind") in REASONS]


def reason(given: Mapping[str, Any]) -> str:
    """Say one reason in the page's language."""
    kind, group = str(given["kind"]), str(given.get("group", ""))
    values = {name: given.get(name, 0.0) for name in ("new", "old", "rows", "allowed")}
    written = {
        name: percent(value) if kind in SHARES and name != "rows" else f"{value:.0f}"
        for name, value in values.items()
    }
    said = str(given.get("said", ""))
    return here.t(REASONS[kind], group=group_name(group), said=said, **written)


def group_name(group: str) -> str:
    """Name a group of sentences: a language, and the set where it is a noised one."""
    language, _, noise = group.removeprefix(EMERGENCIES).partition(" ")
    return shown.language_name(language) + (f" ({noise})" if noise else "")
