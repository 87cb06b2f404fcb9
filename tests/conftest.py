"""Spreads tests over workers by what they share; says how many missing browsers kept back."""

import os
from typing import Final

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from tests import browser

# To open a second line takes half a minute of both cores; to measure a model again, a quarter.
SHARING: Final = ("tests/faults/line/", "tests/evaluation/", "tests/calls/")


class Together(LoadScopeScheduling):
    """Keeps a module on one worker, whose fixtures it shares, and some folders whole.

    By their addresses: groups of marks reach nobody since pytest 9.2 (pytest-xdist #1386).
    """

    def _split_scope(self, nodeid: str) -> str:
        whole = (folder for folder in SHARING if nodeid.startswith(folder))
        return next(whole, nodeid.partition("::")[0])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Together:
    """Spread by what is shared, in the order of the folders: the long ones come first."""
    config.option.loadscopereorder = False
    return Together(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what wants a missing Chromium."""
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
