"""Every verb of the line; importing this module registers them all."""

from ivr.verb import Verb, verb
from ivr.verbs import meaning, people, reporting, texting, tracing, welcoming

__all__ = ["VERBS"]

_registered = (meaning, people, reporting, texting, tracing, welcoming)
VERBS: dict[str, Verb] = dict(verb.all())
