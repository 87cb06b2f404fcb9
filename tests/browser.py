"""A real Chromium for tests that look at pages: CITYLINE_CHROMIUM, then the usual names.

As root, Debian's is installed where none is found; else the tests that need it are counted as not
run. With CI set that is a failure.
"""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Generator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = "no Chromium was found (set CITYLINE_CHROMIUM, or install chromium)"
INSTALL_SECONDS = 600


@cache
def find_chromium() -> str | None:
    """Return the browser to drive, installing Debian's as root; None where there is none."""
    named = os.environ.get("CITYLINE_CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    return _usual() or (_usual() if _installed() else None)


def _usual() -> str | None:
    return next((path for path in map(shutil.which, NAMES) if path), None)


def _installed() -> bool:
    """Install Debian's, once for all workers; False where we may not or it fails."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    with Path("/run/lock/cityline-chromium").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        return bool(_usual()) or all(
            _apt_get(*words) for words in (["update"], ["install", "chromium"])
        )


def _apt_get(*words: str) -> bool:
    done = subprocess.run(
        ["/usr/bin/apt-get", "-qy", *words],
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        capture_output=True,
        check=False,
        timeout=INSTALL_SECONDS,
    )
    return done.returncode == 0


@pytest.fixture(scope="session")
def chromium() -> "Generator[Browser]":
    """Start one Chromium for this worker."""
    from playwright.sync_api import sync_playwright

    path = find_chromium()
    if path is None:
        pytest.fail(MISSING)
    with sync_playwright() as playwright:
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=path, args=sandbox)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: "Browser") -> "Generator[Page]":
    """Open a page with no memory of earlier ones."""
    context = chromium.new_context()
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()
