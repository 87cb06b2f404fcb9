"""The whole city's model, trained once for everybody who examines it, and the sets it is asked."""

from pathlib import Path

import pytest

from config.city import City, read_city
from nlp.measuring import Measured, Sets, measure, read_sets
from nlp.model import PipelineUnderstander, load
from nlp.storing import train

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def city() -> City:
    return read_city(HERE.parents[1] / "config")


@pytest.fixture(scope="session")
def sets() -> Sets:
    return read_sets(HERE)


@pytest.fixture(scope="session")
def understander(city: City, trained_var: Path) -> PipelineUnderstander:
    base = trained_var / "nlp"
    return load(train(city.intents.values(), city.emergencies.values(), base))


@pytest.fixture(scope="session")
def measured(understander: PipelineUnderstander, sets: Sets) -> Measured:
    return measure(understander, sets)
