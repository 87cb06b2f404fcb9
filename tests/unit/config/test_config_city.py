"""The city of the repository: everything that the duties and the list of service types ask for."""

from datetime import time
from pathlib import Path

import pytest

from config.city import City, read_city
from config.hours import Span
from config.intents import (
    DepartmentDestination,
    FlowDestination,
    InformationDestination,
    PersonDestination,
    TicketDestination,
)
from config.services import FIELD_KINDS, MOST_VOICE_QUESTIONS
from config.words import LANGUAGES, Both

# What the city's list of service types asks for; the line may add its own.
SERVICE_TYPES = """
    UB-BAL UB-HIGH UB-PAYERR UB-REFUND UB-PLAN UB-ASSIST UB-START UB-STOP UB-XFER UB-RECON
    UB-DEPOSIT UB-NOAUTO UB-REREAD UB-METER PW-OUT PW-WIRE PW-LIGHT PW-TREE WA-MAIN WA-LEAK
    WA-NONE WA-QUAL WA-WASTE WA-SHUT SE-BACK SE-ODOR ST-FLOOD SA-MISS SA-CART SA-RECY SA-BULK
    SA-DUMP RD-POT RD-SIDE RD-SNOW RD-DEBR RD-SWEEP TR-SIG TR-SIGN TR-STOP TR-CALM PK-TICK
    PK-PERM PK-ABAN CE-WEED CE-JUNK CE-ZONE CE-SNOWW GR-PUB GR-PRIV PR-PARK PR-TREE PR-RES
    CM-LOT AN-STRAY AN-DEAD NO-NOISE BL-NEW BL-REN BD-PERM AP-BADGE PP-PASS FP-PRINT RE-GRAMA
    ADA-ACC CC-COMP EX-OTHER
"""
SMALL = Path(__file__).parent / "small_city"


@pytest.fixture(scope="module")
def city() -> City:
    return read_city()


@pytest.fixture(scope="module")
def small() -> City:
    return read_city(SMALL)


def test_the_city_has_its_departments_teams_and_service_types(city: City) -> None:
    assert (len(city.departments), len(city.teams)) == (21, 19)
    wanted = SERVICE_TYPES.split()
    assert len(wanted) == 67
    assert set(city.services) >= set(wanted)


def test_every_team_has_work_and_every_queue_is_fed(city: City) -> None:
    assert all(team.queues for team in city.teams.values())
    fed = {service.queue for service in city.services.values()}
    assert fed == set(city.queues)


@pytest.mark.parametrize(
    ("code", "queue_priority_and_clocks"),
    [
        ("UB-BAL", ("utility", 3, 2.0, 1)),
        ("UB-RECON", ("connects", 1, 1.0, 1)),
        ("PW-WIRE", ("power-emerg", 1, 0.1, 1)),
        ("TR-CALM", ("traffic", 5, 40.0, 30)),
        ("AP-BADGE", ("appointments", 4, 8.0, 5)),
        ("RE-GRAMA", ("records", 3, 8.0, 10)),
    ],
)
def test_a_service_type_has_its_queue_priority_and_clocks(
    city: City, code: str, queue_priority_and_clocks: tuple[str, int, float, int]
) -> None:
    one = city.services[code]
    told = (one.queue, one.priority, one.first_response_hours, one.resolve_days)
    assert told == queue_priority_and_clocks


def test_the_clocks_of_emergencies_never_pause_for_the_night(city: City) -> None:
    urgent = [one for one in city.services.values() if one.kind in {"emergency", "dispatch"}]
    assert len(urgent) == 7
    assert {service.hours for service in urgent} == {"round the clock"}
    assert all(len(day) == 1 for day in city.hours["round the clock"].week)
    assert city.services["RD-POT"].hours == "office"
    assert city.services["SA-MISS"].hours == "sanitation"


def test_a_caller_is_asked_few_questions_and_each_in_both_languages(city: City) -> None:
    for service in city.services.values():
        assert len(service.voice_fields) <= MOST_VOICE_QUESTIONS
        for field in service.fields:
            assert field.kind in FIELD_KINDS
            assert all(field.ask.get(language) for language in LANGUAGES)
            assert (field.kind == "choice") == (len(field.options) > 1)


def test_a_question_for_the_ear_is_short(city: City) -> None:
    asked = [field.ask for one in city.services.values() for field in one.voice_fields]
    assert max(len(ask.en.split()) for ask in asked) <= 16
    assert max(len(ask.es.split()) for ask in asked) <= 18


OPENED_BY_JOBS = ("UB-UNKNOWN", "UB-RETURNED", "UB-SETTLE", "UB-NOREFUND", "UB-NOAUTO")


def test_what_a_caller_cannot_answer_is_left_to_the_desk(city: City) -> None:
    desk = {
        (service.code, field.name)
        for service in city.services.values()
        for field in service.fields
        if field.asked == "desk"
    }
    assert desk == {
        ("UB-START", "id_verified"),
        ("UB-START", "deposit_status"),
        ("AP-BADGE", "id_docs"),
    } | {(case, name) for case in OPENED_BY_JOBS for name in ("account", "amount", "note")}


def test_only_verified_numbers_are_dialled_and_never_the_lines_own(city: City) -> None:
    phones = {one.id: one.phone.value for one in city.departments.values() if one.phone}
    assert phones == {"development_services": "+18018526450", "parks": "+18018526600"}
    assert city.line.numbers == {"311", "+18018526000"}


def test_a_department_without_a_phone_has_a_desk_queue(city: City) -> None:
    assert {one.queue for one in city.departments.values()} <= set(city.queues)


def test_preflight_names_what_nobody_has_confirmed(city: City) -> None:
    named = {what for _, what, _, _ in city.unverified()}
    assert {"hours, office", "holidays", "departments, justice_court"} <= named
    assert f"first response and resolve clocks of {len(city.services)} service types" in named
    assert "quiet hours" not in named
    assert all(source and status for _, _, source, status in city.unverified())


def test_hours_may_pause_at_noon_and_run_past_midnight(small: City) -> None:
    week = small.hours["office"].week
    assert week[0] == (Span(time(8), time(12)), Span(time(13), time(17)))
    assert [span.past_midnight for span in week[4]] == [True]
    assert week[6] == ()


def test_every_kind_of_destination_is_read(small: City) -> None:
    assert {id_: intent.goes_to for id_, intent in small.intents.items()} == {
        "pothole": TicketDestination("RD-POT"),
        "roads": DepartmentDestination("roads"),
        "balance": FlowDestination("balance"),
        "person": PersonDestination("streets"),
        "compost": InformationDestination(
            Both("Five dollars.", "Cinco dólares."), "the tests", "historic", unverified=True
        ),
    }


def test_an_emergency_keeps_its_number_ticket_and_look_alikes(small: City) -> None:
    wire, on_call = small.emergencies["wire down"], small.emergencies["on call"]
    assert (wire.call, wire.service_type) == ("911", "RD-POT")
    assert (wire.not_en, wire.not_es) == (("wire transfer",), ())
    assert (on_call.call, on_call.service_type) == ("+18015550122", None)


def test_a_small_city_lists_its_own_doubts(small: City) -> None:
    assert [(where, what) for where, what, _, _ in small.unverified()] == [
        ("config/city.yaml", "not city, gas"),
        ("config/services", "first response and resolve clocks of 1 service types"),
        ("config/intents", "compost, information"),
    ]


def test_a_shared_field_may_be_asked_in_other_words(small: City) -> None:
    place, lane, checked = small.services["RD-POT"].fields
    assert (place.name, place.kind, place.ask.es) == ("location", "place", "¿Dónde está el bache?")
    assert (lane.required, [option.value for option in lane.options]) == (False, ["left", "right"])
    assert (checked.asked, checked.ask) == ("desk", checked.label)
