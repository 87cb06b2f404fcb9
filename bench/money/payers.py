"""A resident who pays in a simulated city, by phone or by a token on file, and may try again."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final, Literal

import httpx

from bench.money.city import City
from billing.errors import Conflict
from billing.payments.intents import Wanted
from billing.processor.port import NoAnswer, ProcessorCharge, Refused
from billing.shapes import CardTender, PaymentResult
from devphone.cards.numbers import BANK_ACCOUNTS, CARDS, ROUTING, bank_account, card

# Half of all payments are made with a number that is nothing special.
NUMBERS: Final = (*CARDS, *BANK_ACCOUNTS, *["4242424242424242"] * len({*CARDS, *BANK_ACCOUNTS}))
COPIES: Final = ((0, 1, 2, 3), (6, 82, 9, 3))  # a message is dropped, arrives, arrives again
DELAYS: Final = ((3, 600, 3 * 3600, 30 * 3600), (88, 7, 3, 2))  # at most so many seconds
REDELIVERED: Final = 3
PATIENCE_SECONDS: Final = 240
ATTEMPTS: Final = 3
HANGS_UP: Final = 0.05
DIES: Final = 0.03  # between the processor's answer and the ledger
TELLS: Final = 0.6  # of what ended without an answer, the phone network says so
AGAIN: Final = {"unknown": 0.4, "declined": 0.3}

By = Literal["phone", "token"]


@dataclass
class Payer:
    """One payment and its fate; a second try is another payer with the first one's number."""

    city: City
    number: int
    draw: random.Random
    account: int
    cents: int
    fee: int
    digits: str
    by: By
    attempt: int = 1
    parent: str | None = None
    intent: str = ""
    heard: bool = False
    went_on: bool = False  # to another try, at most once
    delivered: dict[str, int] = field(default_factory=dict[str, int])

    @classmethod
    def drawn(cls, city: City, number: int, draw: random.Random) -> "Payer":
        """Draw who pays what, and how."""
        by: By = "phone" if draw.random() < 0.7 else "token"  # noqa: PLR2004  mostly by phone
        return cls(
            city,
            number,
            draw,
            draw.choice(city.accounts),
            draw.randint(100, 40_000),
            draw.choice((0, 0, 250)),
            draw.choice(NUMBERS),
            by,
        )

    @property
    def tender(self) -> CardTender:
        """A bank account's number is no card's."""
        return "ach" if self.digits in BANK_ACCOUNTS else "card"

    def begin(self) -> None:
        """Write down what is about to be paid; whoever is cut off comes again with the same key."""
        wanted = Wanted(
            account_id=self.account, cents=self.cents, tender=self.tender, channel=self.by,
            language="en", fee_cents=self.fee, attempt=self.attempt, parent=self.parent,
        )  # fmt: skip
        key = f"wire:{self.number}:{self.attempt}"
        made = self.city.mortal(self.draw, lambda: self.city.line.create(wanted, key))
        if made is None:
            self._redelivered("begin", self.begin)
            return
        self.intent = made
        self.city.numbers[made] = self.number
        if self.draw.random() >= HANGS_UP:
            self.city.later(self._delay(), self.send)

    def send(self) -> None:
        """Note that the processor is asked, then have it asked; a late one finds it ended."""
        try:
            sent = self.city.mortal(self.draw, self._mark_sent)
        except Conflict:
            self.city.counts["too late to send"] += 1
            return
        if sent is None:
            self._redelivered("send", self.send)
        elif self.draw.random() < HANGS_UP:
            self._message(lambda: self.hear(PaymentResult(self.intent, "abandoned")))
        elif self.by == "phone":
            self._message(self.connect)
        else:
            self.city.later(0, self.charge)
        self.city.later(PATIENCE_SECONDS, self.wonder)

    def _mark_sent(self) -> bool:
        self.city.line.mark_sent(self.intent)
        return True

    def connect(self) -> None:
        """Let the phone network post the number to the processor, and say what came of it."""
        result = self.city.mortal(self.draw, self._posted)
        if result.outcome == "unknown" and self.draw.random() >= TELLS:
            return
        self._message(lambda: self.hear(result))
        if self.draw.random() < 0.5:  # noqa: PLR2004  every other time by the status callback too
            self._message(lambda: self.hear(result))

    def _posted(self) -> PaymentResult:
        cents = self.cents + self.fee
        number = {"cardnumber": self.digits}
        if self.tender == "ach":
            number = {"routing_number": ROUTING, "account_number": self.digits}
        asked = {"amount": f"{cents // 100}.{cents % 100:02}", "description": self.intent}
        try:
            said = self.city.side.post("/connector", json=asked | number)
            made = said.raise_for_status().json()
        except httpx.HTTPError:
            return PaymentResult(self.intent, "unknown", reason="payment-connector-error")
        if made["error_code"]:
            return PaymentResult(self.intent, "declined", reason=made["error_code"])
        return PaymentResult(self.intent, "approved", made["charge_id"], self.digits[-4:])

    def charge(self) -> None:
        """Have the line charge the token on file; it may die with the answer in its hand."""
        result = self.city.mortal(self.draw, self._charged)
        if self.draw.random() >= DIES:
            self.hear(result)

    def _charged(self) -> PaymentResult:
        known = card(self.digits) or bank_account(ROUTING, self.digits)
        token = self.city.processor.tokenise(known) if known else ""
        cents, port = self.cents + self.fee, self.city.line.port
        try:
            made = port.charge(self.intent, cents, self.tender, token)
        except NoAnswer as error:
            return PaymentResult(self.intent, "unknown", reason=str(error))
        except Refused as error:
            return PaymentResult(self.intent, "abandoned", reason=str(error))
        return told(made)

    def hear(self, result: PaymentResult) -> None:
        """Tell the line, which may die of it; what it answers is what the resident is told."""
        answer = self.city.mortal(self.draw, lambda: self.city.line.finish(result))
        if answer is None:
            self._redelivered(result.outcome, lambda: self.hear(result))
            return
        self.heard = True
        self.city.heard.setdefault(self.intent, Counter()).update([answer.kind])
        if self.draw.random() < AGAIN.get(answer.kind, 0):
            self.try_again()

    def wonder(self) -> None:
        """Having heard nothing for minutes, try again or let it be."""
        if not self.heard and self.draw.random() < AGAIN["unknown"]:
            self.try_again()

    def try_again(self) -> None:
        """Pay once more, under an intent of its own: residents do, whatever they are told."""
        if self.went_on or self.attempt == ATTEMPTS:
            return
        self.went_on = True
        self.city.counts["tried again"] += 1
        further = replace(
            self, attempt=self.attempt + 1, parent=self.intent, intent="", heard=False,
            went_on=False, delivered={},
        )  # fmt: skip
        self.city.later(self.draw.random() * 60, further.begin)

    def _message(self, step: Callable[[], None]) -> None:
        """Put a message on its way: not at all, once or again, each copy with its own delay."""
        (copies,) = self.draw.choices(*COPIES)
        self.city.counts[f"messages that came {copies} times"] += 1
        for _ in range(copies):
            self.city.later(self._delay(), step)

    def _delay(self) -> float:
        (most,) = self.draw.choices(*DELAYS)
        return self.draw.random() * most

    def _redelivered(self, what: str, step: Callable[[], None]) -> None:
        """Let what was not answered come again, a few times."""
        self.delivered[what] = self.delivered.get(what, 0) + 1
        if self.delivered[what] <= REDELIVERED:
            self.city.later(self.draw.random() * 60, step)


def told(made: ProcessorCharge) -> PaymentResult:
    """Turn what the processor has into what an intent is told."""
    outcome = "approved" if made.state == "approved" else "declined"
    return PaymentResult(made.intent, outcome, made.confirmation, made.last_four, made.reason)
