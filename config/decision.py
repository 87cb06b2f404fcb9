"""Reads config/decision.yaml: what acting, asking and being wrong cost, for nlp/decision.py."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from config.intents import (
    DepartmentDestination,
    Destination,
    FlowDestination,
    InformationDestination,
    Intent,
    PersonDestination,
    TicketDestination,
)
from config.reading import Part, read_part

FILE: Final = "decision.yaml"
KINDS: Final = ("information", "report", "transfer", "change", "money")
NEVER_UNASKED: Final = ("change", "money")


@dataclass(frozen=True, slots=True)
class IntentKind:
    """What a wrong guess wastes, in seconds, and whether the caller is always asked first."""

    name: str
    wrong: float
    confirm_first: bool


@dataclass(frozen=True, slots=True)
class Costs:
    """Seconds: `press`, `option`, `question`, `person`. Shares, 0..1: `ours`, `helps`, `misheard`.

    ours      of all callers, how many ask for one of our intents
    helps     how often a sentence asked for once more is understood
    misheard  how often the words were not what was said, where nothing of ours was in them
    kinds     by intent; one that is not there counts as `other`
    """

    press: float
    option: float
    question: float
    person: float
    ours: float
    helps: float
    misheard: float
    kinds: Mapping[str, IntentKind]
    other: IntentKind

    def kind(self, intent: str) -> IntentKind:
        """Say of which kind an intent is."""
        return self.kinds.get(intent, self.other)


def read_decision(folder: Path, intents: Mapping[str, Intent], faults: list[str]) -> Costs:
    """Read the file; faults are added to `faults`, one plain sentence each."""
    file = read_part(folder / FILE, faults)
    seconds, shares = file.part("seconds"), file.part("shares")
    kinds = _kinds(file.part("kinds"))
    costs = Costs(
        press=seconds.number("press a key"),
        option=seconds.number("hear an option"),
        question=seconds.number("another question"),
        person=seconds.number("a person"),
        ours=_share(shares, "calls for one of ours"),
        helps=_share(shares, "other words help"),
        misheard=_share(shares, "misheard"),
        kinds=_by_intent(file.part("intents"), kinds, intents),
        other=kinds["transfer"],
    )
    for part in (seconds, shares, file):
        part.done()
    return costs


def _share(part: Part, key: str) -> float:
    share = part.number(key)
    if share > 1:
        part.fault(f"must give '{key}' as a share, at most 1")
    return share


def _kinds(part: Part) -> dict[str, IntentKind]:
    found = {name: _kind(name, part.part(name)) for name in KINDS}
    part.done()
    return found


def _kind(name: str, part: Part) -> IntentKind:
    kind = IntentKind(name, part.number("wrong"), part.flag("confirm first", default=False))
    if name in NEVER_UNASKED and not kind.confirm_first:
        part.fault("must say 'confirm first: true': it is never acted on unasked")
    part.done()
    return kind


def _by_intent(
    part: Part, kinds: Mapping[str, IntentKind], intents: Mapping[str, Intent]
) -> dict[str, IntentKind]:
    """Give each intent the kind of its destination, or the one that the file says.

    Where intents/ could not be read, that has been told already, and no name is held against it.
    """
    found = {id_: kinds[_kind_of(intent.goes_to)] for id_, intent in intents.items()}
    named: dict[str, IntentKind] = {}
    for name in part.names():
        if name not in kinds:
            part.fault(f"names the kind '{name}', which is none of {', '.join(KINDS)}")
            continue
        for intent in part.texts(name):
            _check(part, intent, intents, named)
            named[intent] = kinds[name]
    return found | named


def _check(
    part: Part, intent: str, intents: Mapping[str, Intent], named: Mapping[str, IntentKind]
) -> None:
    if intents and intent not in intents:
        part.fault(f"names the intent '{intent}', which intents/ does not have")
    elif intent in named:
        part.fault(f"names the intent '{intent}' twice")


def _kind_of(destination: Destination) -> str:
    match destination:
        case InformationDestination() | FlowDestination():
            return "information"
        case TicketDestination():
            return "report"
        case DepartmentDestination() | PersonDestination():
            return "transfer"
