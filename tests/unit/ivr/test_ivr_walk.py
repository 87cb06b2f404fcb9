"""The shipped flows driven through: every arrow, both languages, every document to the letter."""

from pathlib import Path

import pytest

import app
from devphone.grammar import faults_of
from ivr.flows import picture, script
from ivr.flows.shapes import HangUp, Place
from ivr.flows.walk import Arrow, Stranded, every_arrow, walk
from ivr.reply import Goodbye, Listen, PutThrough, Reply, Said
from ivr.state import Conversation
from tests.unit.ivr.town import KNOWLEDGE, book_of, world
from webhooks.twiml import document

NEXT = "https://line.example/webhooks/twilio/voice/9/0123456789abcdef/#ct=1500&rt=4500&rc=1"
LARGEST = 8 * 1024


@pytest.fixture(scope="module")
def taken() -> list[Arrow]:
    """Every arrow of the shipped flows, taken."""
    return list(walk(app.the_conversation(), app.walking_world()))


def test_every_arrow_is_taken_in_both_languages(taken: list[Arrow]) -> None:
    wanted = set(every_arrow(app.the_conversation().book))
    assert {(one.place, one.outcome) for one in taken if one.language == "en"} == wanted
    assert {(one.place, one.outcome) for one in taken if one.language == "es"} == wanted


def test_every_reply_is_a_document_without_a_fault_and_under_eight_kilobytes(
    taken: list[Arrow],
) -> None:
    for one in taken:
        body = document(one.reply, NEXT)
        assert faults_of(body) == [], one
        assert len(body) < LARGEST, one


def test_no_reply_is_silent(taken: list[Arrow]) -> None:
    silent = [one for one in taken if not any(said.text.strip() for said in one.reply.said)]
    assert silent == []


def test_every_reply_to_a_spanish_call_is_spoken_in_spanish(taken: list[Arrow]) -> None:
    wrong = [
        one
        for one in taken
        if one.language == "es" and one.outcome not in {"english", "changed"}
        for said in one.reply.said
        if said.language != "es"
    ]
    assert wrong == []


def test_every_goodbye_is_the_end_of_its_call(taken: list[Arrow]) -> None:
    book = app.the_conversation().book
    for one in taken:
        ends = isinstance(book.step(one.went_to), HangUp)
        assert isinstance(one.reply, Goodbye) is ends


def test_an_arrow_that_no_caller_can_take_is_reported(tmp_path: Path) -> None:
    book = book_of(tmp_path)
    deaf = Conversation(book, KNOWLEDGE, {})
    arrows = list(walk(deaf, world()))
    assert Place("main line", "ask") in {one.place for one in arrows}
    ask = 'listen for: digits\n    keys: {"#": menu}\n    when: {digits: look it up, menu: menu}'
    zip_code = "listen for: zip code\n    when: {zip code: menu}"  # a listener without a stand-in
    path = tmp_path / "flows" / "main.yaml"
    text = path.read_text("utf-8")
    assert ask in text
    path.write_text(text.replace(ask, zip_code), "utf-8")
    again = Conversation(app.read_book(path.parent, {}), KNOWLEDGE, {})
    with pytest.raises(Stranded, match="main line / ask: no caller gets to 'zip code'"):
        list(walk(again, world()))


def test_call_scripts_say_every_step_in_both_languages() -> None:
    book = app.the_conversation().book
    pages = script.pages(book)
    assert set(pages) == {"README.md", *(script.file_name(name) for name in book.flows)}
    for flow in book.flows.values():
        page = pages[script.file_name(flow.name)]
        assert script.NOTICE in page
        assert page.count("\n## ") == len(flow.steps)
        assert page.count("(English):") == page.count("(Español):")
        for number, name in enumerate(flow.steps, start=1):
            assert f"## {number}. {name}\n" in page


def test_a_script_says_where_each_answer_leads(tmp_path: Path) -> None:
    page = script.pages(book_of(tmp_path))["main-line.md"]
    for line in (
        "Starts at: greet.",
        "- Ask (English): What is your number, please?",
        "- Ask (Español): ¿Cuál es su número, por favor?",
        "- Ask the 2. time (English): Your number, please?",
        "- Listen for: digits",
        "- key #: menu",
        "- digits → 3. look it up",
        "- after 4 tries → to a person",
        "- more than 2 times in a call → to a person",
        "- key 2, two → 3. look it up",
        "- Hang up; the call is recorded as: served",
    ):
        assert line in page.splitlines()
    person = script.pages(book_of(tmp_path))["to-a-person.md"]
    assert "- Ring the phone for 20 seconds" in person


def test_the_map_draws_every_step_and_every_arrow(tmp_path: Path) -> None:
    chart = picture.chart(book_of(tmp_path))
    assert chart.startswith("flowchart TD\n")
    assert 'main_line___ask -->|"digits"| main_line___look_it_up' in chart
    assert 'main_line___look_it_up{"look it up"}' in chart
    assert 'main_line___menu("menu")' in chart
    assert 'main_line___goodbye(["goodbye"])' in chart
    assert chart.count("subgraph") == 3


MARKUP = "<Say>&</Say><Dial>+19005550100</Dial>\"'<!-- -->]]>"
KEYS = app.LISTENERS["digits"].keys


@pytest.mark.parametrize(
    "reply",
    [
        Listen((Said("en", MARKUP),), "en", KEYS, (MARKUP,)),
        PutThrough((Said("es", MARKUP),), "+18015550100", 25),
        Goodbye((Said("en", MARKUP), Said("es", "a" * 5000))),
    ],
)
def test_markup_in_what_is_said_stays_words(reply: Reply) -> None:
    body = document(reply, NEXT)
    assert faults_of(body) == []
    assert b"+19005550100</Dial>" not in body
    assert body.count(b"<Dial") == (1 if isinstance(reply, PutThrough) else 0)
