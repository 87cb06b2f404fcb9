"""Reads config/billing/credit_check.yaml: whose earlier accounts count, and what they ask for."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from billing.money import Cents
from billing.payments.fees import cents
from config.errors import ConfigError
from config.facts import Origin, read_origin
from config.reading import Part, read_part

FOLDER: Final = Path(__file__).parents[2] / "config" / "billing"
ALIKE: Final = ("resident", "name", "phone", "email", "address")
ALONE: Final = frozenset({"resident", "phone", "email"})  # a name or an address alone is nobody
PARTS: Final = ("co-holder", "authorised", "owner", "former")
FINDINGS: Final = ("owes", "written off", "in collections", "returned items", "broken arrangements")


@dataclass(frozen=True, slots=True)
class CreditRules:
    """Whose accounts count and how far back; `same` is what must be alike, the surest first."""

    origin: Origin
    same: tuple[str, ...]
    parts: tuple[str, ...]
    months: int
    least: Cents
    returned_items: int
    broken_arrangements: int
    debt_first: tuple[str, ...]
    deposit: tuple[str, ...]


@cache
def credit_rules(path: Path = FOLDER / "credit_check.yaml") -> CreditRules:
    """Read the rule of earlier accounts; raises ConfigError with every fault."""
    faults: list[str] = []
    whole = read_part(path, faults)
    made = CreditRules(
        read_origin(whole),
        _same(whole),
        _known(whole, "parts", PARTS),
        whole.whole("months"),
        cents(whole, "least"),
        whole.whole("returned items"),
        whole.whole("broken arrangements"),
        _known(whole, "debt first", FINDINGS),
        _known(whole, "deposit", FINDINGS),
    )
    whole.done()
    if faults:
        raise ConfigError(faults)
    return made


def alike(same: str) -> frozenset[str]:
    """Take apart what must be alike: "name and phone"."""
    return frozenset(same.split(" and "))


def _same(whole: Part) -> tuple[str, ...]:
    found = whole.texts("same")
    for one in found:
        if not alike(one) <= {*ALIKE} or (len(alike(one)) == 1 and one not in ALONE):
            whole.fault(f"has '{one}' under 'same', by which nobody is known")
    return found


def _known(whole: Part, key: str, known: tuple[str, ...]) -> tuple[str, ...]:
    found = whole.texts(key)
    for one in found:
        if one not in known:
            whole.fault(f"has '{one}' under '{key}', which is none of {', '.join(known)}")
    return found
