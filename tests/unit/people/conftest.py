"""A database, and names that no other test uses."""

import uuid
from collections.abc import Generator

import pytest

from db.session import Database


@pytest.fixture(scope="session")
def database(database_url: str) -> Generator[Database]:
    """Open the worker's database, as the app's role."""
    made = Database(database_url)
    yield made
    made.close()


@pytest.fixture
def new_name() -> str:
    """Draw a username of this test alone."""
    return f"rep-{uuid.uuid4().hex[:12]}"
