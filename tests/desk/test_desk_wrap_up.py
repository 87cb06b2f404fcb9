"""Wrapping a call up: its ticket's owner says whether the line understood."""

import pytest

from db.session import Database
from learning import review, wrapping_up
from tests.desk.conftest import Hire, OpenTicket, Person
from tests.desk.misheard import SAID, Talked, corrects, nothing_learnt, ports, talked, ticket

__all__ = ["nothing_learnt", "ports", "talked", "ticket"]  # fixtures


def test_the_owner_sees_what_was_said_and_what_was_understood(
    rep: Person, ticket: OpenTicket
) -> None:
    html = rep.opens(ticket.address).html
    assert "Did the line understand?" in html
    assert f"“{SAID}”" in html
    assert "(62% sure)" in html
    assert '<option value="pothole">' in html


def test_nobody_but_the_owner_is_asked_or_may_answer(
    hire: Hire, rep: Person, ticket: OpenTicket, talked: Talked
) -> None:
    other = hire()
    other.signs_in()
    assert "Did the line understand?" not in other.opens(ticket.address).html
    refused = other.sends(f"{ticket.address}/wrap-up", verdict="right")
    assert refused.status == 409
    assert rep.sends(f"{talked().address}/wrap-up", verdict="right").status == 409


def test_a_confirmation_is_counted_and_can_be_undone(
    rep: Person, ticket: OpenTicket, database: Database
) -> None:
    said = rep.sends(f"{ticket.address}/wrap-up", verdict="right")
    assert "Confirmed as right." in said.html
    assert database.run(wrapping_up.shares_right) == {"en": (1, 1)}
    undone = rep.sends(f"{ticket.address}/undo-wrap-up")
    assert "Yes, that is right" in undone.html
    assert database.run(wrapping_up.shares_right) == {}


def test_a_correction_proposes_the_words_and_sent_twice_proposes_them_once(
    rep: Person, ticket: OpenTicket, database: Database
) -> None:
    html = corrects(rep, ticket)
    assert "The words are proposed as a phrase for" in html
    assert "Corrected: it was about" in html
    corrects(rep, ticket)
    assert [each.words for each in database.run(review.waiting)] == [SAID]


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"verdict": "other", "intent": ""}, "Please choose one of the list."),
        ({"verdict": "other", "intent": "no such thing"}, "Please choose one of the list."),
        ({"verdict": "other", "intent": "street light out"}, "That is what the line understood."),
    ],
)
def test_a_correction_without_another_intent_is_asked_for_again(
    rep: Person, ticket: OpenTicket, fields: dict[str, str], problem: str
) -> None:
    again = rep.sends(f"{ticket.address}/wrap-up", **fields)
    assert again.status == 422
    assert problem in again.html


def test_something_the_line_does_not_know_is_counted_and_proposes_nothing(
    rep: Person, ticket: OpenTicket, database: Database
) -> None:
    assert "about something the line does not know" in corrects(rep, ticket, "none of them")
    assert database.run(review.waiting) == []
    assert database.run(wrapping_up.shares_right) == {"en": (0, 1)}


def test_an_emergency_is_never_asked_about(rep: Person, talked: Talked) -> None:
    made = talked("there is a fire in my kitchen")
    rep.sends(f"{made.address}/take")
    assert "Did the line understand?" not in rep.opens(made.address).html
    assert rep.sends(f"{made.address}/wrap-up", verdict="right").status == 404
