"""Logs: what must not be kept does not reach a line, whichever way it came in."""

import io
import json
import logging
from collections.abc import Generator

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from config import logs

CARD = "4111111111111111"


@pytest.fixture
def lines() -> Generator[io.StringIO]:
    """Send the log into a text; everything is put back afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    logs.set_up("info")
    text = io.StringIO()
    [handler] = root.handlers
    into_text = logging.StreamHandler(text)
    into_text.setFormatter(handler.formatter)
    root.handlers = [into_text]
    yield text
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


@pytest.mark.parametrize(
    "written",
    [
        CARD,
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "4111.1111.1111.1111",
        "Digits=4111111111111111&x=1",
        "{'Digits': '4111111111111111'}",
        "378282246310005",
        "routing 110000000 account 000123456789",
        "account 12345678",
    ],
)
def test_cards_banks_and_accounts_leave_nothing(written: str) -> None:
    found = str(logs.without_digits(written))
    assert "[digits]" in found
    assert not any(part in found for part in ("1111", "8282", "0005", "1100", "6789", "5678"))


@pytest.mark.parametrize(
    "written",
    [
        "+18015550142",
        "8015550142",
        "801-555-0142",
        "(801) 555-0142",
        "+1 (801) 555-0142",
        "801.555.0142",
    ],
)
def test_a_phone_keeps_its_last_four_digits(written: str) -> None:
    assert logs.without_digits(f"from {written} now") == "from [...0142] now"


@pytest.mark.parametrize(
    "value", ["CA" + "0" * 32, "turn 12", "took 12.5 ms", 7, 7.25, None, True, "dial 9 1 1"]
)
def test_what_names_a_call_or_counts_stays(value: object) -> None:
    assert logs.without_digits(value) == value


@pytest.mark.parametrize(
    "value", [18015550142, [CARD], {"a": {"b": (CARD,)}}, {CARD: 1}, CARD.encode()]
)
def test_numbers_and_nested_values_are_redacted_too(value: object) -> None:
    found = str(logs.without_digits(value))
    assert "1111" not in found
    assert "801555" not in found


def test_a_line_is_json_with_the_calls_name_and_without_digits(lines: io.StringIO) -> None:
    structlog.contextvars.bind_contextvars(call="CA" + "1" * 32, turn=3)
    structlog.get_logger("web").warning("heard", digits=CARD, form={"From": "+18015550142"})
    [line] = lines.getvalue().splitlines()
    said = json.loads(line)
    assert (said["call"], said["turn"], said["level"]) == ("CA" + "1" * 32, 3, "warning")
    assert CARD not in line
    assert "+1801555" not in line
    assert "[...0142]" in line


def test_the_libraries_lines_and_their_arguments_are_redacted(lines: io.StringIO) -> None:
    logging.getLogger("library").warning("sent %s to %s", CARD, {"to": "+18015550142"})
    said = json.loads(lines.getvalue())
    assert said["event"] == "sent [digits] to {'to': '[...0142]'}"


def test_exceptions_are_told_and_redacted(lines: io.StringIO) -> None:
    try:
        int(f"no such card: {CARD}")
    except ValueError:
        logging.getLogger("library").exception("failed for %s", "+18015550142")
        structlog.get_logger("web").exception("failed")
    assert lines.getvalue().count("no such card: [digits]") == 2
    assert CARD not in lines.getvalue()
    assert "+1801555" not in lines.getvalue()


def test_every_line_is_one_line_of_json(lines: io.StringIO) -> None:
    structlog.get_logger("web").warning("a\nb", why='"}{', what="\u2028\x00")
    [line] = lines.getvalue().split("\n")[:-1]
    assert json.loads(line)["event"] == "a\nb"


@given(
    st.from_regex(r"[0-9]{12,19}", fullmatch=True),
    st.text(st.sampled_from(" -.:=/'\","), max_size=3),
)
def test_no_long_run_of_digits_gets_through(digits: str, beside: str) -> None:
    assert digits not in str(logs.without_digits(f"{beside}{digits}{beside}"))
