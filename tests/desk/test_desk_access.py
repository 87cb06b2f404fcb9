"""Who may do what: generated from the route table, so that no address is forgotten."""

from datetime import timedelta

import pytest
from flask import Flask

from desk.blueprint import all_routes
from desk.guard import IDLE, safe_next
from desk.routes import Route
from people import staff
from people.staff import ROLES, Role
from tests.desk.conftest import Clock, Database, Hire, Opens, Person

ROUTES = {route.endpoint: route for route in all_routes()}
GUARDED = [route for route in ROUTES.values() if not route.public_because]


def address(route: Route, number: str = "000000000") -> str:
    """Fill in an address of the route."""
    filled = route.rule.replace("<number>", number).replace("<queue>", "water-field")
    return f"/desk{filled.replace('<path:_anything>', 'nowhere')}"


def test_every_view_has_a_name_of_its_own() -> None:
    assert len(ROUTES) == len(all_routes())


def test_every_route_asks_for_a_role_or_says_why_not() -> None:
    assert [r for r in ROUTES.values() if bool(r.least) == bool(r.public_because)] == []


def test_the_app_serves_these_routes_and_no_others(app: Flask) -> None:
    served = {rule.endpoint.removeprefix("desk.") for rule in app.url_map.iter_rules()}
    assert served == {*ROUTES, "static"}


@pytest.mark.parametrize("route", GUARDED, ids=lambda route: route.endpoint)
def test_nobody_gets_in_without_signing_in(app: Flask, route: Route) -> None:
    client = app.test_client()
    answer = client.open(address(route), method=route.method)
    # A form from nowhere has no token either: both refusals are refusals.
    assert answer.status_code == (303 if route.method == "GET" else 400)
    assert route.method == "POST" or "/desk/sign-in" in answer.headers["Location"]


@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_what_it_may_and_a_plain_no_to_the_rest(hire: Hire, role: Role) -> None:
    person = hire(role, department="public_works_water")
    person.signs_in()
    for route in GUARDED:
        if route.endpoint in {"sign_out", "open_city", "close_city", "train_now"}:
            continue
        allowed = route.least is not None and staff.allows(role, route.least)
        opened = person.opens if route.method == "GET" else person.sends
        assert (opened(address(route)).status != 403) == allowed, route.endpoint


@pytest.mark.parametrize("role", ["department", "rep"])
def test_only_a_supervisor_closes_the_city(hire: Hire, role: Role) -> None:
    person = hire(role)
    person.signs_in()
    assert (
        person.sends("/desk/administration/closure", message_en="x", message_es="x").status == 403
    )
    assert person.sends("/desk/administration/closure/clear").status == 403


TICKET_ROUTES = [route for route in GUARDED if "<number>" in route.rule]


@pytest.mark.parametrize("route", TICKET_ROUTES, ids=lambda route: route.endpoint)
def test_a_department_does_not_find_the_tickets_of_another(
    hire: Hire, opened: Opens, route: Route
) -> None:
    ticket, streets = opened(), hire("department", department="public_works_streets")
    streets.signs_in()
    asked = streets.opens if route.method == "GET" else streets.sends
    assert asked(address(route, ticket.number)).status == 404


def test_a_department_sees_its_own_queues_only(hire: Hire, opened: Opens) -> None:
    ticket = opened(caller="+18015550188")
    water = hire("department", department="public_works_water")
    streets = hire("department", department="public_works_streets")
    for person, found in ((water, True), (streets, False)):
        person.signs_in()
        assert ("Water field work" in person.opens("/desk/queues").html) == found
        assert (person.opens("/desk/queues/water-field").status == 200) == found
        assert (ticket.number in person.opens("/desk/search?q=801-555-0188").html) == found
        by_number = person.opens(f"/desk/search?q={ticket.number}")
        assert by_number.page.title.startswith(f"Ticket {ticket.number}") == found


def test_a_department_that_refers_a_ticket_away_lets_go_of_it(hire: Hire, opened: Opens) -> None:
    ticket, water = opened(), hire("department", department="public_works_water")
    water.signs_in()
    done = water.sends(f"{ticket.address}/refer", version=1, queue="streets", reason="Theirs.")
    assert done.page.title.startswith("My work")
    assert f"Ticket {ticket.number} was referred to" in done.html
    assert water.opens(ticket.address).status == 404


def test_a_form_without_our_token_changes_nothing(rep: Person, opened: Opens) -> None:
    ticket = opened()
    rep.token = "made elsewhere"
    refused = rep.sends(f"{ticket.address}/note", version=1, note="Typed for minutes")
    assert refused.status == 400
    assert "Typed for minutes</textarea>" in refused.html
    again = rep.sends(f"{ticket.address}/note", version=1, note="Typed for minutes")
    assert "Note saved." in again.html


def test_a_session_planted_before_signing_in_is_worth_nothing(hire: Hire) -> None:
    person = hire()
    person.opens("/desk/sign-in")
    planted = person.client.get_cookie("cityline_desk", path="/desk")
    person.signs_in()
    fresh = person.client.get_cookie("cityline_desk", path="/desk")
    assert planted is not None
    assert fresh is not None
    assert planted.value != fresh.value
    assert (fresh.http_only, fresh.same_site, fresh.secure) == (True, "Lax", True)


def test_signing_out_ends_a_copied_cookie_too(hire: Hire, app: Flask) -> None:
    person = hire()
    person.signs_in()
    cookie = person.client.get_cookie("cityline_desk", path="/desk")
    assert cookie is not None
    thief = app.test_client()
    thief.environ_base["wsgi.url_scheme"] = "https"
    thief.set_cookie("cityline_desk", cookie.value, path="/desk", secure=True)
    assert thief.get("/desk/work").status_code == 200
    person.sends("/desk/sign-out")
    assert thief.get("/desk/work").status_code == 303


def test_raising_the_epoch_ends_a_session(rep: Person, database: Database) -> None:
    database.run(lambda db: staff.end_sessions(db, rep.staff_id))
    assert rep.opens("/desk/work").page.title.startswith("Sign in")


def test_an_idle_desk_falls_asleep_and_a_page_asking_by_itself_does_not_keep_it_awake(
    rep: Person, clock: Clock
) -> None:
    for _ in range(8):
        clock.now += timedelta(hours=1)
        assert rep.client.get("/desk/work", headers={"X-Live": "1"}).status_code == 200
    clock.now += timedelta(hours=1)
    answer = rep.client.get("/desk/work", headers={"X-Live": "1"})
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"].startswith("/desk/sign-in")


def test_a_desk_at_work_stays_awake(rep: Person, clock: Clock) -> None:
    for _ in range(4):
        clock.now += IDLE - timedelta(minutes=1)
        assert rep.opens("/desk/work").page.title.startswith("My work")


def test_a_wrong_password_is_told_without_saying_what_was_wrong(hire: Hire) -> None:
    person = hire()
    refused = person.signs_in("wrong password")
    assert refused.status == 403
    assert "do not go together" in refused.html
    assert "wrong password" not in refused.html


def test_guessing_is_stopped_in_plain_words(hire: Hire) -> None:
    person = hire()
    answers = [person.signs_in("wrong password") for _ in range(9)]
    assert answers[-1].status == 429
    assert "Please wait 15 min" in answers[-1].html


@pytest.mark.parametrize(
    "wanted",
    ["https://elsewhere.example/desk/", "//elsewhere.example/desk/", "/\\elsewhere", "/other", ""],
)
def test_signing_in_never_leads_elsewhere(app: Flask, wanted: str) -> None:
    with app.test_request_context("/desk/"):
        assert safe_next(wanted) == "/desk/work"


def test_signing_in_leads_back_to_where_one_wanted_to_go(hire: Hire) -> None:
    person = hire()
    person.opens("/desk/queues/streets")
    arrived = person.sends(
        "/desk/sign-in",
        username=person.username,
        password="correct horse battery",
        next="/desk/queues/streets",
    )
    assert arrived.page.title.startswith("Streets")
