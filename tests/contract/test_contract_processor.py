"""What every processor owes us: a charge happens once, and a doubt is never taken for an answer."""

import csv
import time
from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from billing.processor.client import SECONDS, HttpCardProcessor
from billing.processor.port import CardProcessor, NoAnswer, Refused
from tests.contract.processors import KEY, Outside, as_process, in_process
from tests.unit.at_once import at_once

GOOD, DECLINED, LOST, LATE = (
    "4242424242424242", "4000000000009995", "4000000000000077", "4000000000000085",
)  # fmt: skip
DISPUTED, DOUBLED = "4000000000000259", "4000000000000093"
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Generator[Outside]:
    with as_process(tmp_path_factory.mktemp("cards")) as made:
        yield made


@pytest.fixture
def paper() -> Generator[Outside]:
    with in_process() as made:
        yield made


@pytest.fixture(params=["in process", "as a process"])
def outside(request: pytest.FixtureRequest) -> Outside:
    made: Outside = request.getfixturevalue("paper" if request.param == "in process" else "process")
    return made


@pytest.fixture
def intent() -> str:
    return uuid4().hex


def test_a_charge_is_approved_and_found_by_its_intent(outside: Outside, intent: str) -> None:
    port: CardProcessor = outside.port
    made = port.charge(intent, 2045, "card", outside.token(GOOD))
    assert (made.state, made.cents, made.last_four) == ("approved", 2045, "4242")
    assert made.confirmation
    assert port.find(intent) == made


def test_a_charge_is_made_once_whoever_asks_again(outside: Outside, intent: str) -> None:
    token = outside.token(GOOD)
    made = at_once(*[lambda: outside.port.charge(intent, 500, "card", token)] * 16)
    assert len({one.confirmation for one in made}) == 1


def test_an_intent_means_one_charge(outside: Outside, intent: str) -> None:
    token = outside.token(GOOD)
    outside.port.charge(intent, 500, "card", token)
    with pytest.raises(Refused) as refusal:
        outside.port.charge(intent, 501, "card", token)
    assert refusal.value.permanent


def test_a_declined_card_says_why_and_can_be_found(outside: Outside, intent: str) -> None:
    made = outside.port.charge(intent, 500, "card", outside.token(DECLINED))
    assert (made.state, made.reason, made.confirmation) == ("declined", "insufficient funds", "")
    assert outside.port.find(intent) == made


def test_a_lost_answer_is_no_answer_and_the_charge_is_found(outside: Outside, intent: str) -> None:
    with pytest.raises(NoAnswer):
        outside.port.charge(intent, 500, "card", outside.token(LOST))
    found = outside.port.find(intent)
    assert found is not None
    assert found.state == "approved"


def test_what_was_never_asked_is_not_found(outside: Outside, intent: str) -> None:
    assert outside.port.find(intent) is None


def test_a_processor_that_is_away_says_nothing_about_the_charge(
    outside: Outside, intent: str
) -> None:
    token = outside.token(GOOD)
    outside.does("/control/away", requests=2)
    with pytest.raises(NoAnswer):
        outside.port.charge(intent, 500, "card", token)
    with pytest.raises(NoAnswer):
        outside.port.find(intent)
    assert outside.port.find(intent) is None


def test_no_more_is_given_back_than_was_taken(outside: Outside, intent: str) -> None:
    outside.port.charge(intent, 500, "card", outside.token(GOOD))
    first = outside.port.refund(f"{intent}-1", intent, 300)
    assert first == outside.port.refund(f"{intent}-1", intent, 300)
    assert outside.port.find(f"{intent}-1") == first
    with pytest.raises(Refused):
        outside.port.refund(f"{intent}-2", intent, 201)
    assert outside.port.find(f"{intent}-2") is None


def test_only_test_numbers_are_taken_and_none_is_said_back(outside: Outside) -> None:
    real = "4539578763621486"
    answer = outside.side.post("/v1/tokens", json={"cardnumber": real})
    assert answer.status_code == 422
    assert real not in answer.text
    said = outside.side.post("/v1/tokens", json={"cardnumber": GOOD}).text
    assert GOOD not in said


@pytest.mark.parametrize("cents", [0, -1, 100_000_000])
def test_an_amount_out_of_bounds_is_refused(outside: Outside, intent: str, cents: int) -> None:
    with pytest.raises(Refused) as refusal:
        outside.port.charge(intent, cents, "card", outside.token(GOOD))
    assert refusal.value.permanent


def test_a_wrong_key_is_ours_to_mend(process: Outside, intent: str) -> None:
    mistaken = HttpCardProcessor(process.address, "x" * 32)
    with pytest.raises(Refused) as refusal:
        mistaken.charge(intent, 500, "card", "tok")
    assert not refusal.value.permanent
    with pytest.raises(NoAnswer):
        mistaken.find(intent)
    mistaken.close()


def test_another_server_at_the_address_never_says_that_there_is_no_charge() -> None:
    elsewhere = httpx.MockTransport(lambda _request: httpx.Response(404, text="nothing here"))
    port = HttpCardProcessor("http://cards.example", KEY, transport=elsewhere)
    with pytest.raises(NoAnswer):
        port.find("any")
    port.close()


def test_nobody_at_the_address_is_no_answer_in_time() -> None:
    port = HttpCardProcessor("http://127.0.0.1:1", KEY)
    began = time.monotonic()
    with pytest.raises(NoAnswer):
        port.find("any")
    assert time.monotonic() - began < SECONDS
    port.close()


def test_a_slow_card_is_waited_for(process: Outside, intent: str) -> None:
    process.does("/control/next", slow_s=0.5)
    began = time.monotonic()
    made = process.port.charge(intent, 500, "card", process.token(GOOD))
    assert made.state == "approved"
    assert time.monotonic() - began >= 0.5


def test_a_fault_on_request_happens_once(outside: Outside, intent: str) -> None:
    token = outside.token(GOOD)
    outside.does("/control/next", decline="do not honor")
    assert outside.port.charge(intent, 500, "card", token).reason == "do not honor"
    assert outside.port.charge(f"{intent}-1", 500, "card", token).state == "approved"


def test_the_report_of_a_day_holds_what_was_settled(paper: Outside, intent: str) -> None:
    for number, (card, cents) in enumerate([(GOOD, 100), (DECLINED, 200), (LATE, 400)]):
        paper.port.charge(f"{intent}-{number}", cents, "card", paper.token(card))
    paper.port.refund(f"{intent}-r", f"{intent}-0", 30)
    assert paper.port.settlement(datetime(2026, 11, 23, tzinfo=UTC).date()) is None  # not over yet
    assert paper.forward
    paper.forward(DAY)
    report = paper.port.settlement(datetime(2026, 11, 23, tzinfo=UTC).date())
    assert report is not None
    assert [(line.kind, line.cents) for line in report.lines] == [("charge", 100), ("refund", -30)]
    assert report.deposit_cents == 70


def test_late_disputed_and_doubled_lines_come_when_they_should(paper: Outside, intent: str) -> None:
    for card, cents in ((DISPUTED, 100), (DOUBLED, 200), (LATE, 400)):
        paper.port.charge(f"{intent}{card}", cents, "card", paper.token(card))
    first = datetime(2026, 11, 23, tzinfo=UTC).date()
    assert paper.forward
    paper.forward(5 * DAY)
    found = {
        day: [(line.kind, line.cents) for line in report.lines]
        for day in range(5)
        if (report := paper.port.settlement(first + day * DAY))
    }
    assert sorted(found[0]) == [("charge", 100), ("charge", 200), ("charge", 200)]
    assert found[1] == [("chargeback", -100)]
    assert (found[2], found[4]) == ([], [("charge", 400)])
    assert paper.port.settlement(first + 5 * DAY) is None


def test_a_bank_sends_a_debit_back_with_its_code(paper: Outside, intent: str) -> None:
    bank = {"routing_number": "110000000", "account_number": "000222222227"}
    token = str(paper.does("/v1/tokens", **bank)["token"])
    paper.port.charge(intent, 900, "ach", token)
    assert paper.forward
    paper.forward(2 * DAY)
    report = paper.port.settlement(datetime(2026, 11, 24, tzinfo=UTC).date())
    assert report is not None
    (line,) = report.lines
    assert (line.kind, line.cents, line.code, line.tender) == ("return", -900, "R01", "ach")
    assert line.intent == intent


def test_the_report_is_there_as_csv_too(paper: Outside, intent: str) -> None:
    paper.port.charge(intent, 100, "card", paper.token(GOOD))
    assert paper.forward
    paper.forward(DAY)
    rows = list(csv.DictReader(paper.side.get("/v1/settlements/2026-11-23.csv").text.splitlines()))
    assert [(row["intent"], row["cents"], row["last_four"]) for row in rows] == [
        (intent, "100", "4242")
    ]


def test_pay_charges_through_the_connector_and_the_intent_finds_it(
    outside: Outside, intent: str
) -> None:
    card = {"cardnumber": GOOD, "cvv": "123", "expiry_month": "08", "expiry_year": "2031"}
    asked = {**card, "amount": "20.45", "currency_code": "USD", "description": intent}
    answer = outside.does("/connector", **asked)
    assert answer["charge_id"]
    assert answer["error_code"] is None
    found = outside.port.find(intent)
    assert found is not None
    assert (found.cents, found.confirmation) == (2045, answer["charge_id"])


def test_pay_hears_a_decline_and_makes_tokens_through_the_connector(
    outside: Outside, intent: str
) -> None:
    declined = outside.does("/connector", cardnumber=DECLINED, amount="1", description=intent)
    assert declined["error_code"] == "insufficient funds"
    assert "charge_id" not in declined
    token = outside.does("/connector", cardnumber=GOOD, amount="0")["token_id"]
    assert outside.port.charge(f"{intent}-1", 5, "card", str(token)).state == "approved"


def test_no_number_is_in_the_process_own_words(process: Outside, intent: str) -> None:
    process.port.charge(intent, 500, "card", process.token(GOOD))
    process.side.post("/v1/charges", content=b"{" + GOOD.encode())
    log: Path | None = process.log
    assert log
    assert GOOD not in log.read_text("utf-8")
