"""What `./cityline soak billing` proves at length, in short: the same runs, with small numbers.

The faults on the wire and the deaths have theirs in tests/faults.
"""

import inspect
from collections.abc import Mapping
from datetime import timedelta
from importlib import import_module

import pytest
from sqlalchemy.orm import Session

from bench.money import crowd, play, review, settlement
from bench.money.play import ACTS, Changes, Hand, Size
from bench.money.town import Outcome
from billing.payments.charges import Fee, add_fee
from cli.soak_billing import PARTS

SEED = 311
PLAYED = Size(acts=600, accounts=40, every=200, seed=SEED, workers=4)
PAYERS, EACH = 64, 5
KEYS, DELIVERIES = 60, 8
LINES, FAULTS = 500, 20
HOMES, ONE_IN = 600, 20


def untold(_done: int) -> None:
    """Tell nobody how far it is."""


def right(outcome: Outcome) -> Mapping[str, float]:
    """Give the figures of a run in which nothing was wrong."""
    assert not outcome.wrong, "\n".join(outcome.wrong)
    return outcome.figures


def test_acts_at_random_leave_every_account_as_a_plain_dictionary_says(
    fresh_database_url: str,
) -> None:
    figures = right(play.play(fresh_database_url, PLAYED, untold))
    done = sum(many for act, many in figures.items() if act in {each.__name__ for each in ACTS})
    refused = sum(many for act, many in figures.items() if act.startswith("refused: "))
    assert done + refused == PLAYED.acts
    assert all(figures.get(each.__name__) for each in ACTS), figures


def forgetful_fee(db: Session, hand: Hand) -> Changes:
    """Charge twice what it says, and only now and then."""
    cents = hand.draw.randint(100, 900)
    doubled = 2 * cents if hand.draw.random() < 0.2 else cents
    account, on = hand.account(), hand.town.on
    fee = Fee(
        account_id=account, service="power", kind="late fee", cents=doubled, on=on,
        due_on=on + timedelta(20), code="power.revenue",
    )  # fmt: skip
    add_fee(db, fee, "play", hand.key)
    return {account: cents}


def test_a_cent_that_nobody_told_of_ends_the_play_at_the_next_barrier(
    fresh_database_url: str,
) -> None:
    barriers: list[int] = []
    size = Size(acts=400, accounts=5, every=40, seed=SEED, workers=4)
    outcome = play.play(fresh_database_url, size, barriers.append, {**ACTS, forgetful_fee: 20})
    assert any("it should be" in one for one in outcome.wrong)
    assert barriers[-1] < size.acts


def test_a_crowd_on_one_account_pays_each_cent_once(fresh_database_url: str) -> None:
    figures = right(crowd.crowd(fresh_database_url, PAYERS, EACH, untold))
    assert figures["posted"] == figures["acknowledged"] == PAYERS * EACH


def test_a_payment_told_many_times_in_disorder_is_one_and_another_body_is_refused(
    fresh_database_url: str,
) -> None:
    figures = right(crowd.duplicates(fresh_database_url, KEYS, DELIVERIES, SEED, untold))
    assert figures["posted"] == KEYS
    assert figures["answered"] + figures["refused"] == KEYS * DELIVERIES
    assert figures["refused"] > 0


def test_every_fault_of_a_short_report_is_found_and_none_that_is_not_there(
    fresh_database_url: str,
) -> None:
    figures = right(settlement.run(fresh_database_url, LINES, SEED, untold, FAULTS))
    assert (figures["found"], figures["false"]) == (FAULTS, 0)


def test_a_small_bad_conversion_stays_at_the_gate() -> None:
    figures = right(review.run("", HOMES, SEED, untold, ONE_IN))
    assert figures["bad"] == HOMES // ONE_IN
    assert figures["bad"] + figures["good"] == HOMES


@pytest.mark.parametrize("name", PARTS)
def test_each_part_of_the_soak_is_told_what_it_asks_for(name: str) -> None:
    part = PARTS[name]
    work = getattr(import_module(f"bench.money.{part.where}"), part.does)
    told = (*part.told(part.whole, SEED), untold)
    given = inspect.signature(work).bind(*(told if part.own else ("an address", *told)))
    assert given.arguments["tell"] is untold
