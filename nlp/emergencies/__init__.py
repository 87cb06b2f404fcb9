"""Emergency words, found by rules that can be read and explained, in both languages at once.

A phrase of config/emergencies.yaml is a row of words to be heard in that order. Small words ("the",
"una") and fillers between them do not count; up to two other words may stand between two of them.
`wire|line|cable` is one word said in several ways; `=there` keeps a small word that must be heard.
A phrase of one word counts only when nothing else of weight is said, unless it is marked `!`.
Endings and accents are folded, and a long word may be one letter off.

Beside the rules a learned voice (voice.py) hears indirect wordings and broken words; either one
raises the alarm, the rules first. What the voice is not sure of is worth one question to the
caller, and so is a rule's word in a sentence that to the voice speaks of nothing dangerous ("my
taxes are on fire this year"). Sentences after `~` are for the voice alone.

It does not count where it is denied ("there is no fire", "no huele a gas") or lies inside a
look-alike (`not:` in the file: "fire hydrant", "gas bill"), whose words must stand side by side.
Where a look-alike of what the voice hears was found, the voice is not sure.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from nlp.emergencies.rules import (
    DENIAL_REACH,
    DENIALS,
    LONG_WORD,
    SMALL_WORDS,
    Rule,
    make_rule,
    one_slip,
    stem,
)
from nlp.emergencies.voice import Voice
from nlp.normalise import clean, plain_words

MOST_BETWEEN = 2
SHORTEST_WORD = 3
_SPELT = re.compile(r"\b(9\W{0,2}1\W{0,2}1|9\W{0,2}8\W{0,2}8)\b")
"""How a recogniser writes 911 and 988 when they are said one by one: "9-1-1", "9 8 8"."""


@dataclass(frozen=True)
class Found:
    """A phrase found at these positions of the sentence's words; none when it was not.

    Not `sure`: ask the caller before anything is done about it.
    """

    rule: Rule
    positions: tuple[int, ...]
    sure: bool = True

    def weighs_enough(self, weighty: set[int]) -> bool:
        """Whether it was found at all; one word alone only where nothing else of weight is said."""
        alone = len(self.positions) == 1 and not self.rule.strong
        return bool(self.positions) and not (alone and weighty - set(self.positions))

    def covers(self, other: "Found") -> bool:
        """Whether `other` has a word within the stretch that this one spans."""
        span = range(self.positions[0], self.positions[-1] + 1)
        return any(position in span for position in other.positions)


@dataclass(frozen=True)
class Emergencies:
    """Every rule in the file's order: where two emergencies are heard, the first one counts."""

    rules: tuple[Rule, ...]
    voice: Voice | None = None

    def find(self, text: str) -> Found | None:
        """Return the emergency that is meant in `text`, with the phrase and place that show it."""
        said = _SPELT.sub(_joined, clean(text))
        words = plain_words(said)
        found = [hit for hit in self._hits(words) if not _denied(hit, words)]
        guards = [hit for hit in found if hit.rule.look_alike]
        meant = [hit for hit in found if not hit.rule.look_alike and not _guarded(hit, guards)]
        if meant:
            first = min(meant, key=lambda hit: self._order[hit.rule.emergency])
            return replace(first, sure=not self._doubted(words, said))
        return self._felt(words, said, {guard.rule.emergency for guard in guards})

    def _doubted(self, words: tuple[str, ...], said: str) -> bool:
        """Tell whether all else in the sentence speaks so much against a rule that we ask first."""
        return self.voice is not None and self.voice.hear(words, said).doubted

    def _felt(self, words: tuple[str, ...], said: str, guarded: set[str]) -> Found | None:
        """Ask the learned voice; what it hears is reported as a rule made for this sentence."""
        if self.voice is None or not any(map(_is_a_word, words)):
            return None
        heard = self.voice.hear(words, said)
        sure = heard.sure and heard.emergency not in guarded
        if not (sure or heard.worth_asking):
            return None
        why = f"sounds like {heard.emergency}: {heard.score:.2f}, sure from {heard.limits.sure:.2f}"
        rule = Rule(heard.emergency, why, look_alike=False, words=(), strong=False)
        return Found(rule, tuple(range(len(words))), sure)

    def _hits(self, words: tuple[str, ...]) -> Iterator[Found]:
        said = [self._known(word) for word in words]
        weighty = {place for place, word in enumerate(words) if word not in SMALL_WORDS}
        tries = (
            Found(rule, _follow(rule, said, start, words))
            for start, heard in enumerate(said)
            for rule in self._by_first_word.get(heard or "", ())
        )
        return (found for found in tries if found.weighs_enough(weighty))

    @cached_property
    def _order(self) -> dict[str, int]:
        names = dict.fromkeys(rule.emergency for rule in self.rules)
        return {name: place for place, name in enumerate(names)}

    @cached_property
    def _by_first_word(self) -> dict[str, list[Rule]]:
        starts: dict[str, list[Rule]] = defaultdict(list)
        for rule in self.rules:
            for way in rule.words[0]:
                starts[way].append(rule)
        return dict(starts)

    @cached_property
    def _stems(self) -> dict[str, None]:
        return {way: None for rule in self.rules for word in rule.words for way in sorted(word)}

    def _known(self, word: str) -> str | None:
        """Return the rule word that `word` is a form or a slip of, or None."""
        short = stem(word)
        if short in self._stems or len(short) < LONG_WORD:
            return short if short in self._stems else None
        return next((known for known in self._stems if one_slip(short, known)), None)

    def to_disk(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        rows = [[rule.emergency, rule.phrase, rule.look_alike] for rule in self.rules]
        written = json.dumps(rows, ensure_ascii=False, indent=0)
        (folder / "rules.json").write_text(written, encoding="utf-8")
        if self.voice is not None:
            self.voice.to_disk(folder / "voice")

    @classmethod
    def from_disk(cls, folder: Path) -> "Emergencies":
        rows = json.loads((folder / "rules.json").read_text(encoding="utf-8"))
        voice = Voice.from_disk(folder / "voice") if (folder / "voice").is_dir() else None
        rules = (make_rule(name, phrase, look_alike=like) for name, phrase, like in rows)
        return cls(tuple(rules), voice)


def _is_a_word(word: str) -> bool:
    """Tell a word of weight from digits, fillers and scraps, of which no danger can be heard."""
    return word.isalpha() and len(word) >= SHORTEST_WORD and word not in SMALL_WORDS


def _joined(spelt: re.Match[str]) -> str:
    return re.sub(r"\W", "", spelt[0])


def _follow(
    rule: Rule, said: Sequence[str | None], start: int, words: Sequence[str]
) -> tuple[int, ...]:
    """Return where all words of the rule follow from `start` on; empty when they do not."""
    most_between = 0 if rule.look_alike else MOST_BETWEEN
    positions = [start]
    for ways in rule.words[1:]:
        reach = _reach(words, positions[-1] + 1, most_between)
        place = next((place for place in reach if said[place] in ways), None)
        if place is None:
            return ()
        positions.append(place)
    return tuple(positions)


def _reach(words: Sequence[str], start: int, most_between: int) -> Iterator[int]:
    """Yield the positions from `start` on until too many words of weight have been passed."""
    passed = 0
    for place in range(start, len(words)):
        yield place
        passed += words[place] not in SMALL_WORDS
        if passed > most_between:
            return


def _denied(hit: Found, words: Sequence[str]) -> bool:
    """Whether a denial stands inside the phrase, or before it with only small words between."""
    first, last = hit.positions[0], hit.positions[-1]
    if hit.rule.look_alike or words[first] in DENIALS:
        return False
    inside = set(range(first, last)) - set(hit.positions)
    before = first - 1
    while before >= 0 and words[before] in DENIAL_REACH:
        before -= 1
    return any(words[place] in DENIALS for place in inside) or (
        before >= 0 and words[before] in DENIALS
    )


def _guarded(hit: Found, guards: Sequence[Found]) -> bool:
    same = (guard for guard in guards if guard.rule.emergency == hit.rule.emergency)
    return any(guard.covers(hit) for guard in same)
