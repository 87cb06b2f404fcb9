"""`./cityline billing bills`: the bills that wait for a person, and what is decided of them."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import click
from sqlalchemy import Row
from sqlalchemy.orm import Session

from cli.billing import BY, refusals
from cli.environment import is_production
from cli.using import line_database

CHOICES: Final[Mapping[str, str]] = {
    "approve": "let a held bill leave with its run",
    "void": "take it back: the next bill takes its days",
    "rate-again": "make it over from the reads and rates as they are now",
    "correct": "undo a posted bill and make it over",
    "post": "post a ready bill that is of no run",
}
NOTHING: Final = "No bill waits for anybody."


@click.command("bills")
@click.argument("number", required=False)
@click.option(
    "--decide",
    type=click.Choice(list(CHOICES)),
    help="; ".join(f"{name}: {words}" for name, words in CHOICES.items()) + ".",
)
@click.option("--by", default=BY, help="Who decides; kept beside the bill.")
def command(number: str | None, decide: str | None, by: str) -> None:
    """List the bills that wait for a person, show one by its NUMBER, or decide of it.

    A bill that the gate holds stays held until somebody has looked at it.
    """
    if decide and not number:
        raise click.UsageError("Say which bill: ./cityline billing bills NUMBER --decide ...")
    with line_database() as database, refusals():
        if number is None:
            told = database.run(listed)
        elif decide is None:
            told = database.run(lambda session: shown_whole(session, number))
        else:
            told = database.run(lambda session: decided(session, number, decide, by))
    click.echo(told)


def listed(session: Session) -> str:
    """List what waits, the highest bill first."""
    from billing.statements.waiting import waiting

    return "\n".join(line(each) for each in waiting(session)) or NOTHING


def shown_whole(session: Session, number: str) -> str:
    """Show a bill as it would be sent, and why it waits."""
    from billing.statements.waiting import bill

    found = bill(session, number)
    return f"{line(found)}\n\n{found.body}"


def decided(session: Session, number: str, decision: str, by: str) -> str:
    """Carry a decision out; gives the bill, and the one that was made instead."""
    from billing.ledger.clock import today
    from billing.rates.reader import read_tariffs
    from billing.statements import deciding
    from billing.statements.waiting import bill, round_on

    found = bill(session, number)
    tariffs = read_tariffs().usable(production=is_production())
    round_ = round_on(session, today(session), tariffs)
    how: Mapping[str, Callable[[], Any]] = {
        "approve": lambda: deciding.approve(session, found.id, by),
        "void": lambda: deciding.void(session, found.id, by),
        "rate-again": lambda: deciding.rerate(session, found.id, by, round_),
        "correct": lambda: deciding.correct(session, found.id, by, round_),
        "post": lambda: deciding.post_statement(session, found.id, by, round_),
    }
    made = how[decision]()
    numbers = [number, *([made.number] if made else [])]
    return "\n".join(line(bill(session, each)) for each in numbers)


def line(found: Row[Any]) -> str:
    """Write a bill in one line: its number, account, days, amount, state and what the gate said."""
    from billing.money import shown

    amount = f"{shown(found.charges_cents):>12}"
    days = f"{found.starts_on} to {found.ends_on}"
    return f"{found.number}  {found.account}  {days}  {amount}  {found.state}  {found.why}".rstrip()
