"""Who drives the lives of the legs, and what time is to them.

Instant: for tests and scripts. What needs no decision happens at once, on a clock of its own; a
question waits until the caller acts. Patient: for the dial pad. A thread a leg, real seconds.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from devphone.steps import Elapsed, Hear, Interruption, Need, Outcome, Send, Signal, Steps
from devphone.wire import Fetch


@dataclass(eq=False)
class Task:
    """One life and what it needs next; `inbox` holds what has happened to it meanwhile."""

    life: Steps[None]
    inbox: deque[Signal]
    bell: threading.Condition
    need: Need | None = None
    over: bool = False

    def advance(self, outcome: Outcome) -> None:
        """Hand the life an outcome, or the interruption that has come before it."""
        interruption = next((one for one in self.inbox if isinstance(one, Interruption)), None)
        try:
            if interruption is None:
                self.need = self.life.send(outcome)
            else:
                self.inbox.remove(interruption)
                self.need = self.life.throw(interruption)
        except StopIteration:
            self.need, self.over = None, True
            self.inbox.clear()


class Patience(Protocol):
    """Drives tasks. `lock` guards all that the legs share."""

    lock: threading.RLock

    def now(self) -> float: ...
    def pass_time(self, seconds: float) -> None: ...
    def begin(self, task: Task) -> None: ...
    def settle(self) -> None: ...
    def pause(self, seconds: float) -> None: ...


@dataclass(eq=False)
class Instant:
    """No time passes but what is said to pass. Single-threaded; `settle` runs all that can run."""

    fetch: Fetch
    lock: threading.RLock = field(default_factory=threading.RLock)
    clock: float = field(default_factory=time.time)
    tasks: list[Task] = field(default_factory=list[Task])
    settling: bool = False

    def now(self) -> float:
        return self.clock

    def pass_time(self, seconds: float) -> None:
        self.clock += seconds

    def pause(self, seconds: float) -> None:
        self.clock += seconds

    def begin(self, task: Task) -> None:
        self.tasks.append(task)

    def settle(self) -> None:
        """Run every life up to the point where somebody must decide something."""
        if self.settling:  # a webhook's answer may itself call in, by REST
            return
        self.settling = True
        try:
            while self._round():
                self.tasks = [task for task in self.tasks if not task.over]
        finally:
            self.settling = False

    def _round(self) -> bool:
        """Take every task a step on; false once none can go on by itself."""
        steps = [self._step(task) for task in list(self.tasks)]
        return any(steps)

    def _step(self, task: Task) -> bool:
        """Take a task one step on, where it can go on by itself."""
        match task.need:
            case None if task.over:
                return False
            case None:
                task.advance(None)
            case Send(request=request):
                task.advance(self.fetch(request))
            case Hear() if task.inbox:
                task.advance(_first(task))
            case Hear(seconds=seconds, brief=True) if seconds is not None:
                self.clock += seconds
                task.advance(Elapsed())
            case Hear():
                return False
        return True


@dataclass(eq=False)
class Patient:
    """Real seconds, a thread for each life. A life that breaks is reported to `broken`."""

    fetch: Fetch
    broken: Callable[[BaseException], None]
    lock: threading.RLock = field(default_factory=threading.RLock)

    def now(self) -> float:
        return time.time()

    def pass_time(self, seconds: float) -> None:
        """Nobody can make real time pass."""

    def pause(self, seconds: float) -> None:
        time.sleep(seconds)

    def begin(self, task: Task) -> None:
        threading.Thread(target=self._live, args=(task,), daemon=True).start()

    def settle(self) -> None:
        """Every life settles by itself."""

    def _live(self, task: Task) -> None:
        outcome: Outcome = None
        try:
            while not task.over:
                with task.bell:
                    task.advance(outcome)
                outcome = self._outcome(task)
        except Exception as error:  # noqa: BLE001  a thread has nobody else to tell
            self.broken(error)

    def _outcome(self, task: Task) -> Outcome:
        match task.need:
            case Send(request=request):
                return self.fetch(request)
            case Hear(seconds=seconds):
                with task.bell:
                    task.bell.wait_for(lambda: bool(task.inbox), timeout=seconds)
                    return _first(task)
            case None:
                return None


def _first(task: Task) -> Signal:
    """Return the next signal; an interruption stays in the inbox, for `advance` to throw."""
    if not task.inbox:
        return Elapsed()
    return task.inbox[0] if isinstance(task.inbox[0], Interruption) else task.inbox.popleft()
