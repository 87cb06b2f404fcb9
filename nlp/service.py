"""Which model serves calls: `in-service.json` beside the models, and the model that follows it.

    {current: name of a model's folder, earlier: [names, the newest first], why, at, basis}

`basis` is the hash of the phrases and code that the choice was made for: as long as it is the same,
a start takes the choice as it stands. The file is replaced as a whole, under a lock.
"""

import fcntl
import json
import logging
import os
import threading
import time
import uuid
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Final, Protocol

from config.words import Language
from nlp.answers import Understanding
from nlp.emergencies import Emergencies

FILE: Final = "in-service.json"
EARLIER_MOST: Final = 20
LOOK_SECONDS: Final = 10.0
TRIED: Final = "is somebody there"  # a new model must answer this before it serves

log = logging.getLogger(__name__)


class NoModel(LookupError):
    """No model is in service here, or none to go back to."""


@dataclass(frozen=True)
class Chosen:
    """Why a model was put in service, when (ISO, UTC), and for which phrases and code."""

    why: str
    at: str
    basis: str


@dataclass(frozen=True)
class InService:
    """The model in service by the name of its folder, and those before it."""

    current: str
    earlier: tuple[str, ...] = ()
    why: str = ""
    at: str = ""
    basis: str = ""


def chosen(why: str, at: datetime, basis: str) -> Chosen:
    """Write down a choice made now."""
    return Chosen(why, at.isoformat(timespec="seconds"), basis)


def read(base: Path) -> InService | None:
    """Read which model is in service under `base`; None where that was never said, or garbled."""
    try:
        plain = json.loads((base / FILE).read_text(encoding="utf-8"))
        loaded = InService(**plain)
        record = replace(loaded, earlier=tuple(loaded.earlier))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError) as error:
        log.warning("%s cannot be read: %r", base / FILE, error)
        return None
    return record


def in_service(base: Path) -> Path:
    """Give the folder of the model in service; raises NoModel."""
    record = read(base)
    if record is None or not (base / record.current).is_dir():
        raise NoModel(f"no model is in service under {base}")
    return base / record.current


def put_in_service(base: Path, folder: Path, choice: Chosen) -> InService:
    """Put the model in `folder`, which lies in `base`, in service; the one before stays at hand."""
    with _one_at_a_time(base):
        before = read(base)
        names = (before.current, *before.earlier) if before else ()
        earlier = tuple(name for name in names if name != folder.name)[:EARLIER_MOST]
        record = InService(folder.name, earlier, **asdict(choice))
        _write(base, record)
        return record


def roll_back(base: Path, choice: Chosen, fits: Callable[[Path], bool]) -> InService:
    """Go back to the newest earlier model that is there and `fits`; raises NoModel.

    The one given up is no longer among the earlier ones: going back twice goes back two models.
    """
    with _one_at_a_time(base):
        before = read(base)
        for place, name in enumerate(before.earlier if before else ()):
            if (base / name).is_dir() and fits(base / name):
                rest = before.earlier[place + 1 :] if before else ()
                record = InService(name, rest, **asdict(choice))
                _write(base, record)
                return record
    raise NoModel("there is no earlier model that knows the intents of today")


def _write(base: Path, record: InService) -> None:
    draft = base / f".{FILE}-{uuid.uuid4().hex}"
    draft.write_text(json.dumps(asdict(record), indent=1), encoding="utf-8")
    os.replace(draft, base / FILE)  # noqa: PTH105  says that it replaces


@contextmanager
def _one_at_a_time(base: Path) -> Generator[None]:
    base.mkdir(parents=True, exist_ok=True)
    with (base / ".in-service.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


class Model(Protocol):
    """A loaded model: understands, and finds emergencies by itself."""

    def understand(
        self, words: str, language: Language | None = None, today: date | None = None
    ) -> Understanding: ...

    @property
    def emergencies(self) -> Emergencies: ...


Load = Callable[[Path], Model]


def load_model(folder: Path) -> Model:
    """Load a model from its folder. OSError when it is not there."""
    from nlp.model import load  # noqa: PLC0415  spaCy takes a second

    return load(folder)


def no_day() -> None:
    """Say that nobody knows which day it is."""


@dataclass
class InServiceUnderstander:
    """Understands with whatever model is in service; a change is taken up without a restart.

    At most every ten seconds a sentence asks whether the file changed, which costs one stat. A
    changed one is loaded on a thread of its own and takes over when it has answered a sentence;
    until then, and for good if it is broken, the one before goes on.
    """

    base: Path
    load: Load = load_model
    clock: Callable[[], float] = time.monotonic
    today: Callable[[], date | None] = no_day
    _model: Model = field(init=False)
    _stamp: tuple[int, int] = field(init=False)
    _looked: float = field(init=False)
    _loading: threading.Lock = field(default_factory=threading.Lock, init=False)

    def __post_init__(self) -> None:
        """Load the model in service; raises NoModel or what loading raises."""
        self._stamp = _stamp(self.base)
        self.name = in_service(self.base).name
        self._model = self.load(self.base / self.name)
        self._looked = self.clock()

    @property
    def model(self) -> Model:
        """The model that answers now."""
        return self._model

    @property
    def emergencies(self) -> Emergencies:
        """The emergency rules of the model that answers now."""
        return self._model.emergencies

    def understand(self, words: str, language: Language | None = None) -> Understanding:
        """See `nlp.answers.Understander`."""
        self.look()
        return self._model.understand(words, language, self.today())

    def look(self) -> threading.Thread | None:
        """Begin to take up a change, if it is time to look and there is one."""
        if self.clock() - self._looked < LOOK_SECONDS:
            return None
        self._looked = self.clock()
        if _stamp(self.base) == self._stamp or not self._loading.acquire(blocking=False):
            return None
        thread = threading.Thread(target=self._take_up, name="a new model", daemon=True)
        thread.start()
        return thread

    def _take_up(self) -> None:
        """Load and try the new model; a broken one is not tried again until the file changes."""
        try:
            self._stamp = _stamp(self.base)
            name = in_service(self.base).name
            if name != self.name:
                model = self.load(self.base / name)
                model.understand(TRIED)
                self._model, self.name = model, name
                log.info("model %s serves calls now", name)
        except Exception:
            log.exception("the new model cannot be used: %s goes on", self.name)
        finally:
            self._loading.release()


def _stamp(base: Path) -> tuple[int, int]:
    """Give what changes when the file is replaced; zeros while it is not there."""
    try:
        found = (base / FILE).stat()
    except OSError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_ino)
