"""A report by voice: the typed fields of its service type, asked one by one, then a ticket."""

from functools import partial
from typing import Any, Final, Literal, cast

from sqlalchemy.orm import Session

from config.city import Field, ServiceType
from config.words import LANGUAGES, Both
from ivr.heard import Heard
from ivr.listening import Option, choice
from ivr.verb import Tell, Turn, verb
from ivr.verbs.welcoming import moment_words
from tickets.numbers import free_number
from tickets.opening import Draft, clocks, open_ticket

CALL_BACK: Final = "CS-CALL"
LONGEST_SUBJECT: Final = 200
# How each kind of field is asked, and under which name the listener leaves the answer.
LISTENERS: Final = {
    "place": "place",
    "words": "words",
    "yes no": "yes or no",
    "digits": "digits",
    "date": "date",
    "choice": "words",
}


@verb(
    service=Tell("both", {"en": "a pothole", "es": "un bache"}),
)
def begin_the_report(turn: Turn) -> Literal["begun"]:
    """Start with an empty form; what the caller first said becomes the subject."""
    service = service_of(turn)
    turn.remember("service", service.spoken)
    turn.remember("subject", turn.recall("words")[:LONGEST_SUBJECT])
    turn.remember("details", {})
    turn.remember("answered", [])
    return "begun"


@verb()
def ask_for_a_call_back(turn: Turn) -> Literal["begun"]:
    """Begin the report of somebody who wants to be called: whose queue depends on the matter."""
    turn.remember("service type", CALL_BACK)
    return "begun"


@verb(
    question=Tell("both", {"en": "Where is it?", "es": "¿Dónde está?"}),
)
def find_the_next_question(
    turn: Turn,
) -> Literal["place", "words", "yes no", "digits", "date", "choice", "no more"]:
    """Choose the first field that was not asked yet."""
    answered = cast("list[str]", turn.memo.get("answered", []))
    left = [field for field in service_of(turn).voice_fields if field.name not in answered]
    turn.remember("question", left[0].ask if left else Both("", ""))
    turn.remember("asking", left[0].name if left else "")
    return left[0].kind if left else "no more"


@verb()
def keep_the_answer(turn: Turn) -> Literal["kept"]:
    """Write the answer into the form."""
    field = field_asked(turn)
    return put(turn, field, answer_to(turn, field))


@verb()
def leave_it_out(turn: Turn) -> Literal["left out"]:
    """Go on without an answer: a report with a gap is better than none; a rep will ask."""
    put(turn, field_asked(turn), None)
    return "left out"


@verb()
def take_the_last_answer_back(
    turn: Turn,
) -> Literal["taken back", "at the beginning", "too late"]:
    """Go back by one question; behind the first there is none, and a ticket opened is opened."""
    if not turn.recall("asking"):
        return "too late"
    answered = cast("list[str]", turn.memo.get("answered", []))
    if not answered:
        return "at the beginning"
    turn.remember("answered", answered[:-1])
    return "taken back"


@verb(
    ticket_number=Tell("threes", "123456786"),
    promise=Tell("both", {"en": "by tomorrow at 5", "es": "antes de mañana a las 5"}),
    team=Tell("both", {"en": "Streets", "es": "Calles"}),
)
def open_the_ticket(turn: Turn) -> Literal["opened"]:
    """Draw a number and promise the ticket; it is written with this turn's answer."""
    service = service_of(turn)
    now = turn.world.now()
    number = turn.world.database.run(free_number)
    opened = cast("list[str]", turn.memo.get("tickets", []))
    draft = Draft(
        number=number,
        origin=f"call:{turn.call_sid}:{len(opened) + 1}",
        service=service,
        subject=turn.recall("subject"),
        details=details_of(turn),
        language=turn.language,
        caller=turn.caller,
        call_sid=turn.call_sid,
        department=department_of(turn, service),
        queue=queue_of(turn, service),
    )
    turn.will(partial(open_ticket_for, draft=draft, turn=turn))
    turn.remember("tickets", [*opened, number])
    turn.remember("ticket number", number)
    turn.remember("team", turn.world.city.teams[service.team].name)
    turn.remember("promise", promise_words(turn, service))
    turn.remember("queue", "")
    turn.remember("department", "")
    turn.remember("opened at", now.isoformat())
    return "opened"


def open_ticket_for(session: Session, *, draft: Draft, turn: Turn) -> None:
    """Write the ticket; runs in the transaction that stores the turn's answer."""
    open_ticket(session, draft, turn.world.city, turn.world.now())


def service_of(turn: Turn) -> ServiceType:
    """Return the service type that is being reported."""
    return turn.world.city.services[turn.recall("service type")]


def field_asked(turn: Turn) -> Field:
    """Return the field that was just asked."""
    name = turn.recall("asking")
    return next(field for field in service_of(turn).voice_fields if field.name == name)


def answer_to(turn: Turn, field: Field) -> object:
    """Read the answer where its listener left it; a choice keeps the option's value."""
    said: Any = turn.memo[LISTENERS[field.kind]]
    if field.kind == "place":
        return str(said["tidy"])  # the words as they came stand in the transcript
    if field.kind != "choice":
        return said
    options = [
        Option(str(number), {turn.language: (option.name.get(turn.language),)})
        for number, option in enumerate(field.options, start=1)
    ]
    key = choice(Heard(words=str(said)), turn.language, options)
    return field.options[int(key) - 1].value if key else said


def put(turn: Turn, field: Field, value: object) -> Literal["kept"]:
    """Write one field, and count it as asked."""
    details = cast("dict[str, Any]", turn.memo.get("details", {}))
    answered = cast("list[str]", turn.memo.get("answered", []))
    turn.remember("details", {**details, field.name: value})
    turn.remember("answered", [*answered, field.name])
    return "kept"


def details_of(turn: Turn) -> dict[str, Any]:
    """Return the answers given, without the gaps."""
    details = cast("dict[str, Any]", turn.memo.get("details", {}))
    return {name: value for name, value in details.items() if value not in (None, "")}


def department_of(turn: Turn, service: ServiceType) -> str | None:
    """Find whose a report is: a call back belongs to the department it was asked of."""
    if service.code != CALL_BACK:
        return None
    queue = turn.world.city.queues.get(turn.recall("queue"))
    return turn.recall("department") or (queue.department if queue else None)


def queue_of(turn: Turn, service: ServiceType) -> str | None:
    """Find the desk queue of a call back."""
    if service.code != CALL_BACK:
        return None
    department = turn.world.city.departments.get(turn.recall("department"))
    return turn.recall("queue") or (department.queue if department else None)


def promise_words(turn: Turn, service: ServiceType) -> Both:
    """Say by when somebody will have looked at it."""
    city, now = turn.world.city, turn.world.now()
    if turn.world.production and city.clocks.unverified:
        return Both("as soon as they can", "lo antes posible")
    if service.priority == 1:
        return Both("as soon as a crew can", "en cuanto haya una cuadrilla")
    respond_by, _ = clocks(service, city, now)
    said = {language: moment_words(respond_by, turn, language) for language in LANGUAGES}
    return Both(f"by {said['en'].removeprefix('on ')}", f"a más tardar {said['es']}")
