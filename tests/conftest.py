"""A module stays on one worker, all that break the open line on one; missing browsers are told."""

import os

import pytest

from tests import browser


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep a module on one worker, whose fixtures it shares; skip what wants a missing Chromium.

    Whoever breaks the open line shares it too: to open a second takes half a minute of both cores.
    """
    for item in items:
        if not item.get_closest_marker("xdist_group"):
            breaks = isinstance(item, pytest.Function) and "open_line" in item.fixturenames
            item.add_marker(pytest.mark.xdist_group("open line" if breaks else item.path.name))
    wanting = [item for item in items if item.get_closest_marker("browser")]
    if os.environ.get("CI") or not wanting or browser.find_chromium():
        return
    for item in wanting:
        item.add_marker(pytest.mark.skip(reason=browser.MISSING))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in one line how many browser tests did not run, and why."""
    skipped = terminalreporter.getreports("skipped")
    missed = sum(browser.MISSING in str(one.longrepr) for one in skipped)
    if missed:
        terminalreporter.write_line(
            f"{missed} browser tests did not run because {browser.MISSING}."
        )
