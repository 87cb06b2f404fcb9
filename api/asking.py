"""What a write asks for, before anything is kept: in the key's own name, with no card's number.

A body that names somebody else is refused: a key says which system asks, and no more can be
believed. A digest of a number would be a copy of it too, so it is refused before one is made.
"""

from collections.abc import Mapping
from typing import Any

from api.keys import Caller
from billing.errors import NotAllowed
from billing.payments.intents import clean
from billing.scan import refuse_numbers
from billing.shapes import PaymentResult
from billing.wire import MAKER, ROLES, Operation


def in_its_own_name(
    caller: Caller, operation: Operation, arguments: Mapping[str, Any]
) -> dict[str, Any]:
    """Fill in who makes it; raises NotAllowed where the body names another maker or role."""
    own = dict.fromkeys(MAKER, caller.name) | {"made_as": ROLES.get(operation.scope, "")}
    mine = {name: said for name, said in own.items() if name in arguments}
    for name, said in mine.items():
        if arguments[name] not in {"", said}:
            message = f"{name!r} is not this key's: a write is made by the key that asks"
            advice = f"Leave {name!r} out, or say {said!r}."
            raise NotAllowed("the maker is the key", message, advice)
    return {**arguments, **mine}


def without_numbers(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Refuse words with a number of a card or bank in them; raises NotAllowed.

    What tells of money that has moved is blotted instead: it must come in.
    """
    refuse_numbers(**{name: said for name, said in arguments.items() if isinstance(said, str)})
    return {name: _blotted(said) for name, said in arguments.items()}


def _blotted(said: object) -> object:
    if not isinstance(said, PaymentResult):
        return said
    refuse_numbers(intent=said.intent)
    return clean(said)
