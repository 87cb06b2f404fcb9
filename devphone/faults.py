"""Faults that can be switched on: what a real network does on its bad days, on purpose.

Each is a wrapper around the fetcher, so that the engine never knows.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from devphone.wire import NO_ANSWER_IN_TIME, Answer, Fetch, NoAnswer, Request

SETTABLE: dict[str, type | tuple[type, ...]] = {
    "repeat_every_webhook": bool,
    "delay_s": (int, float),
    "shuffle_status_callbacks": bool,
    "refuse_rest": int,
    "seed": int,
}


@dataclass(frozen=True)
class Difference:
    """A webhook that was answered otherwise when it came again."""

    request: Request
    first: Answer | NoAnswer
    second: Answer | NoAnswer


@dataclass
class Faults:
    """What goes wrong from now on.

    repeat_every_webhook: each is sent twice with the same token; answers that differ are kept in
        `differences`.
    lose_answers: numbers of webhooks (from 1, in the order sent) whose answer is lost on the way
        back: the line has done its work, and Twilio does not know.
    delay_s: every webhook leaves so much later.
    shuffle_status_callbacks: a call's callbacks wait for its end and come in any order, one twice.
    refuse_rest: so many REST requests are answered 429 (20429).
    seed: of the disorder.
    """

    repeat_every_webhook: bool = False
    lose_answers: set[int] = field(default_factory=set[int])
    delay_s: float = 0.0
    shuffle_status_callbacks: bool = False
    refuse_rest: int = 0
    seed: int = 0
    differences: list[Difference] = field(default_factory=list[Difference])
    webhooks_sent: int = 0

    def lose_answer(self, *turns: int) -> None:
        """Lose the answers to the webhooks of these numbers, counted from now."""
        self.lose_answers |= {self.webhooks_sent + turn for turn in turns}

    def set(self, wanted: object) -> None:
        """Take over the settings in a JSON object. Raises ValueError with a sentence."""
        if not isinstance(wanted, dict):
            raise ValueError("Faults are a JSON object.")  # noqa: TRY004  the one error that the API turns into words
        for name, value in wanted.items():  # pyright: ignore[reportUnknownVariableType]  JSON
            kind = SETTABLE.get(str(name))  # pyright: ignore[reportUnknownArgumentType]  JSON
            if kind is None or not isinstance(value, kind):
                raise ValueError(f"No fault {name!r} takes {value!r}.")
            setattr(self, str(name), value)  # pyright: ignore[reportUnknownArgumentType]  JSON

    def draw(self) -> random.Random:
        """Return a reproducible source of disorder."""
        return random.Random(self.seed)  # noqa: S311  disorder, no secret


def faulty(fetch: Fetch, faults: Faults, pause: Callable[[float], None]) -> Fetch:
    """Make the same fetcher have a bad day."""

    def fetch_badly(request: Request) -> Answer | NoAnswer:
        faults.webhooks_sent += 1
        number = faults.webhooks_sent
        if faults.delay_s:
            pause(faults.delay_s)
        answer = fetch(request)
        if faults.repeat_every_webhook:
            _compare(faults, request, answer, fetch(request))
        if number in faults.lose_answers:
            return NoAnswer("read", NO_ANSWER_IN_TIME, "The answer was lost on its way.")
        return answer

    return fetch_badly


def _compare(
    faults: Faults, request: Request, first: Answer | NoAnswer, again: Answer | NoAnswer
) -> None:
    same = (
        isinstance(first, Answer)
        and isinstance(again, Answer)
        and (first.status, first.body) == (again.status, again.body)
    )
    if not same:
        faults.differences.append(Difference(request, first, again))
