"""Conferences: who hears whom, who ends it, and what is reported."""

import pytest

from devphone.phones import Phone
from tests.unit.devphone.rest_client import client_of, sid_of
from tests.unit.devphone.town import HOME, Town, town

DESK = "+18015550100"
ROOM = (
    '<Dial action="/after"><Conference statusCallback="/room" statusCallbackEvent='
    '"start end join leave hold mute" {}>case 7</Conference></Dial>'
)


@pytest.fixture
def here() -> Town:
    return town(
        {
            "/voice": ROOM.format(""),
            "/rep": ROOM.format('endConferenceOnExit="true"'),
            "/room": "",
            "/after": "<Say>Goodbye.</Say>",
        }
    )


def events(here: Town) -> list[str]:
    return [request.form["StatusCallbackEvent"] for request in here.line.to("/room")]


def rep_joins(here: Town) -> None:
    here.network.add_phones([Phone(DESK, "Rep's desk phone")])
    client_of(here).calls.create(to=DESK, from_="+18015550199", url=f"{HOME}/rep")


def test_a_caller_alone_waits_and_is_joined_by_a_rep(here: Town) -> None:
    caller = here.calling()
    caller.hears("hold music")
    rep_joins(here)
    caller.is_put_through_to("Rep's desk phone")
    assert events(here) == ["participant-join", "participant-join", "conference-start"]


def test_a_rep_who_leaves_ends_it_and_the_action_hears(here: Town) -> None:
    caller = here.calling()
    rep = here.caller(DESK)
    rep_joins(here)
    rep.picks_up()
    rep.is_put_through_to("+18015550142")
    rep.hangs_up()
    caller.hears("Goodbye.")
    assert here.line.to("/after")[0].form["DialCallStatus"] == "answered"
    assert events(here)[-2:] == ["participant-leave", "conference-end"]


def test_a_waiting_caller_is_redirected_into_the_room_of_a_rep(here: Town) -> None:
    here.line.table = {
        **here.line.table,
        "/voice": "<Enqueue>billing</Enqueue>",
        "/join": ROOM.format(""),
    }
    caller = here.calling()
    here.caller(DESK)
    rep_joins(here)
    (queue,) = client_of(here).queues.list()
    client_of(here).queues(sid_of(queue)).members("Front").update(url=f"{HOME}/join")
    caller.is_put_through_to("Rep's desk phone")


def test_a_third_is_heard_by_both(here: Town) -> None:
    first, second, third = (here.calling(f"+1801555014{n}") for n in (1, 2, 3))
    third.is_put_through_to("+18015550141")
    third.is_put_through_to("+18015550142")
    first.is_put_through_to("+18015550143")
    second.hangs_up()
    first.is_put_through_to("+18015550143")


def test_participants_are_held_muted_and_removed_by_rest(here: Town) -> None:
    caller = here.calling()
    here.caller(DESK)
    rep_joins(here)
    client = client_of(here)
    (room,) = client.conferences.list(friendly_name="case 7", status="in-progress")
    seats = client.conferences(sid_of(room)).participants
    assert len(seats.list()) == 2
    assert caller.leg is not None
    seat = seats(caller.leg.sid)
    assert seat.update(hold=True).hold is True
    assert seat.update(muted=True).muted is True
    assert events(here)[-2:] == ["participant-hold", "participant-mute"]
    assert seat.delete()
    caller.hears("Goodbye.")


def test_a_conference_is_ended_by_rest_for_everybody(here: Town) -> None:
    caller = here.calling()
    (room,) = client_of(here).conferences.list()
    client_of(here).conferences(sid_of(room)).update(status="completed")
    caller.hears("Goodbye.")
    assert client_of(here).conferences(sid_of(room)).fetch().status == "completed"


def test_a_phone_is_called_into_a_room(here: Town) -> None:
    here.network.add_phones([Phone(DESK, "Rep's desk phone")])
    caller = here.calling()
    (room,) = client_of(here).conferences.list()
    client_of(here).conferences(sid_of(room)).participants.create(from_="+18015550199", to=DESK)
    caller.is_put_through_to("Rep's desk phone")
