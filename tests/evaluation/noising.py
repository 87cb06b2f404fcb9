"""Mishears Spanish sentences on paper, for those noised rows that come from no voice.

    python tests/evaluation/noising.py SHARE < sentences.txt

reads one sentence a line and prints `misheard<TAB>sentence`; SHARE (0 to 1) is how much of the
words should be wrong. The sentences decide everything, so two runs print the same. At the end the
word error rate that came of it goes to standard error. The sets made with it are stored: this is
kept so that a reader can see what the errors are, not to be run by tests.
"""

import sys
from collections.abc import Sequence
from random import Random
from typing import Final
from zlib import crc32

SOUNDS: Final = (
    ("ción", "sión"), ("ll", "y"), ("y", "ll"), ("qu", "c"), ("gu", "w"), ("hue", "we"),
    ("b", "v"), ("v", "b"), ("z", "s"), ("c", "s"), ("s", "z"), ("j", "g"), ("x", "s"),
    ("d", "r"), ("r", "d"), ("rr", "r"), ("l", "r"), ("r", "l"), ("n", "m"), ("m", "n"),
    ("p", "b"), ("t", "d"), ("k", "g"), ("f", "p"), ("ñ", "ni"), ("d", "n"), ("g", "d"),
    ("e", "i"), ("o", "u"), ("a", "e"), ("í", "i"), ("á", "a"), ("é", "e"), ("ó", "o"), ("h", ""),
)  # fmt: skip
"""Letters that one sound passes for on a telephone, as Spanish spells them."""
ENDINGS: Final = ("s", "n", "d", "r", "es")
"""What the end of a Spanish word loses when it is said fast."""
COMMON: Final = (
    "de", "la", "que", "el", "en", "y", "a", "los", "se", "del", "las", "un", "por", "con",
    "no", "una", "su", "al", "lo", "como", "más", "o", "pero", "le", "ha", "me", "si", "sin",
    "sobre", "este", "ya", "entre", "cuando", "todo", "esta", "ser", "son", "dos", "también",
    "fue", "era", "muy", "hasta", "desde", "está", "mi", "porque", "qué", "hay", "vez", "puede",
    "todos", "así", "nos", "ni", "tiene", "uno", "donde", "bien", "tiempo", "mismo", "ese",
    "ahora", "cada", "vida", "otro", "te", "eso", "hace", "otra", "durante", "siempre", "día",
    "tanto", "tres", "sí", "gran", "antes", "estado", "quiero", "casa", "mano", "cosa", "caso",
    "nombre", "lugar", "gente", "cuatro", "mesa", "tarde", "pase", "toma", "poco", "llama",
    "pasa", "calle", "carta", "cuenta", "agua", "llave", "lado", "luna", "pista", "norte",
    "corte", "carne", "cama", "ropa", "boca", "pera", "tema", "dado", "hora", "ola", "cara",
    "para", "vaca", "cita", "lista", "fuente", "puente", "punto", "gato", "rato", "pato",
    "dato",
)  # fmt: skip
"""Words a recogniser falls back on; written for this file from the commonest of the language."""
NEAR: Final = 0.5
"""Two words are near when at most this share of the longer one's letters differs."""
FUNCTION_WORD: Final = 3
"""Letters of the longest word that is easily not heard at all."""
LOST: Final = 0.2
"""Of the short words that are wrong, the share not heard at all."""
JOINED: Final = 0.1
"""Of the function words that are wrong, the share that runs into the next word."""
ADDED: Final = 0.07
"""Of the words heard wrong, the share after which one more is heard."""


def distance(one: Sequence[str], other: Sequence[str]) -> int:
    """Count the fewest changes (one put in, left out or replaced) that make one into the other."""
    row = list(range(len(other) + 1))
    for i, left in enumerate(one, 1):
        above, row = row, [i]
        for j, right in enumerate(other, 1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (left != right)))
    return row[-1]


def misheard(sentence: str, share: float, words: Sequence[str]) -> str:
    """Return the sentence with about `share` of its words wrong; `words` are what may be heard."""
    chance = Random(crc32(f"{share} {sentence}".encode()))
    heard: list[str] = []
    joined = ""
    for word in sentence.split():
        if chance.random() >= share:
            heard.append(joined + word)
            joined = ""
            continue
        parts = _wrong(word, chance, words)
        joined, parts = ("", [joined + part for part in parts]) if joined else ("", parts)
        if parts == [""]:
            joined = word
            continue
        heard.extend(parts)
    return " ".join([*heard, joined] if joined else heard)


def _wrong(word: str, chance: Random, words: Sequence[str]) -> list[str]:
    """Return what is heard for the word; [""] says that it runs into the next one."""
    draw = chance.random()
    if draw < LOST and len(word) <= FUNCTION_WORD + 2:
        return []
    if LOST <= draw < LOST + JOINED and len(word) <= FUNCTION_WORD:
        return [""]
    heard = _similar(word, chance, words) if chance.random() < 0.7 else _sounded(word, chance)
    extra = [chance.choice(COMMON[:40])] if draw > 1 - ADDED else []
    return [heard, *extra]


def _similar(word: str, chance: Random, words: Sequence[str]) -> str:
    """Return one of the three nearest real words, or the word with a sound changed."""
    reach = max(1, round(NEAR * len(word)))
    gaps = sorted((distance(word, each), each) for each in words if each != word)
    near = [each for gap, each in gaps[:3] if gap <= reach]
    return chance.choice(near) if near else _sounded(word, chance)


def _sounded(word: str, chance: Random) -> str:
    """Change one sound of the word, or lose its ending."""
    endings = [ending for ending in ENDINGS if word.endswith(ending) and len(word) > FUNCTION_WORD]
    if endings and chance.random() < 0.25:
        return word.removesuffix(chance.choice(endings))
    changes = [(old, new) for old, new in SOUNDS if old in word]
    if not changes:
        return chance.choice(COMMON[:40])
    old, new = chance.choice(changes)
    return word.replace(old, new, 1) or word


def main() -> None:
    share = float(sys.argv[1])
    sentences = [line.strip() for line in sys.stdin if line.strip()]
    words = sorted({*COMMON, *(word for sentence in sentences for word in sentence.split())})
    errors = said = 0
    for sentence in sentences:
        heard = misheard(sentence, share, words)
        errors += distance(sentence.split(), heard.split())
        said += len(sentence.split())
        sys.stdout.write(f"{heard}\t{sentence}\n")
    sys.stderr.write(f"word error rate {errors / said:.3f} over {said} words\n")


if __name__ == "__main__":
    main()
