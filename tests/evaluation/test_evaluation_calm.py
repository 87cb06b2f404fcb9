"""The whole city's model before words that ask for nothing: it says that it does not know."""

import pytest

from config.city import City
from nlp.decision import decide
from nlp.model import PipelineUnderstander
from tests.unit.nlp.test_nlp_calm import COMMANDS, DIGITS, LONG, NOTHING, OTHER_LANGUAGES, RUDE


@pytest.mark.parametrize("words", [*NOTHING, *DIGITS])
def test_no_words_at_all_are_asked_for_once_more_and_then_a_person_helps(
    understander: PipelineUnderstander, city: City, words: str
) -> None:
    answer = understander.understand(words)
    assert (answer.emergency, answer.known) == (None, False)
    assert decide(answer, city.decision).kind == "rephrase"
    assert decide(answer, city.decision, rephrased=1).kind == "person"


@pytest.mark.parametrize("words", [*OTHER_LANGUAGES, *RUDE, *COMMANDS, *LONG])
def test_what_was_not_asked_is_not_done(
    understander: PipelineUnderstander, city: City, words: str
) -> None:
    answer = understander.understand(words)
    assert answer.emergency is None
    assert decide(answer, city.decision).kind != "act"
    assert decide(answer, city.decision, rephrased=1).kind != "act"
