"""Menu choices: by key, by number word, or by the words of one option and of no other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Final

from config.words import LANGUAGES, Language
from ivr.heard import Heard
from ivr.listening.cards import heard_card
from nlp.spoken.lists import word_set
from nlp.spoken.ordinals import ORDINALS
from nlp.spoken.runs import runs, with_sound_alikes
from nlp.spoken.text import FILLERS, tokens, trimmed


@dataclass(frozen=True)
class Option:
    """One line of a menu: its key and the phrases, per language, that choose it."""

    key: str
    words: Mapping[Language, Sequence[str]]


Menu = list[list[list[str]]]  # options, each of phrases, each of words

_EMPTY_WORDS: Final = FILLERS | word_set("""
    a an the to of for with my your our i I'm I'd I'll we you me it is are in on at and or that
    this want wanna would like need can could get have do about please some want calling call
    un una el la los las lo de del al a para por con mi su mis sus y o que en es yo me quiero
    quisiera necesito puedo puede deseo favor tengo hacer sobre about
    """)
_COUNTING: Final = FILLERS | word_set("""
    press push dial option choice number key choose select pick the one oprima marque presione
    pulse opción número tecla la el lo I'll take i want would elijo escojo quiero uno
    """)
_LAST: Final = frozenset({"last", "ultimo", "ultima"})
_NEGATIONS: Final = word_set("no not don't doesn't didn't can't never nunca tampoco ni")
_STEM: Final = 5  # letters that two forms of one word share at least, ...
_STEM_SHARE: Final = 0.7  # ... and this much of the longer one: "street" is not "streetlight"
_MISHEARD: Final = 6  # letters; in shorter words every letter counts: "start" is not "star"
_STORY: Final = 40  # words that carry meaning; more is not a choice
_ENOUGH: Final = 0.45  # of an option's words, weighted
_MARGIN: Final = 0.2  # ahead of the next option
_SHARE: Final = 0.3  # of what was said; less is a story, not a choice


def choice(heard: Heard, language: Language, options: Sequence[Option]) -> str | None:
    """Return the key of the option that was chosen, or None when it is not surely one of them."""
    keyed = heard.digits.rstrip("#")
    if keyed:
        return next((option.key for option in options if option.key == keyed), None)
    words = tokens(heard.words)
    if not words or heard_card(heard):
        return None
    return _counted(words, language, options) or _worded(words, language, options)


def _counted(words: list[str], language: Language, options: Sequence[Option]) -> str | None:
    """Read "two", "number two", "the second one", "la segunda", "the last one"."""
    bare = trimmed(words, _COUNTING) or [word for word in words if word in {"one", "uno"}][:1]
    if len(bare) != 1:
        return None
    if bare[0] in _LAST:
        return options[-1].key if options else None
    alike = with_sound_alikes(["1", *bare], language)[1:] if len(words) == 1 else bare
    number = ORDINALS.get(bare[0]) or next(iter(runs(alike, language)), "")
    return next((option.key for option in options if option.key == str(number)), None)


def _worded(words: list[str], language: Language, options: Sequence[Option]) -> str | None:
    """By the words of the call's language, then by the other's."""
    for spoken in sorted(LANGUAGES, key=lambda other: other != language):
        found = _best(words, [_phrases(option, spoken) for option in options])
        if found is not None:
            return options[found].key
    return None


def _phrases(option: Option, language: Language) -> list[list[str]]:
    return [content(tokens(phrase)) for phrase in option.words.get(language, ())]


def content(words: Sequence[str]) -> list[str]:
    """Return the words that carry meaning in a menu, in order."""
    return [word for word in words if word not in _EMPTY_WORDS]


def _best(words: list[str], menu: Menu) -> int | None:
    said = content(words)
    if not said or len(said) > _STORY or not menu:
        return None
    weights = _weights(menu)
    scores = [max((_score(said, phrase, weights) for phrase in line), default=0.0) for line in menu]
    ranked = sorted(range(len(menu)), key=lambda place: -scores[place])
    first, second = (*(scores[place] for place in ranked[:2]), 0.0)[:2]
    return ranked[0] if first >= _ENOUGH and first - second >= _MARGIN else None


def _weights(menu: Menu) -> dict[str, float]:
    """Weigh words: one in several options tells little, one over their number squared."""
    words = {word for line in menu for phrase in line for word in phrase}
    lines = [[word for phrase in line for word in phrase] for line in menu]
    return {word: sum(_among(word, line) for line in lines) ** -2 for word in words}


def _score(said: list[str], phrase: list[str], weights: dict[str, float]) -> float:
    """How much of the phrase was said, rare words counting more; 0 for a denial or a story."""
    met = [word for word in phrase if _among(word, said)]
    denied = (_NEGATIONS & set(said)) != (_NEGATIONS & set(phrase))
    if denied or not met or len(met) < _SHARE * len(said):
        return 0.0
    return sum(weights[word] for word in met) / sum(weights[word] for word in phrase)


def _among(word: str, said: list[str]) -> bool:
    return any(_same(word, other) for other in said)


def _same(one: str, other: str) -> bool:
    """Compare words: the same, a form of it ("connect", "connection"), or one letter off."""
    if one == other or one[0] != other[0]:
        return one == other
    shared = sum(1 for _ in takewhile(_equal, zip(one, other, strict=False)))
    longest = max(len(one), len(other))
    if shared >= max(_STEM, _STEM_SHARE * longest) or f"{one}s" == other or one == f"{other}s":
        return True
    return longest >= _MISHEARD and _one_letter_off(one[shared:], other[shared:])


def _equal(letters: tuple[str, str]) -> bool:
    return letters[0] == letters[1]


def _one_letter_off(one: str, other: str) -> bool:
    return one[1:] == other[1:] or one[1:] == other or one == other[1:]
