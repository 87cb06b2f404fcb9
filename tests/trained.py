"""The city's own model, trained once for everybody who hears with it or examines it."""

from pathlib import Path
from typing import Final

import pytest

from tests.services import Run

VAR: Final = Path(__file__).parents[1] / "var"


@pytest.fixture(scope="session")
def trained_var(test_run: Run) -> Path:
    """Give the checkout's state folder, whose model is that of today's phrases and code.

    One worker trains, the others wait for it: three trainings at once take longer than one.
    """
    from app import real_clock, the_city  # heavy: only who asks for it pays
    from nlp.renewal import Lesson, ready

    city = the_city()
    lesson = Lesson(list(city.intents.values()), list(city.emergencies.values()))
    with test_run.one_at_a_time():
        ready(lesson, VAR / "nlp", real_clock())
    return VAR
