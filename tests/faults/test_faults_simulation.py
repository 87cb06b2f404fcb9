"""Three hundred calls of a simulated city with every fault; a failure replays from its seed."""

import os
from pathlib import Path

import pytest

import app
from bench.simulation import simulate
from config.settings import Settings

CALLS = int(os.environ.get("CITYLINE_CALLS", "300"))

pytestmark = [pytest.mark.faults, pytest.mark.slow]


def test_calls_in_a_city_of_faults_lose_and_double_nothing(
    settings: Settings, fresh_database_url: str, trained_var: Path, seed: int
) -> None:
    here = settings.model_copy(update={"database_url": fresh_database_url, "var": trained_var})
    outcome = simulate(here, app.the_ear(here), CALLS, seed)
    assert not outcome.wrong, "\n".join(outcome.wrong)
    assert outcome.calls == CALLS
    assert outcome.tickets
    assert outcome.kills
