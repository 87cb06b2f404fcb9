"""Reads config/billing/orders.yaml: the orders of application, and the one this city goes by."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final, cast

from billing.payments.allocation import Order, Step
from config.errors import ConfigError
from config.facts import read_origin
from config.reading import Part, read_part

FOLDER: Final = Path(__file__).parents[2] / "config" / "billing"
WORDS: Final[Mapping[str, frozenset[str] | None]] = {
    "kinds": None,
    "services": None,
    "due": frozenset({"oldest", "past"}),
}

NOTHING: Final[Mapping[str, object]] = {}


@cache
def read_orders(path: Path = FOLDER / "orders.yaml") -> tuple[Order, Mapping[str, Order]]:
    """Read the order in use, and all of them by name; raises ConfigError with every fault."""
    faults: list[str] = []
    whole = read_part(path, faults)
    orders = {name: _order(name, part) for name, part in whole.parts("orders")}
    used = whole.one_of("use", orders, "order of this file")
    whole.done()
    if faults:
        raise ConfigError(faults)
    return orders[used], orders


def order_in_use() -> Order:
    """Give the order this city goes by."""
    return read_orders()[0]


def _order(name: str, part: Part) -> Order:
    written = part.value("steps")
    steps = cast("Sequence[object]", written) if isinstance(written, list) else ()
    if not steps:
        part.fault("has no list of 'steps'")
    read = tuple(step for each in steps if (step := _step(part, each)))
    order = Order(name, part.both("name"), read, read_origin(part))
    part.done()
    return order


def _step(part: Part, written: object) -> Step | None:
    step = cast("Mapping[str, object]", written) if isinstance(written, Mapping) else NOTHING
    what, said = next(iter(step.items()), ("", None))
    named = (said,) if isinstance(said, str) else tuple(cast("Sequence[str]", said or ()))
    allowed = WORDS.get(what)
    if len(step) != 1 or what not in WORDS or not named or len({*named}) != len(named):
        part.fault(f"has the step {written!r}, which is none of kinds, services, due")
        return None
    if allowed is not None and not {*named} <= allowed:
        part.fault(f"has the step {written!r}; due is 'oldest' or 'past'")
        return None
    return cast("Step", (what, named))
