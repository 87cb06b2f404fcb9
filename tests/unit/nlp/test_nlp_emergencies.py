"""Emergency rules: what counts, what does not, and why it can be read."""

from collections.abc import Sequence

import pytest

from nlp.emergencies import Emergencies
from nlp.emergencies.rules import make_rule, one_slip, stem


def _found(phrases: Sequence[str], said: str, look_alikes: Sequence[str] = ()) -> bool:
    rules = [make_rule("it", phrase, look_alike=False) for phrase in phrases]
    guards = [make_rule("it", phrase, look_alike=True) for phrase in look_alikes]
    return Emergencies((*rules, *guards)).find(said) is not None


def test_the_words_must_be_heard_in_order() -> None:
    assert _found(["wire down"], "there's a wire that came down")
    assert not _found(["wire down"], "come down and look at the wire")


def test_at_most_two_words_of_weight_stand_between() -> None:
    assert _found(["wire down"], "the wire outside came down")
    assert not _found(["wire down"], "wire my payment before prices come down")


def test_small_words_and_fillers_between_do_not_count() -> None:
    assert _found(["huele gas"], "eh pues huele así como muy a gas aquí")


def test_a_word_said_in_another_form_still_counts() -> None:
    assert _found(["cable caído"], "hay unos cables caidos")


def test_a_long_word_may_be_one_letter_off() -> None:
    assert _found(["alcantarilla desbordando"], "la alcantarila se esta desbordando")


def test_one_word_counts_only_when_nothing_else_of_weight_is_said() -> None:
    assert _found(["fire"], "um there's a fire")
    assert not _found(["fire"], "fire permits for my restaurant")


def test_a_strong_word_counts_whatever_else_is_said() -> None:
    assert _found(["gunshots!"], "i just heard gunshots behind the school")


def test_what_is_denied_does_not_count() -> None:
    assert not _found(["house fire"], "no house fire here")
    assert not _found(["huele gas"], "no huele a gas")
    assert not _found(["=there fire!"], "there is no fire")


def test_a_denial_that_is_part_of_the_phrase_counts() -> None:
    assert _found(["not breathing"], "she is not breathing")


def test_a_no_before_a_full_sentence_denies_nothing() -> None:
    assert _found(["smell gas"], "no i smell gas")


def test_a_look_alike_guards_only_its_own_words() -> None:
    assert not _found(["fire house"], "fire hydrant by my house", ["fire hydrant"])
    said = "the fire hydrant is open and my house is burning"
    assert _found(["house burning"], said, ["fire hydrant"])


def test_the_first_in_the_file_wins() -> None:
    first = make_rule("first", "wire down", look_alike=False)
    second = make_rule("second", "wire", look_alike=False)
    found = Emergencies((first, second)).find("wire down")
    assert found is not None
    assert found.rule.emergency == "first"


def test_a_phrase_of_small_words_alone_is_refused() -> None:
    with pytest.raises(ValueError, match="only small words"):
        make_rule("it", "is it the", look_alike=False)


def test_endings_are_cut_but_short_words_stay() -> None:
    assert stem("caídos".replace("í", "i")) == stem("caida")
    assert stem("gas") == "gas"


@pytest.mark.parametrize("heard", ["alcantarila", "alcantarrilla", "alcantarilal", "alcantarella"])
def test_one_slip_is_a_letter_more_less_other_or_swapped(heard: str) -> None:
    assert one_slip(heard, "alcantarilla")


@pytest.mark.parametrize("heard", ["balcantarilla", "alcantilla", "alquantarella"])
def test_two_slips_or_another_beginning_are_another_word(heard: str) -> None:
    assert not one_slip(heard, "alcantarilla")
