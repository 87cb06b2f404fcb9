"""Spoken numbers: from tokens to numbers, in both languages and every mixture of them.

A recogniser writes "one forty eight", "1 48", "148", "uno cuarenta y ocho" or "1 hundred 48" for
much the same breath. `scan` turns each longest number into a `Number` and leaves other words as
they were. It does not decide what a row of numbers means: money, dates and digit strings each
read the row in their own way.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from config.words import Language

Join = Literal["whole", "hundreds apart", "tens apart"]


@dataclass(frozen=True)
class Number:
    """A number and the digits it is written with: "oh five" is two numbers, double five is 55.

    `written` when the recogniser wrote digits, which may stand for several spoken numbers.
    """

    digits: str
    written: bool = False

    @property
    def value(self) -> int:
        return int(self.digits)


def _count(words: str, start: int = 0, step: int = 1) -> dict[str, int]:
    return {word: start + step * place for place, word in enumerate(words.split())}


_ENGLISH: Final = {
    **_count(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen"
    ),
    "oh": 0,
    "o": 0,
    "nought": 0,
    "niner": 9,
}
_SPANISH: Final = {
    **_count(
        "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince "
        "dieciseis diecisiete dieciocho diecinueve veinte veintiuno veintidos veintitres "
        "veinticuatro veinticinco veintiseis veintisiete veintiocho veintinueve"
    ),
    "veintiun": 21,
    "veintiuna": 21,
}
_TENS: Final = {
    **_count("twenty thirty forty fifty sixty seventy eighty ninety", 20, 10),
    **_count("veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa", 20, 10),
    "diez": 10,  # "diez y seis", as some still write sixteen
    "fourty": 40,
}
_HUNDREDS: Final = {
    **_count(
        "ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos "
        "ochocientos novecientos",
        100,
        100,
    ),
    **_count("doscientas trescientas cuatrocientas quinientas seiscientas", 200, 100),
    **_count("setecientas ochocientas novecientas", 700, 100),
}
_THOUSAND: Final = frozenset({"thousand", "mil"})
_TIMES: Final = {"double": 2, "doble": 2, "triple": 3, "treble": 3}
_TEN: Final = 10
_WRITTEN_TENS: Final = 2  # "48 hundred"
_WRITTEN_HUNDREDS: Final = 3  # "148 thousand"
_ONE: Final = {"un": 1, "una": 1}  # a number only after a larger one: "ciento un", "treinta y un"
_SMALL: Final[Mapping[Language, Mapping[str, int]]] = {
    # "once" is eleven or "one time", "o" is zero or "or", "ten" is ten or "have": language decides
    "en": {**{word: value for word, value in _SPANISH.items() if word != "once"}, **_ENGLISH},
    "es": {
        **{word: value for word, value in _ENGLISH.items() if word not in {"o", "oh", "ten"}},
        **_SPANISH,
    },
}

_BEGINS: Final = frozenset({"hundred", "cien", "a", "un"}) | _THOUSAND | set(_TIMES) | set(_TENS)
_STARTS: Final[Mapping[Language, frozenset[str]]] = {
    language: _BEGINS | set(_HUNDREDS) | set(small) for language, small in _SMALL.items()
}

Part = tuple[int, int]  # a value and the place after its last token


def scan(words: Sequence[str], language: Language, join: Join = "whole") -> list[Number | str]:
    """Every token in order, the longest spoken or written numbers as `Number`."""
    return [item for item, _ in scan_places(words, language, join)]


def scan_places(
    words: Sequence[str], language: Language, join: Join = "whole"
) -> list[tuple[Number | str, int]]:
    """As `scan`, each with the place of its first token."""
    scanner = _Scanner((*words, "", "", ""), language, join)
    found: list[tuple[Number | str, int]] = []
    place = 0
    while place < len(words):
        number = scanner.number(place) if may_be_number(words[place], language) else None
        item, after = number or (words[place], place + 1)
        found.append((item, place))
        place = after
    return found


def may_be_number(word: str, language: Language) -> bool:
    """Say whether a number may begin with this token."""
    return word in _STARTS[language] or word.isdecimal()


def is_digit(word: str, language: Language) -> bool:
    """Say whether this token alone is one digit, spoken or written."""
    value = int(word) if len(word) == 1 and word.isdecimal() else _SMALL[language].get(word, _TEN)
    return value < _TEN


@dataclass(frozen=True)
class _Scanner:
    words: tuple[str, ...]  # with empty words at the end, so that looking ahead is safe
    language: Language
    join: Join

    def number(self, at: int) -> tuple[Number, int] | None:
        repeated = self._repeated(at)
        if repeated:
            return repeated
        spoken = self._thousands(at)
        if spoken:
            return Number(str(spoken[0])), spoken[1]
        return (Number(self.words[at], written=True), at + 1) if self._written(at) else None

    def _written(self, at: int, longest: int = 1000) -> bool:
        return self.words[at].isdecimal() and len(self.words[at]) <= longest

    def _repeated(self, at: int) -> tuple[Number, int] | None:
        times = _TIMES.get(self.words[at], 0)
        digit = self._digit(at + 1) if times else ""
        return (Number(digit * times), at + 2) if digit else None

    def _digit(self, at: int) -> str:
        word = self.words[at]
        value = int(word) if self._written(at, 1) else _SMALL[self.language].get(word, _TEN)
        return str(value) if value < _TEN else ""

    def _thousands(self, at: int) -> Part | None:
        """Read "two thousand three hundred and five", "mil doscientos", "1 thousand 200"."""
        start = at + 1 if self.words[at] in {"a", "un"} and self._is_big(at + 1) else at
        head = (1, start) if self.words[start] in _THOUSAND else self._hundreds(start)
        if head is None or self.words[head[1]] not in _THOUSAND or not head[0]:
            return self._spoken(head, start)
        after = self._after_and(head[1] + 1)
        tail = self._tail(after) if self.words[after] in _ONE else self._hundreds(after)
        if tail is None or self.words[tail[1]] in _THOUSAND or not tail[0]:
            return head[0] * 1000, head[1] + 1
        return head[0] * 1000 + tail[0], tail[1]

    def _is_big(self, at: int) -> bool:
        return self.words[at] == "hundred" or self.words[at] in _THOUSAND

    def _spoken(self, part: Part | None, start: int) -> Part | None:
        """Leave out a written number on its own: it keeps its leading zeros."""
        alone = part is not None and part[1] == start + 1 and self._written(start)
        return None if alone else part

    def _hundreds(self, at: int) -> Part | None:
        base = self._base(at)
        if base is None:
            return self._small(at, _WRITTEN_HUNDREDS)
        if self.join != "whole" or self.words[base[1] - 1] == "cien":
            return base
        after = self._after_and(base[1])
        tail = self._tail(after)
        if tail is None or not tail[0] or self.words[tail[1]] == "hundred":
            return base
        return base[0] + tail[0], tail[1]

    def _base(self, at: int) -> Part | None:
        """Read "hundred", "five hundred", "twelve hundred", "ciento", "quinientos", "cien"."""
        word = self.words[at]
        if word in _HUNDREDS:
            return _HUNDREDS[word], at + 1
        if word in {"hundred", "cien"}:
            return 100, at + 1
        head = self._small(at, _WRITTEN_TENS)
        return (head[0] * 100, head[1] + 1) if head and self._times_hundred(head) else None

    def _times_hundred(self, head: Part) -> bool:
        return head[0] > 0 and self.words[head[1]] == "hundred"

    def _tail(self, at: int) -> Part | None:
        """Read what may follow a hundred: below a hundred; "un" and "una" count as one there."""
        word = self.words[at]
        return (_ONE[word], at + 1) if word in _ONE else self._small(at, _WRITTEN_TENS)

    def _small(self, at: int, longest: int) -> Part | None:
        """Below a hundred when spoken; written digits as far as they are this short."""
        word = self.words[at]
        if self._written(at, longest):
            return int(word), at + 1
        if word in _TENS and self.join != "tens apart":
            return self._tens(at)
        value = _TENS.get(word, _SMALL[self.language].get(word))
        return None if value is None else (value, at + 1)

    def _tens(self, at: int) -> Part:
        """Read "forty eight", "cuarenta y ocho", "cuarenta ocho", "treinta y un"."""
        joined = self.words[at + 1] == "y"
        unit = self._unit(at + 2 if joined else at + 1, joined=joined)
        return (
            (_TENS[self.words[at]] + unit, at + 2 + joined)
            if unit
            else (
                _TENS[self.words[at]],
                at + 1,
            )
        )

    def _unit(self, at: int, *, joined: bool) -> int:
        word = self.words[min(at, len(self.words) - 1)]
        value = _ONE.get(word, 0) if joined else 0
        value = value or _SMALL[self.language].get(word, 0)
        return value if value < _TEN else 0

    def _after_and(self, at: int) -> int:
        return at + 1 if self.words[at] == "and" else at
