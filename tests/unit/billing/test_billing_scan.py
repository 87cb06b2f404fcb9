"""No number of a card or a bank is anywhere, and one that is planted is found."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from billing.errors import NotAllowed
from billing.scan import (
    blotted,
    in_words,
    is_routing_number,
    passes_luhn,
    refuse_numbers,
    scan,
)
from db.session import Database

CARDS = (
    "4242424242424242", "5555 5555 5555 4444", "3782-822463-10005", "6011111111111117",
    "2223003122003222", "3056930009020004", "3566002020360505", "4222222222222",
)  # fmt: skip
INNOCENT = (
    "account 12345674", "receipt 123456786", "+18015550142", "CA" + "4242424242424242" * 2,
    "2026-11-23T01:26:39.123456+00:00", "20261123012639", "4242424242424241",
    "550e8400-e29b-41d4-a716-446655440000", "ticket 110000000", "1763861199000",
)  # fmt: skip
BANK = ("routing 110000000", '{"routing_number": "021000021"}', "cuenta de banco 124003116")


@pytest.mark.parametrize("number", CARDS)
def test_every_networks_number_is_found_however_it_is_written(number: str) -> None:
    (hit,) = in_words(f"she said {number}, twice", "here")
    assert hit.ends_in == number[-4:]
    assert hit.kind == "card number"
    assert number not in str(hit)


@pytest.mark.parametrize("number", CARDS)
@pytest.mark.parametrize("around", ["5 {} 12/27", "{} 123", "03 {} 12 27 9", "1 2 {}"])
def test_a_number_is_found_among_other_digits(number: str, around: str) -> None:
    (hit,) = in_words(around.format(number), "here")
    assert hit.kind == "card number"
    assert number not in blotted(around.format(number))


@pytest.mark.parametrize("words", INNOCENT)
def test_what_is_no_card_is_left_alone(words: str) -> None:
    assert list(in_words(words, "here")) == []
    assert blotted(words) == words
    refuse_numbers(note=words)


def test_what_machines_give_as_names_is_no_card() -> None:
    for name in ("41234567-8123-4127-8000-123456789012", "a4242424242424242b1", "CA42" + "ab" * 15):
        assert list(in_words(name, "here")) == []
        refuse_numbers(key=name)


TYPED = (
    "4242.4242.4242.4242", "4242/4242/4242/4242", "4242   4242   4242   4242",
    "Visa4242424242424242", "\uff14\uff12" * 8, "4242\u20134242\u20134242\u20134242",
    "4\u200b2" * 8, "4242424242424242exp",
)  # fmt: skip


@pytest.mark.parametrize("words", [*CARDS, *BANK, *TYPED])
def test_what_a_person_types_is_refused_or_blotted(words: str) -> None:
    with pytest.raises(NotAllowed) as refusal:
        refuse_numbers(reason="fine", note=f"she said {words}, twice")
    assert "'note'" in str(refusal.value)
    assert not re.search(r"\d", str(refusal.value))
    blot = blotted(f"she said {words}, twice")
    assert "####" in blot
    assert blot.endswith(", twice")
    refuse_numbers(note=blot)


@given(st.lists(st.sampled_from([*CARDS, *BANK, *TYPED, *INNOCENT, " ", "-", "12", "x"])))
def test_what_is_blotted_has_no_number_left(parts: list[str]) -> None:
    for joined in ("".join(parts), " ".join(parts)):
        refuse_numbers(note=blotted(joined))


@pytest.mark.parametrize("words", BANK)
def test_a_routing_number_is_found_where_a_bank_is_spoken_of(words: str) -> None:
    (hit,) = in_words(words, "here")
    assert hit.kind == "routing number"


@given(st.from_regex(r"4[0-9]{14}", fullmatch=True))
def test_one_last_digit_of_ten_is_right(fifteen: str) -> None:
    assert sum(passes_luhn(f"{fifteen}{digit}") for digit in range(10)) == 1


def test_a_routing_number_has_a_right_sum_and_district() -> None:
    assert is_routing_number("021000021")
    assert not is_routing_number("021000022")
    assert not is_routing_number("000000000")
    assert not is_routing_number("990000000")


def test_planted_numbers_are_found_in_texts_and_json_of_the_database(
    database: Database, account: Callable[[], int]
) -> None:
    whose = account()
    hold = text(
        "INSERT INTO holds (account_id, kind, starts_on, reason, set_by) "
        "VALUES (:account, 'dispute', now(), :reason, 'test') RETURNING id"
    )
    agreed = text(
        "INSERT INTO imports (name, state, totals, findings, loaded_by) "
        "VALUES (:name, 'loaded', CAST(:totals AS jsonb), '[]', 'test')"
    )
    with pytest.raises(_Undone), database.transaction() as session:  # noqa: PT012  undone at its end
        before = scan(session)
        session.execute(hold, {"account": whose, "reason": f"says {CARDS[1]}"})
        totals = json.dumps({"bank": {"routing": "021000021"}, "card": [CARDS[0]]})
        session.execute(agreed, {"name": "planted", "totals": totals})
        hits = [hit for hit in scan(session) if hit not in before]
        assert sorted((hit.place.split()[0], hit.kind) for hit in hits) == [
            ("holds.reason", "card number"),
            ("imports.totals", "card number"),
            ("imports.totals", "routing number"),
        ]
        raise _Undone


def test_planted_numbers_are_found_in_logs_by_line(database: Database, tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    log.write_text(f'{{"event": "fine"}}\n{{"event": "{CARDS[0]}"}}\n', "utf-8")
    hits = database.run(lambda session: scan(session, [log]))
    assert [hit.place for hit in hits if str(log) in hit.place] == [f"{log}:2"]


class _Undone(Exception):
    """Leaves the transaction without a trace of what was planted."""
