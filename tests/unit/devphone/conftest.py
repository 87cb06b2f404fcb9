"""One devphone process, and the line that it calls, for the tests that need real sockets."""

from collections.abc import Generator

import pytest

from tests.unit.devphone.running import Process, running, serving_line


@pytest.fixture(scope="module")
def line_url() -> Generator[str]:
    with serving_line() as url:
        yield url


@pytest.fixture(scope="module")
def devphone(line_url: str) -> Generator[Process]:
    with running(line_url) as process:
        yield process
