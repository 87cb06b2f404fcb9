"""May a new model take the place of the one in service? Pure: figures in, reasons out.

Both were measured on the same sentences, those whose intents both know, and ranked among those
intents only: an intent that is new in config cannot make the new model fail.

A share may fall by one standard error of the old share, sqrt(p (1 - p) / n), which is what a set of
n sentences cannot tell from chance: 1.6 points at 92 % of 300. Emergencies have no such tolerance.
Several falls within it can follow each other; `./cityline nlp models` shows the figures of all.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from nlp.learnt import Figures

EMERGENCIES: Final = "emergencies "
"""Groups whose names begin so count emergencies: rows, missed, harmless, false_alarms."""

Kind = Literal["top1", "oos_recall", "missed", "false_alarms", "not measured", "no set"]

SHARES: Final[Mapping[Kind, str]] = {"top1": "rows", "oos_recall": "outside"}
"""Shares that may not fall, and the number of sentences each is a share of."""

COUNTS: Final[Mapping[Kind, str]] = {"missed": "rows", "false_alarms": "harmless"}
"""Counts that may not rise, and of how many sentences."""

NAMES: Final = {"en": "English", "es": "Spanish"}
SENTENCES: Final[Mapping[Kind, str]] = {
    "top1": "{group}: the best guess is right for {new:.1%} of {rows:.0f} sentences, "
    "before {old:.1%}; a fall of up to {allowed:.1%} could be chance.",
    "oos_recall": "{group}: of {rows:.0f} sentences that are none of ours {new:.1%} are told, "
    "before {old:.1%}; a fall of up to {allowed:.1%} could be chance.",
    "missed": "{group}: {new:.0f} of {rows:.0f} emergencies are missed, before {old:.0f}; "
    "not one more may be.",
    "false_alarms": "{group}: {new:.0f} of {rows:.0f} harmless sentences raise an alarm, "
    "before {old:.0f}; not one more may.",
    "not measured": "{group}: the new model was not measured.",
    "no set": "There is no evaluation set, so nothing can be compared.",
}


@dataclass(frozen=True)
class Reason:
    """One thing that is worse: shares are 0..1, counts whole numbers; `rows` is of how many."""

    kind: Kind
    group: str = ""
    new: float = 0.0
    old: float = 0.0
    rows: float = 0.0
    allowed: float = 0.0

    def __str__(self) -> str:
        """Say it in a plain sentence."""
        values = {"new": self.new, "old": self.old, "rows": self.rows, "allowed": self.allowed}
        return SENTENCES[self.kind].format(group=group_name(self.group), **values)


def reasons_against(new: Figures, old: Figures) -> tuple[Reason, ...]:
    """Say why the new model may not serve; nothing where it may.

    Figures by group: a language ("en"), a language in a noised set ("es noise07"), or emergencies
    in a language ("emergencies en").
    """
    spoken = [group for group in old if not group.startswith(EMERGENCIES)]
    if not any(old[group].get("rows") for group in spoken):
        return (Reason("no set"),)
    return tuple(
        reason for group in old for reason in _against(group, new.get(group, {}), old[group])
    )


def tolerance(share: float, rows: float) -> float:
    """Compute one standard error of a share of so many sentences; 1 where there are none."""
    return math.sqrt(share * (1 - share) / rows) if rows else 1.0


def group_name(group: str) -> str:
    """Name a group as people do: "Spanish", "English (noise07)"."""
    language, _, noise = group.removeprefix(EMERGENCIES).partition(" ")
    return NAMES.get(language, language) + (f" ({noise})" if noise else "")


def _against(group: str, new: Mapping[str, float], old: Mapping[str, float]) -> Iterator[Reason]:
    if not new and old.get("rows"):
        yield Reason("not measured", group)
    elif group.startswith(EMERGENCIES):
        yield from _higher_counts(group, new, old)
    else:
        yield from _lower_shares(group, new, old)


def _lower_shares(
    group: str, new: Mapping[str, float], old: Mapping[str, float]
) -> Iterator[Reason]:
    for kind, number in SHARES.items():
        if kind not in old or kind not in new:
            continue
        rows = old.get(number, 0.0)
        allowed = tolerance(old[kind], rows)
        if old[kind] - new[kind] > allowed + 1e-9:
            yield Reason(kind, group, new[kind], old[kind], rows, allowed)


def _higher_counts(
    group: str, new: Mapping[str, float], old: Mapping[str, float]
) -> Iterator[Reason]:
    for kind, number in COUNTS.items():
        if new.get(kind, 0.0) > old.get(kind, 0.0):
            yield Reason(kind, group, new[kind], old.get(kind, 0.0), old.get(number, 0.0))
