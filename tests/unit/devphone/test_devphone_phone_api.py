"""The phones' API over HTTP, in process."""

from dataclasses import dataclass
from typing import Any, cast

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from devphone.caller import Caller
from devphone.fetching import in_process
from devphone.network import Network
from devphone.server import build
from tests.unit.devphone.town import NUMBER, Town, town

RESIDENT = "+18015550142"


@dataclass
class Pad:
    client: FlaskClient
    here: Town
    call: str = ""

    def post(self, path: str, **body: object) -> dict[str, object]:
        answer = self.client.post(path, json=body)
        told: dict[str, object] = answer.get_json()
        return {"status": answer.status_code, **told}

    def act(self, deed: str, **body: object) -> dict[str, object]:
        return self.post(f"/phone/calls/{self.call}/{deed}", **body)

    def news(self, after: int = 0) -> dict[str, object]:
        answer = self.client.get(f"/phone/calls/{self.call}?after={after}&wait=0")
        found: dict[str, object] = answer.get_json()
        return found


@pytest.fixture
def pad() -> Pad:
    here = town(
        {
            "/voice": '<Gather input="dtmf speech" numDigits="1" action="/heard">'
            '<Say language="es-US">Diga algo.</Say></Gather><Say>Silence.</Say>',
            "/heard": "<Gather><Say>Thank you.</Say></Gather>",
        }
    )
    return Pad(build(here.network, "token").test_client(), here)


def dialled(pad: Pad) -> Pad:
    made = pad.post("/phone/calls", **{"from": RESIDENT, "to": NUMBER, "language": "es"})
    assert made["status"] == 201
    pad.call = str(made["call"])
    return pad


def events(news: dict[str, object]) -> list[dict[str, Any]]:
    return cast("list[dict[str, Any]]", news["events"])


def kinds(news: dict[str, object]) -> list[str]:
    return [event["kind"] for event in events(news)]


def test_a_call_tells_what_it_hears_and_what_it_listens_for(pad: Pad) -> None:
    news = dialled(pad).news()
    assert news["state"] == "in-progress"
    assert news["listening"] == {
        "input": ["dtmf", "speech"],
        "language": "en-US",
        "num_digits": 1,
        "finish_on_key": "#",
        "timeout": 5,
    }
    assert kinds(news) == ["status", "status", "fetched", "status", "said"]


def test_a_fetched_event_shows_the_webhook_and_its_document(pad: Pad) -> None:
    fetched = next(event for event in events(dialled(pad).news()) if event["kind"] == "fetched")
    assert fetched["url"] == "https://line.example/voice"
    assert fetched["status"] == 200
    assert "<Gather" in fetched["twiml"]
    assert fetched["form"]["From"] == RESIDENT


@pytest.mark.parametrize(
    ("deed", "body", "kind"),
    [
        ("press", {"digits": "1"}, "pressed"),
        ("speak", {"words": "hola", "confidence": 0.5}, "spoke"),
        ("wait", {}, "silence"),
        ("hangup", {}, "hung up"),
    ],
)
def test_every_act_is_seen_among_the_events(
    pad: Pad, deed: str, body: dict[str, object], kind: str
) -> None:
    before = len(kinds(dialled(pad).news()))
    assert pad.act(deed, **body)["status"] == 200
    assert kind in kinds(pad.news(after=before))


def test_what_cannot_be_done_is_refused_in_words(pad: Pad) -> None:
    assert pad.post("/phone/calls", **{"from": "nobody", "to": NUMBER})["code"] == 21212
    assert pad.post("/phone/calls", **{"from": RESIDENT, "to": "+18015550150"})["code"] == 20404
    assert (
        pad.client.post("/phone/calls", data="[1]", content_type="application/json").status_code
        == 400
    )
    assert pad.client.get("/phone/calls/CA0").status_code == 404
    dialled(pad)
    assert "No phone has a key" in str(pad.act("press", digits="1x")["message"])
    assert pad.act("speak", words=7)["status"] == 400
    assert pad.act("speak", words="hello", confidence=2)["status"] == 400
    assert pad.post("/phone/numbers", number=RESIDENT, behaviour="sings")["status"] == 400
    assert pad.post("/phone/faults", gremlins=True)["status"] == 400


def test_the_table_of_phones_is_read_and_written(pad: Pad) -> None:
    made = pad.post("/phone/numbers", number="+18015550100", name="Desk", behaviour="busy")
    assert made["status"] == 201
    listed = pad.client.get("/phone/numbers").get_json()
    assert listed["lines"] == [NUMBER]
    assert listed["phones"] == [
        {"number": "+18015550100", "name": "Desk", "behaviour": "busy", "presses": ""}
    ]


def test_a_text_is_seen_by_both_its_phones(pad: Pad) -> None:
    pad.post("/phone/messages", **{"from": RESIDENT, "to": NUMBER, "body": "Hello."})
    for number in (RESIDENT, NUMBER):
        found = pad.client.get("/phone/messages", query_string={"to": number}).get_json()[
            "messages"
        ]
        assert [one["body"] for one in found] == ["Hello."]


def test_violations_are_listed(pad: Pad) -> None:
    pad.here.network.lines[NUMBER].voice_url = "https://line.example/broken"
    pad.here.line.table = {"/broken": "<Say/>"}
    dialled(pad)
    found = pad.client.get("/phone/violations").get_json()["violations"]
    assert found[0]["faults"] == ["<Say> says nothing."]


def test_an_application_is_called_in_process_with_signed_forms() -> None:
    app = Flask(__name__)
    seen: list[tuple[str, str | None]] = []

    @app.post("/voice")
    def voice() -> tuple[str, dict[str, str]]:
        seen.append((request.form["From"], request.headers.get("X-Twilio-Signature")))
        return "<Response><Say>Hello.</Say></Response>", {"Content-Type": "text/xml"}

    assert callable(voice)
    network = Network(in_process(app))
    network.add_line(NUMBER, "https://line.example/voice")
    caller = Caller(network)
    caller.dials(NUMBER)
    caller.hears("Hello.")
    ((number, signed),) = seen
    assert number == RESIDENT
    assert signed


def test_every_page_forbids_what_it_does_not_need(pad: Pad) -> None:
    answer = pad.client.get("/")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert b"style=" not in answer.data
    assert b"<script>" not in answer.data
    assert b"http" not in answer.data.replace(b"http-equiv", b"")
