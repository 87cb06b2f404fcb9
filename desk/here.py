"""The request at hand: who asks, in which language, when, and with what."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TypeVar, cast

from flask import current_app, g, request, session
from flask.sansio.app import App
from sqlalchemy.orm import Session

from config.words import Language
from desk.ports import DeskPorts
from desk.words import Words
from people.tables import Staff

T = TypeVar("T")
EXTENSION = "cityline desk"


@dataclass(frozen=True, slots=True)
class Desk:
    """What is made once for all requests."""

    ports: DeskPorts
    words: Words
    assets: dict[str, str]


@dataclass(frozen=True, slots=True)
class Rep:
    """Who is signed in."""

    id: int
    username: str
    name: str
    role: str
    language: Language
    department: str
    queues: tuple[str, ...]


def desk_of(app: App) -> Desk:
    """Give the desk an app was built with."""
    return cast("Desk", app.extensions[EXTENSION])


def desk() -> Desk:
    """Give the desk of this request's app."""
    return desk_of(current_app)


def ports() -> DeskPorts:
    """Its database, city, settings and clock."""
    return desk().ports


def run(work: Callable[[Session], T]) -> T:
    """Do work in one transaction; raises DatabaseUnavailable."""
    return ports().database.run(work)


def now() -> datetime:
    """One moment for the whole request, so that no page contradicts itself."""
    if "now" not in g:
        g.now = ports().clock()
    return cast("datetime", g.now)


def rep() -> Rep:
    """Who asks; only behind a route that needs a role."""
    return cast("Rep", g.rep)


def rep_or_nobody() -> Rep | None:
    """Who asks, None before sign-in."""
    return cast("Rep | None", g.get("rep"))


def sit(someone: Rep) -> None:
    """Note who asks."""
    g.rep = someone


def seated(row: Staff) -> Rep:
    """Turn the staff row into who asks."""
    return Rep(
        id=row.id,
        username=row.username,
        name=row.name,
        role=row.role,
        language=known_language(row.language),
        department=row.department,
        queues=tuple(row.queues),
    )


def known_language(given: str | None) -> Language:
    """Read a language; anything unknown is English."""
    return "es" if given == "es" else "en"


def language() -> Language:
    """Tell the page's language: the rep's; before sign-in the one chosen, or the browser's."""
    known = rep_or_nobody()
    if known:
        return known.language
    chosen = request.args.get("language") or session.get("language")
    return known_language(chosen or request.accept_languages.best_match(["en", "es"]))


def t(key: str, /, **values: object) -> str:
    """Say a text of words.yaml in the page's language."""
    return desk().words.say(key, language(), **values)


@dataclass(frozen=True, slots=True)
class Said:
    """What the last change says on the next page.

    `words` tell what was done, `undo` names the view that undoes it to the ticket `number`, and
    `saved` lists the drafts it has spent ("number field field").
    """

    words: str
    undo: str = ""
    number: str = ""
    saved: str = ""


def say(words: str, undo: str = "", number: str = "", saved: str = "") -> None:
    """Leave something for the next page to say."""
    session["said"] = asdict(Said(words, undo, number, saved))


def said() -> Said | None:
    """Take out what was left to say; a page fetched by script leaves it there."""
    left = None if is_live() else session.pop("said", None)
    return Said(**left) if left else None


def is_live() -> bool:
    """Tell a page that a script fetched again from one that somebody opened."""
    return request.headers.get("X-Live") == "1"
