"""Card numbers in a turn, keyed or said: every listener refuses them (nlp/spoken/cards.py)."""

from ivr.heard import Heard
from nlp.spoken.cards import holds_card


def heard_card(heard: Heard) -> bool:
    """Tell why every listener gave None though something was heard: there was a card number."""
    return holds_card(heard.digits) or holds_card(heard.words)
