"""A dozen of the city's intents, all its emergencies, and a model of them, trained once a run."""

import os
from pathlib import Path

import pytest

from config.city import City, read_city
from config.intents import Intent
from nlp.model import PipelineUnderstander, load
from nlp.storing import train

ROOT = Path(__file__).parents[3]
DOZEN = (
    "account balance", "high bill", "power outage", "street light out", "water leak", "pothole",
    "missed garbage", "traffic signal", "graffiti", "passport", "ticket status", "talk to a person",
)  # fmt: skip


@pytest.fixture(scope="session")
def city() -> City:
    return read_city(ROOT / "config")


@pytest.fixture(scope="session")
def dozen(city: City) -> list[Intent]:
    return [city.intents[each] for each in DOZEN]


@pytest.fixture(scope="session")
def model_folder(city: City, dozen: list[Intent], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the trained folder; parallel workers share one, and race for it."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    return train(dozen, city.emergencies.values(), shared / "nlp")


@pytest.fixture(scope="session")
def understander(model_folder: Path) -> PipelineUnderstander:
    return load(model_folder)
