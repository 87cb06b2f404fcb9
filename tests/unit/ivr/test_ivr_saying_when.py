"""Times with the article that Spanish wants."""

from datetime import time

import pytest

from ivr.verbs.welcoming import at_time


@pytest.mark.parametrize(
    ("moment", "english", "spanish"),
    [
        (time(8), "at 8 AM", "a las 8 de la mañana"),
        (time(13, 30), "at 1:30 PM", "a la 1:30 de la tarde"),
        (time(1), "at 1 AM", "a la 1 de la madrugada"),
        (time(12), "at noon", "al mediodía"),
        (time(0), "at midnight", "a la medianoche"),
    ],
)
def test_a_time_is_said_with_its_article(moment: time, english: str, spanish: str) -> None:
    assert at_time(moment, "en") == english
    assert at_time(moment, "es") == spanish
