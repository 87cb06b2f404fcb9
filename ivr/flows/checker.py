"""Refuses flows that would leave a caller stranded, each in one plain sentence.

The line does not open with any of these. `faults_of` needs only the book, the verbs and the
listeners, so it runs in `./cityline flows check`, at every start, and in the tests.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ivr.flows import graph
from ivr.flows.reader import good_outcomes
from ivr.flows.shapes import (
    DIALLED,
    EMERGENCY,
    MOVES,
    Ask,
    Book,
    Choose,
    Do,
    Flow,
    Prompt,
    Question,
    Step,
    Transfer,
)
from ivr.listening import LISTENERS
from ivr.verb import Tell, Verb

ANYWHERE: Final = frozenset(
    {"representative", "repeat", "go back", "español", "english", EMERGENCY}
)
NEEDED_ANYWHERE: Final = ("representative", "repeat")
KEYS_TAKEN: Final = frozenset({"0", "*"})  # a person and "again", at any question
PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")
NAME_LENGTH: Final = 60
LONGEST_PROMPT: Final = 900  # characters: about a minute of speech


@dataclass(frozen=True)
class Knowledge:
    """What a flow may call upon: verbs, listeners' tells, hint sets."""

    verbs: Mapping[str, Verb]
    hints: Collection[str]

    def tells(self) -> dict[str, Tell]:
        """Return every name that something fills, with how it is spoken."""
        told = {name: tell for verb in self.verbs.values() for name, tell in verb.tells.items()}
        return {**graph.LISTENER_TELLS, **told}


def faults_of(book: Book, knowledge: Knowledge) -> list[str]:
    """List everything wrong with a book; an empty list opens the line."""
    return [
        *(
            f"{flow.name} / {name}: {sentence}"
            for flow in book.flows.values()
            for name, step in flow.steps.items()
            for sentence in step_faults(book, flow, step, knowledge)
        ),
        *(
            f"{flow.name}: {sentence}"
            for flow in book.flows.values()
            for sentence in anywhere_faults(book, flow)
        ),
        *graph.unreachable(book),
        *graph.endless(book),
        *graph.untold(book, knowledge.verbs),
    ]


def step_faults(book: Book, flow: Flow, step: Step, knowledge: Knowledge) -> Iterator[str]:
    """Say what is wrong with one step taken by itself."""
    for outcome, target in step.targets().items():
        if book.find(flow.name, target) is None:
            yield f"'{outcome}' leads to '{target}', which is no step here and no flow."
    for prompt in prompts_of(step):
        yield from prompt_faults(prompt, knowledge.tells())
    yield from kind_faults(step, knowledge)


def kind_faults(step: Step, knowledge: Knowledge) -> Iterator[str]:
    """Say what is wrong with a step as one of its kind."""
    match step:
        case Ask():
            yield from ask_faults(step, knowledge)
        case Choose():
            yield from choose_faults(step)
        case Do():
            yield from do_faults(step, knowledge.verbs)
        case Transfer(when=when):
            yield from outcome_faults("the phone rang", set(DIALLED), set(when))
        case _:
            pass


def prompts_of(step: Step) -> Iterator[Prompt]:
    """Yield every prompt of a step, re-prompts included."""
    first = getattr(step, "prompt", None)
    if isinstance(first, Prompt):
        yield first
    if isinstance(step, Ask | Choose):
        yield from step.again


def prompt_faults(prompt: Prompt, tells: Mapping[str, Tell]) -> Iterator[str]:
    """Refuse names nothing fills, and prompts nobody would listen to."""
    for language, said in (("English", prompt.en), ("Spanish", prompt.es)):
        text = " ".join(piece.text for piece in said)
        unknown = [name for name in PLACEHOLDER.findall(text) if name not in tells]
        yield from (f"speaks of {{{name}}}, which no verb and no answer fills." for name in unknown)
        if len(text) > LONGEST_PROMPT:
            yield f"says {len(text)} characters in {language}; {LONGEST_PROMPT} is a minute."
    if names_in(prompt.en) != names_in(prompt.es):
        yield "does not say the same things in both languages: their {names} differ."


def names_in(pieces: tuple[object, ...]) -> set[str]:
    """Return the names that a language's pieces speak of."""
    return {name for piece in pieces for name in PLACEHOLDER.findall(str(piece))}


def ask_faults(step: Ask, knowledge: Knowledge) -> Iterator[str]:
    """Hold a question against its listener."""
    listener = LISTENERS.get(step.listen_for)
    if listener is None:
        yield f"listens for '{step.listen_for}', and no listener has that name."
        return
    keyed = set(step.keys.values())
    expected = set(listener.outcomes) | keyed
    yield from outcome_faults("the caller answers", expected, set(good_outcomes(step)))
    yield from question_faults(step)
    for key in step.keys:
        if key in KEYS_TAKEN or not re.fullmatch(r"[1-9#]", key):
            yield f"gives the key '{key}' a meaning of its own; 0 and * are taken, 1-9 are free."
    if step.hints is not None and step.hints not in knowledge.hints:
        yield f"names the hints '{step.hints}', which nobody has written."


def choose_faults(step: Choose) -> Iterator[str]:
    """Hold a menu against what a keypad can do."""
    keys = [option.key for option in step.options]
    if len(set(keys)) < len(keys):
        yield "gives one key to two options."
    for option in step.options:
        if option.key in KEYS_TAKEN or not re.fullmatch(r"[1-9]", option.key):
            yield f"gives '{option.name}' the key '{option.key}'; a menu uses 1 to 9."
        wordless = [language for language, words in option.words.items() if not words]
        yield from (f"lets '{option.name}' be chosen by no word in '{code}'." for code in wordless)
    yield from question_faults(step)


def question_faults(step: Question) -> Iterator[str]:
    """Demand that re-prompts get shorter."""
    for language in ("en", "es"):
        lengths = [
            sum(spoken_length(piece.text) for piece in prompt.get(language))
            for prompt in (step.prompt, *step.again)
        ]
        if lengths != sorted(lengths, reverse=True):
            yield f"asks again at greater length ('{language}'): re-prompts get shorter."


def spoken_length(text: str) -> int:
    """Measure a text; a name in it stands for a run of words."""
    return len(PLACEHOLDER.sub("x" * NAME_LENGTH, text))


def do_faults(step: Do, verbs: Mapping[str, Verb]) -> Iterator[str]:
    """Hold a step against the return type of its verb."""
    verb = verbs.get(step.verb)
    if verb is None:
        yield f"does '{step.verb}', and there is no such verb."
        return
    yield from outcome_faults(f"it does '{step.verb}'", set(verb.outcomes), set(step.when))
    if (step.at_most is None) != (step.otherwise is None):
        yield "must say both 'at most' and 'otherwise', or neither."


def outcome_faults(occasion: str, expected: set[str], given: set[str]) -> Iterator[str]:
    """Name the outcomes that a step forgot, and those that cannot happen."""
    for outcome in sorted(expected - given):
        yield f"does not say what happens when {occasion} and the outcome is '{outcome}'."
    for outcome in sorted(given - expected):
        yield f"says what happens on '{outcome}', which cannot happen when {occasion}."


def anywhere_faults(book: Book, flow: Flow) -> Iterator[str]:
    """Check what may be said at any question of a flow."""
    asks = any(isinstance(step, Ask | Choose) for step in flow.steps.values())
    for word in NEEDED_ANYWHERE:
        if asks and word not in flow.anywhere:
            yield f"'at any question' leaves out '{word}'."
    for word, target in flow.anywhere.items():
        if word not in ANYWHERE:
            yield f"'at any question' knows no word '{word}'."
        if target not in MOVES and book.find(flow.name, target) is None:
            yield f"'at any question', '{word}' leads to '{target}', which is no step and no flow."
