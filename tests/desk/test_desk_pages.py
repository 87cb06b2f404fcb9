"""The rooms of the desk: what a rep sees and does there."""

from datetime import timedelta

import pytest

from config.words import Language
from tests.desk.conftest import Clock, Hire, Opens, Person, Tour

ROOMS = ["/desk/", "/desk/work", "/desk/queues", "/desk/queues/water-field", "/desk/search"]


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(
    "address", [*ROOMS, "/desk/search?q=8015550123", "/desk/search?q=nonsense"]
)
def test_every_room_opens_in_both_languages(hire: Hire, address: str, language: Language) -> None:
    person = hire(language=language)
    person.signs_in()
    opened = person.opens(address)
    assert opened.status == 200
    assert opened.page.language == language


def test_a_rep_takes_notes_and_closes_a_ticket(rep: Person, opened: Opens) -> None:
    ticket = opened()
    rep.opens(ticket.address)
    assert "The ticket is yours." in rep.sends(f"{ticket.address}/take").html
    assert "Note saved." in rep.sends(f"{ticket.address}/note", version=1, note="Called back.").html
    closed = rep.sends(f"{ticket.address}/close", version=2, resolution="Crew sent.")
    assert "Closed." in closed.html
    assert "undo-close" in closed.html
    undone = rep.sends(f"{ticket.address}/undo-close", version=3)
    assert "You have this ticket." in undone.html


def test_whoever_comes_second_is_told_who_has_it(hire: Hire, opened: Opens) -> None:
    first, second, ticket = hire(name="First Rep"), hire(), opened()
    first.signs_in()
    second.signs_in()
    first.sends(f"{ticket.address}/take")
    assert "First Rep has this ticket." in second.sends(f"{ticket.address}/take").html


def test_a_note_on_a_changed_ticket_keeps_its_text_and_says_what_changed(
    hire: Hire, opened: Opens
) -> None:
    first, second, ticket = hire(name="First Rep"), hire(), opened()
    first.signs_in()
    second.signs_in()
    first.sends(f"{ticket.address}/note", version=1, note="Crew is on its way.")
    refused = second.sends(f"{ticket.address}/note", version=1, note="<b>My own words</b>")
    assert refused.status == 409
    assert "Note by First Rep" in refused.html
    assert "&lt;b&gt;My own words&lt;/b&gt;</textarea>" in refused.html
    assert "<b>My own" not in refused.html
    again = second.sends(f"{ticket.address}/note", version=2, note="My own words")
    assert again.status == 200


def test_an_empty_note_is_asked_for_again(rep: Person, opened: Opens) -> None:
    ticket = opened()
    refused = rep.sends(f"{ticket.address}/note", version=1, note="   ")
    assert refused.status == 422
    assert "Please write something here first." in refused.html


def test_a_referral_to_nowhere_keeps_the_reason(rep: Person, opened: Opens) -> None:
    ticket = opened()
    refused = rep.sends(f"{ticket.address}/refer", version=1, queue="moon", reason="Theirs.")
    assert refused.status == 422
    assert "Theirs.</textarea>" in refused.html


def test_a_referred_ticket_waits_in_its_new_queue(rep: Person, opened: Opens) -> None:
    ticket = opened()
    done = rep.sends(f"{ticket.address}/refer", version=1, queue="streets", reason="Their road.")
    assert f"Ticket {ticket.number} was referred" in done.html
    assert ticket.number in rep.opens("/desk/queues/streets").html


def test_the_next_one_is_taken_from_ones_own_queues(hire: Hire, opened: Opens) -> None:
    person = hire(queues=("forestry",))
    person.signs_in()
    ticket = opened(queue="forestry")
    taken = person.sends("/desk/next")
    assert "The ticket is yours." in taken.html
    assert taken.page.title.startswith(f"Ticket {ticket.number}")
    assert "Nothing waits in your queues" in person.sends("/desk/next").html


def test_a_phone_is_found_however_it_is_typed(rep: Person, opened: Opens) -> None:
    ticket = opened(caller="+18015550177")
    for typed in ("801-555-0177", "(801) 555-0177", "+18015550177"):
        assert ticket.number in rep.opens("/desk/search", typed).html


def test_a_ticket_number_opens_its_ticket_and_a_mistyped_one_says_so(
    rep: Person, opened: Opens
) -> None:
    ticket = opened()
    spaced = f"{ticket.number[:3]} {ticket.number[3:6]} {ticket.number[6:]}"
    found = rep.opens("/desk/search", spaced)
    assert found.page.title.startswith(f"Ticket {ticket.number}")
    wrong = ticket.number[:-1] + str((int(ticket.number[-1]) + 1) % 10)
    assert "is not a ticket number" in rep.opens("/desk/search", wrong).html


def test_fields_are_shown_by_their_labels(rep: Person, opened: Opens) -> None:
    ticket = opened(code="WA-SHUT", details={"address": "1 Elm", "occupied": "yes", "odd": [1, 2]})
    html = rep.opens(ticket.address).html
    assert "<dt>someone is there</dt><dd>yes</dd>" in html
    assert "<dt>odd</dt><dd>1, 2</dd>" in html


def test_a_late_ticket_says_by_how_much(rep: Person, opened: Opens, clock: Clock) -> None:
    ticket = opened()
    clock.now += timedelta(hours=3)
    assert "1 h 40 min late" in rep.opens(ticket.address).html


def test_pages_of_a_queue_follow_each_other(rep: Person, opened: Opens) -> None:
    for n in range(53):
        opened(queue="storm", rank=-1e6 + n)
    first = rep.opens("/desk/queues/storm")
    following = first.html.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = rep.opens(following)
    assert second.status == 200
    assert "Back to the first page" in second.html


@pytest.mark.parametrize("after", ["nan,1", "inf,1", "x", "1,-5", "1,99999999999999999999"])
def test_a_page_that_cannot_be_is_the_first(rep: Person, after: str) -> None:
    opened = rep.opens(f"/desk/queues/storm?after={after}")
    assert opened.status == 200
    assert "Back to the first page" not in opened.html


def test_markup_in_what_a_caller_said_is_only_words(rep: Person, opened: Opens) -> None:
    canary = "<img src=x onerror=alert(1)>"
    ticket = opened(subject=canary, details={"location": canary, canary: canary})
    for address in (ticket.address, "/desk/queues/water-field", "/desk/work"):
        html = rep.opens(address).html
        assert canary not in html


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_ticket_tells_its_whole_story(hire: Hire, tour: Tour, language: Language) -> None:
    person = hire("supervisor", language=language)
    person.signs_in()
    for address in tour():
        page = person.opens(address)
        assert page.status == (404 if "000000000" in address else 200)
        if "/tickets/" in address and page.status == 200:
            assert "hay una fuga de agua" in page.html
            assert "Cones are set." in page.html
            assert "recibimos su reporte" in page.html
