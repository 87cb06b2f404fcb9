"""Word tables kept as text files beside this module: `name: word word an_expression begin*`."""

from functools import cache
from pathlib import Path


@cache
def table(name: str) -> dict[str, tuple[str, ...]]:
    """Return the rows of `nlp/<name>.txt`; underscores come back as spaces, # lines are left out.

    A row may be written in several lines with the same name.
    """
    rows: dict[str, tuple[str, ...]] = {}
    text = (Path(__file__).parent / f"{name}.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        row, _, words = line.partition(":")
        if words and not row.startswith("#"):
            rows[row] = rows.get(row, ()) + tuple(word.replace("_", " ") for word in words.split())
    return rows
