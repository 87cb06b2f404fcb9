"""What the desk says when something is wrong, and what it keeps."""

from dataclasses import replace

import pytest
from flask import Flask

from db.session import Database
from desk.blueprint import make_blueprint
from desk.ports import DeskPorts
from people import audit
from routing import closures
from tests.desk.conftest import Clock, Hire, Opens, Person

NOWHERE = "postgresql://nobody@127.0.0.1:1/nowhere"


def test_without_a_database_the_page_says_so_and_keeps_the_text(
    ports: DeskPorts, hire: Hire, opened: Opens
) -> None:
    person, ticket = hire(language="es"), opened()
    person.signs_in()
    cut = Flask("desk test", static_folder=None)
    cut.register_blueprint(make_blueprint(replace(ports, database=Database(NOWHERE))))
    cookie = person.client.get_cookie("cityline_desk", path="/desk")
    assert cookie is not None
    client = cut.test_client()
    client.environ_base["wsgi.url_scheme"] = "https"
    client.set_cookie("cityline_desk", cookie.value, path="/desk", secure=True)
    away = Person(client, person.username, person.staff_id, person.token)
    refused = away.sends(f"{ticket.address}/note", version=1, note="Lo que escribí")
    assert refused.status == 503
    assert refused.page.language == "es"
    assert "Lo que escribí</textarea>" in refused.html
    assert "Intentar de nuevo" in refused.html


@pytest.mark.parametrize(
    "address", ["/desk/nowhere", "/desk/tickets/1%00", "/desk/tickets/❸", "/desk/queues/none"]
)
def test_what_is_not_there_is_said_on_a_page_of_the_desk(rep: Person, address: str) -> None:
    opened = rep.opens(address)
    assert opened.status == 404
    assert "Not here" in opened.html


@pytest.mark.parametrize("version", ["", "x", "-1", "❸", "9" * 40])
def test_a_version_that_cannot_be_is_an_old_one(rep: Person, opened: Opens, version: str) -> None:
    ticket = opened()
    assert rep.sends(f"{ticket.address}/note", version=version, note="words").status == 409


def test_what_postgresql_would_refuse_is_taken_out_of_a_note(rep: Person, opened: Opens) -> None:
    ticket = opened()
    saved = rep.sends(f"{ticket.address}/note", version=1, note="one\x00two\u200b three\r\nfour")
    assert saved.status == 200
    assert "onetwo three\nfour" in saved.html


def test_a_note_too_long_is_given_back_whole(rep: Person, opened: Opens) -> None:
    ticket, words = opened(), "x" * 4001
    refused = rep.sends(f"{ticket.address}/note", version=1, note=words)
    assert refused.status == 422
    assert words in refused.html


def test_the_city_is_closed_and_opened_again_by_a_supervisor(
    hire: Hire, database: Database, clock: Clock
) -> None:
    person = hire("supervisor")
    person.signs_in()
    half = person.sends("/desk/administration/closure", message_en="Snow.", message_es="")
    assert half.status == 422
    assert "Snow.</textarea>" in half.html
    past = {"message_en": "Snow.", "message_es": "Nieve.", "until": "2020-01-01T08:00"}
    assert "That time is past" in person.sends("/desk/administration/closure", **past).html
    later = past | {"until": "2026-11-24T08:00"}
    closed = person.sends("/desk/administration/closure", **later)
    assert "until Tue, Nov 24, 8:00" in closed.html.replace("\u202f", " ")
    in_force = database.run(lambda db: closures.current(db, clock.now))
    assert [closure.name.es for closure in in_force if closure.name] == ["Nieve."]
    assert "ordinary hours again" in person.sends("/desk/administration/closure/clear").html
    assert database.run(lambda db: closures.current(db, clock.now)) == []
    log = database.run(lambda db: audit.newest(db, leaving_out=("signed in", "signed out")))
    done = [line.action for line in log if line.actor == person.username]
    assert done == ["closure cleared", "closure set"]
