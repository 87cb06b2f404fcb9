"""Which model is in service: put in, taken up by a running process, gone back from."""

import json
import threading
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from config.words import Language
from nlp import service
from nlp.answers import Ranked, Understanding
from nlp.emergencies import Emergencies
from nlp.service import InServiceUnderstander, NoModel

AT = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Named:
    """A model that answers everything with its own name."""

    name: str
    emergencies: Emergencies = field(default_factory=lambda: Emergencies(()))

    def understand(
        self, words: str, language: Language | None = None, today: date | None = None
    ) -> Understanding:
        del words, today
        return Understanding(language or "en", 1.0, (Ranked(self.name, 1.0),), (), None)


@dataclass
class Loader:
    """Loads models by the name of their folder; those named "broken" cannot be loaded."""

    loaded: list[str] = field(default_factory=list[str])
    may_go_on: threading.Event = field(default_factory=threading.Event)

    def __call__(self, folder: Path) -> Named:
        self.loaded.append(folder.name)
        assert self.may_go_on.wait(timeout=10)
        if folder.name == "broken":
            raise OSError("its files are garbled")
        return Named(folder.name)


@dataclass
class Clock:
    """Seconds, until a test says otherwise."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A folder with three models and a broken one, none in service."""
    for name in ("first", "second", "third", "broken"):
        (tmp_path / name).mkdir()
    return tmp_path


def put(base: Path, name: str) -> service.InService:
    """Put a model in service."""
    return service.put_in_service(base, base / name, service.chosen("better", AT, "phrases"))


def back(base: Path, *unfit: str) -> str:
    """Go back; models named `unfit` do not fit."""
    choice = service.chosen("went back", AT, "phrases")
    return service.roll_back(base, choice, lambda folder: folder.name not in unfit).current


def test_nothing_is_in_service_before_the_first(base: Path) -> None:
    assert service.read(base) is None
    with pytest.raises(NoModel):
        service.in_service(base)


def test_the_model_put_in_service_is_the_one_and_those_before_stay_at_hand(base: Path) -> None:
    for name in ("first", "second", "third", "second"):
        put(base, name)
    record = service.read(base)
    assert record == service.InService(
        "second", ("third", "first"), "better", "2026-11-23T16:00:00+00:00", "phrases"
    )
    assert service.in_service(base) == base / "second"


def test_going_back_twice_goes_back_two_models_and_then_there_is_none(base: Path) -> None:
    for name in ("first", "second", "third"):
        put(base, name)
    assert back(base) == "second"
    assert back(base) == "first"
    with pytest.raises(NoModel):
        back(base)
    assert service.in_service(base) == base / "first"


def test_going_back_leaves_out_models_that_are_gone_or_do_not_fit(base: Path) -> None:
    for name in ("first", "second", "third"):
        put(base, name)
    assert back(base, "second") == "first"
    put(base, "third")
    (base / "first").rmdir()
    with pytest.raises(NoModel):
        back(base)


@pytest.mark.parametrize("garbled", ["", "{", "[]", '{"current": "first", "more": 1}', "{}"])
def test_a_garbled_record_is_none_at_all(base: Path, garbled: str) -> None:
    (base / service.FILE).write_text(garbled, encoding="utf-8")
    assert service.read(base) is None
    put(base, "first")
    assert service.in_service(base) == base / "first"


def test_a_model_whose_folder_was_removed_is_not_in_service(base: Path) -> None:
    put(base, "first")
    (base / "first").rmdir()
    with pytest.raises(NoModel):
        service.in_service(base)


def test_those_who_put_models_in_service_at_once_lose_none(base: Path) -> None:
    names = [f"model-{number}" for number in range(8)]
    for name in names:
        (base / name).mkdir()
    threads = [threading.Thread(target=put, args=(base, name)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=10)
    record = service.read(base)
    assert record is not None
    assert {record.current, *record.earlier} == set(names)
    assert json.loads((base / service.FILE).read_text(encoding="utf-8"))["why"] == "better"


@pytest.fixture
def loader() -> Loader:
    """Load at once, until a test says otherwise."""
    made = Loader()
    made.may_go_on.set()
    return made


@pytest.fixture
def clock() -> Clock:
    """Give the understander a clock."""
    return Clock()


@pytest.fixture
def serving(base: Path, loader: Loader, clock: Clock) -> InServiceUnderstander:
    """Serve the first model."""
    put(base, "first")
    return InServiceUnderstander(base, loader, clock)


def answered(serving: InServiceUnderstander) -> str:
    """Name the model that answers."""
    return serving.understand("is somebody there").intents[0].intent


def looks(serving: InServiceUnderstander, clock: Clock) -> None:
    """Let the time pass after which it looks, and wait for what it does then."""
    clock.now += service.LOOK_SECONDS
    thread = serving.look()
    if thread is not None:
        thread.join(timeout=10)


def test_a_running_process_takes_a_new_model_up(
    base: Path, serving: InServiceUnderstander, clock: Clock
) -> None:
    put(base, "second")
    assert answered(serving) == "first"  # it is not yet time to look
    looks(serving, clock)
    assert answered(serving) == "second"
    assert serving.name == "second"
    assert serving.model is not None
    assert serving.emergencies.find("fire") is None


def test_the_old_model_answers_while_the_new_one_loads(
    base: Path, serving: InServiceUnderstander, clock: Clock, loader: Loader
) -> None:
    put(base, "second")
    loader.may_go_on.clear()
    clock.now += service.LOOK_SECONDS
    thread = serving.look()
    assert thread is not None
    assert answered(serving) == "first"
    clock.now += service.LOOK_SECONDS
    assert serving.look() is None  # one at a time
    loader.may_go_on.set()
    thread.join(timeout=10)
    assert answered(serving) == "second"


def test_a_broken_model_keeps_the_old_one_and_is_tried_once(
    base: Path, serving: InServiceUnderstander, clock: Clock, loader: Loader
) -> None:
    put(base, "broken")
    for _ in range(3):
        looks(serving, clock)
    assert answered(serving) == "first"
    assert loader.loaded == ["first", "broken"]
    put(base, "second")
    looks(serving, clock)
    assert answered(serving) == "second"


def test_a_record_that_disappears_changes_nothing(
    base: Path, serving: InServiceUnderstander, clock: Clock
) -> None:
    (base / service.FILE).unlink()
    looks(serving, clock)
    assert answered(serving) == "first"


def test_without_a_change_nothing_is_loaded_again(
    serving: InServiceUnderstander, clock: Clock, loader: Loader
) -> None:
    for _ in range(3):
        looks(serving, clock)
    assert loader.loaded == ["first"]


def test_without_a_model_in_service_there_is_no_understander(base: Path, loader: Loader) -> None:
    with pytest.raises(NoModel):
        InServiceUnderstander(base, loader)
