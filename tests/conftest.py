"""Browser tests that cannot run are counted aloud; with CI set they run and fail."""

import os

import pytest

from tests import browser


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip browser tests where there is no Chromium."""
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
