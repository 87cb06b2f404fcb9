"""Simulated residents: most try to get their matter done, some do whatever comes to mind."""

import random
from dataclasses import dataclass
from typing import Final

from config.city import City
from devphone.caller import Caller
from devphone.leg import Leg

ACTS_MOST: Final = 30
IN_ENGLISH: Final = 0.6
WILD: Final = (
    "", "0", "*", "¿?", "999999999999999999", "four hundred dollars and ninety two cents",
    "ciento cuarenta y ocho con noventa y dos", "❸❸❸", "no no no yes", "'; drop table calls; --",
    "<Response><Hangup/></Response>", "a" * 1500, "{ticket number}", "%s %d", "\u202eevil",
)  # fmt: skip
COMMANDS: Final = ("representative", "repeat", "go back", "español", "english", "representante")
PLACES: Final = ("center street and 500 west", "351 west center street", "calle center 500 oeste")


@dataclass
class Resident:
    """One caller with a matter; `wild` is how often they do something else."""

    caller: Caller
    city: City
    draw: random.Random
    wild: float
    acts: int = 0

    def calls(self, line: str) -> list[str]:
        """Make a whole call; gives what was wrong with it, in words."""
        self.caller.dials(line)
        while not self.leg.ended and self.acts < ACTS_MOST:
            if self.leg.company:
                break
            heard_before = len(self.leg.events)
            self.act()
            self.acts += 1
            if not heard_something(self.leg, heard_before):
                return ["silence:\n" + "\n".join(self.caller.transcript)]
        if not self.leg.ended:
            self.caller.hangs_up()
        said = "\n".join(self.caller.transcript)
        return [f"an application error:\n{said}"] if "application error" in said else []

    @property
    def leg(self) -> Leg:
        """The call."""
        assert self.caller.leg is not None  # noqa: S101  dialled first
        return self.caller.leg

    def act(self) -> None:
        """Do one thing."""
        listening = self.leg.listening
        speech = listening is not None and "speech" in listening.input
        lot = self.draw.random()
        if lot < self.wild:
            self.act_wildly(speech=speech)
        elif speech:
            self.caller.says(self.answer())
        else:
            self.caller.presses(self.draw.choice("12"))

    def act_wildly(self, *, speech: bool) -> None:
        """Do something that nobody asked for."""
        match self.draw.choice(("silence", "keys", "words", "command", "hang up")):
            case "silence":
                self.caller.stays_silent()
            case "words" if speech:
                self.caller.says(self.draw.choice(WILD))
            case "command" if speech:
                self.caller.says(self.draw.choice(COMMANDS))
            case "hang up":
                self.caller.hangs_up()
            case _:
                self.caller.presses(
                    "".join(self.draw.choices("0123456789*#", k=self.draw.randint(1, 12)))
                )

    def answer(self) -> str:
        """Answer what was asked, as far as a resident can."""
        said = " ".join(event.text for event in self.leg.events[-4:] if event.kind == "said")
        if "How can I help" in said or "puedo ayudarle?" in said or self.acts == 0:
            return self.matter()
        if "Where" in said or "corner" in said or "Dónde" in said or "esquina" in said:
            return self.draw.choice(PLACES)
        if "anything else" in said or "algo más" in said:
            return "no"
        return self.draw.choice(("yes", "yes", "1", "no", "the first one", "sí"))

    def matter(self) -> str:
        """Choose what to call about: any phrase that any intent was learnt from."""
        intent = self.draw.choice(list(self.city.intents.values()))
        english = self.draw.random() < IN_ENGLISH
        return self.draw.choice(intent.phrases_en if english else intent.phrases_es)


def heard_something(leg: Leg, before: int) -> bool:
    """Say whether the line did anything audible since; a hang-up ends all duties."""
    return any(
        event.kind in {"said", "played", "put through", "hung up"} for event in leg.events[before:]
    )
