"""Where a person can be reached: the desk's phone, a department's number, or a call back."""

from typing import Literal

from ivr.verb import Tell, Turn, verb
from ivr.verbs.welcoming import opens_next_words, status_now


@verb(
    opens_next=Tell("both", {"en": "Monday at 8 in the morning", "es": "lunes a las 8"}),
)
def find_a_person(turn: Turn) -> Literal["ring the desk", "closed", "call back"]:
    """See whether a rep can be rung now."""
    status = status_now(turn)
    turn.remember("opens next", opens_next_words(status, turn))
    if not status.open:
        return "closed"
    turn.remember("desk phone", turn.world.desk_phone or "")
    return "ring the desk" if turn.world.desk_phone else "call back"


@verb(
    department_name=Tell("both", {"en": "Parks and Recreation", "es": "Parques y Recreación"}),
)
def find_the_department(turn: Turn) -> Literal["ring it", "desk"]:
    """See whether the department has a number of its own that somebody has verified."""
    department = turn.world.city.departments[turn.recall("department")]
    turn.remember("department name", department.spoken)
    turn.remember("queue", department.queue)
    phone = department.phone
    usable = phone is not None and not (phone.unverified and turn.world.production)
    turn.remember("department phone", phone.value if phone is not None and usable else "")
    return "ring it" if usable else "desk"
