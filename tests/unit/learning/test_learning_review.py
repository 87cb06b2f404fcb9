"""Phrases are accepted in a wording, refused, put back; nothing is reviewed twice."""

from collections.abc import Callable
from datetime import datetime

import pytest

from db.session import Database
from learning import review, wrapping_up
from learning.hearing import Hearing
from learning.nearest import nearest
from learning.review import Phrase, Review
from learning.wrapping_up import Checked

Hears = Callable[..., Hearing]


@pytest.fixture
def looked(database: Database, rep: int, now: datetime, heard: Hears) -> Review:
    """Propose a phrase for somebody to look at."""
    checked = Checked(1, heard(), "pothole", rep, now)
    database.run(lambda db: wrapping_up.wrap_up(db, checked))
    return Review(database.run(review.waiting)[0].id, rep, now)


def test_an_accepted_phrase_is_learnt_in_the_wording_it_was_given(
    database: Database, looked: Review
) -> None:
    assert database.run(lambda db: review.accept(db, looked, "a hole in the road 12345678"))
    assert database.run(review.accepted) == [Phrase("pothole", "en", "a hole in the road")]
    assert database.run(review.count_waiting) == 0


def test_of_two_reviewers_the_second_changes_nothing(database: Database, looked: Review) -> None:
    assert database.run(lambda db: review.refuse(db, looked))
    assert not database.run(lambda db: review.accept(db, looked, "a hole"))
    assert database.run(review.accepted) == []


def test_what_was_reviewed_can_be_put_back_once(database: Database, looked: Review) -> None:
    database.run(lambda db: review.accept(db, looked, "a hole"))
    assert database.run(lambda db: review.put_back(db, looked.candidate))
    assert not database.run(lambda db: review.put_back(db, looked.candidate))
    assert database.run(review.accepted) == []
    assert database.run(review.count_waiting) == 1


def test_a_wording_with_nothing_left_is_not_accepted(database: Database, looked: Review) -> None:
    assert not database.run(lambda db: review.accept(db, looked, "801 555 0142"))


def test_refused_words_are_not_proposed_again(
    database: Database, looked: Review, heard: Hears
) -> None:
    database.run(lambda db: review.refuse(db, looked))
    again = Checked(2, heard(), "pothole", looked.staff_id, looked.at)
    database.run(lambda db: wrapping_up.wrap_up(db, again))
    assert database.run(review.waiting) == []


def test_the_phrases_most_alike_come_first_and_strangers_not_at_all() -> None:
    phrases = ["hay un bache en mi calle", "un hoyo en la calle", "xyz"]
    assert nearest("hay un bache en la calle", phrases) == phrases[:2]
    assert nearest("", phrases) == []
