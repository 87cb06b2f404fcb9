"""Do one thing from many threads at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

T = TypeVar("T")


def at_once(*works: Callable[[], T]) -> list[T]:
    """Begin all of them together; give what each came to, in their order."""
    ready = Barrier(len(works))

    def one(work: Callable[[], T]) -> T:
        ready.wait(30)
        return work()

    with ThreadPoolExecutor(len(works)) as threads:
        running = [threads.submit(one, work) for work in works]
        return [each.result(60) for each in running]
