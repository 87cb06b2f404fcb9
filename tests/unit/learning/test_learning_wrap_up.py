"""A rep confirms or corrects what the line understood; a correction proposes the caller's words."""

from collections.abc import Callable
from datetime import datetime

from db.session import Database
from learning import review, wrapping_up
from learning.hearing import Hearing
from learning.review import Review
from learning.wrapping_up import Checked

Hears = Callable[..., Hearing]


def says(
    database: Database, rep: int, hearing: Hearing, intent: str, ticket: int = 1
) -> tuple[bool, list[str]]:
    """Wrap a ticket up; gives whether a phrase is proposed, and all that waits."""
    at = datetime.fromisoformat("2026-11-23T16:00:00+00:00")
    checked = Checked(ticket, hearing, intent, rep, at)
    proposed = database.run(lambda db: wrapping_up.wrap_up(db, checked))
    return proposed, [each.words for each in database.run(review.waiting)]


def test_a_correction_proposes_the_words_for_the_right_intent(
    database: Database, rep: int, heard: Hears
) -> None:
    assert says(database, rep, heard(), "pothole") == (True, ["there is a hole in my road"])
    waiting = database.run(review.waiting)[0]
    assert (waiting.intent, waiting.guessed, waiting.who) == (
        "pothole",
        "street light out",
        "The rep",
    )


def test_a_confirmation_is_counted_and_proposes_nothing(
    database: Database, rep: int, heard: Hears
) -> None:
    assert says(database, rep, heard(), "street light out") == (False, [])
    assert says(database, rep, heard(), "pothole", ticket=2)[0]
    assert database.run(wrapping_up.shares_right) == {"en": (1, 2)}


def test_none_of_the_intents_is_counted_as_misunderstood_and_proposes_nothing(
    database: Database, rep: int, heard: Hears
) -> None:
    assert says(database, rep, heard(), "") == (False, [])
    assert database.run(wrapping_up.shares_right) == {"en": (0, 1)}


def test_the_same_correction_twice_is_one_phrase_and_one_count(
    database: Database, rep: int, heard: Hears
) -> None:
    says(database, rep, heard(), "pothole")
    says(database, rep, heard(), "pothole")
    assert says(database, rep, heard("There is a HOLE in my road"), "pothole", ticket=2)[1] == [
        "there is a hole in my road"
    ]
    assert database.run(wrapping_up.shares_right) == {"en": (0, 2)}


def test_another_correction_takes_the_place_of_the_first(
    database: Database, rep: int, heard: Hears
) -> None:
    says(database, rep, heard(), "pothole")
    says(database, rep, heard(), "traffic signal")
    assert [each.intent for each in database.run(review.waiting)] == ["traffic signal"]
    assert says(database, rep, heard(), "street light out")[1] == []


def test_what_was_said_is_taken_back_with_its_phrase(
    database: Database, rep: int, heard: Hears
) -> None:
    says(database, rep, heard(), "pothole")
    database.run(lambda db: wrapping_up.take_back(db, 1))
    assert database.run(review.waiting) == []
    assert database.run(lambda db: wrapping_up.standing(db, 1)) is None


def test_a_phrase_that_was_accepted_meanwhile_outlives_the_taking_back(
    database: Database, rep: int, now: datetime, heard: Hears
) -> None:
    says(database, rep, heard(), "pothole")
    waiting = database.run(review.waiting)[0]
    looked = Review(waiting.id, rep, now)
    assert database.run(lambda db: review.accept(db, looked, waiting.words))
    database.run(lambda db: wrapping_up.take_back(db, 1))
    assert [each.intent for each in database.run(review.accepted)] == ["pothole"]


def test_words_of_which_nothing_may_be_kept_are_not_proposed(
    database: Database, rep: int, heard: Hears
) -> None:
    assert says(database, rep, heard("8 0 1 5 5 5"), "pothole") == (False, [])
