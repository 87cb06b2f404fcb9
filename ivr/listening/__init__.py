"""The line's ears: from what a recogniser writes or keys pressed to values, in both languages.

Pure: no clock, no database, no network. A flow's `listen for: WORDS` names one of `LISTENERS`;
`command` is asked first at any question, and `choice` reads menus.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from ivr.listening.amounts import AMOUNT
from ivr.listening.answers import LANGUAGE, WORDS, YES_OR_NO, language_listener
from ivr.listening.cards import heard_card
from ivr.listening.choices import Option, choice
from ivr.listening.commands import COMMANDS, Command, command
from ivr.listening.dates import DATE
from ivr.listening.digits import (
    ACCOUNT_NUMBER,
    DIGITS,
    HOUSE_NUMBER,
    PHONE_NUMBER,
    TICKET_NUMBER,
    ZIP_CODE,
)
from ivr.listening.places import PLACE
from ivr.listening.shapes import Keys, Listener, Outcome, Read, Reading, Value
from nlp.spoken.cards import holds_card, masked

_ALL: Final = (
    LANGUAGE,
    YES_OR_NO,
    ACCOUNT_NUMBER,
    TICKET_NUMBER,
    PHONE_NUMBER,
    ZIP_CODE,
    HOUSE_NUMBER,
    DIGITS,
    AMOUNT,
    DATE,
    PLACE,
    WORDS,
)
LISTENERS: Final[Mapping[str, Listener]] = MappingProxyType(
    {listener.name: listener for listener in _ALL}
)

__all__ = [
    "COMMANDS",
    "LISTENERS",
    "Command",
    "Keys",
    "Listener",
    "Option",
    "Outcome",
    "Read",
    "Reading",
    "Value",
    "choice",
    "command",
    "heard_card",
    "holds_card",
    "language_listener",
    "masked",
]
