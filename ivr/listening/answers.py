"""Yes or no, which language, and free speech."""

from datetime import date
from typing import Final

from config.words import Language
from ivr.heard import Heard
from ivr.listening.cards import heard_card
from ivr.listening.commands import language_asked
from ivr.listening.shapes import Keys, Listener, Reading
from nlp.spoken.lists import split_phrases, word_set
from nlp.spoken.runs import runs
from nlp.spoken.text import FILLERS, holds, tokens, trimmed

_ONE_KEY: Final = Keys(most=1, finish="", speech=True, seconds=6, speech_seconds=1)
# Free speech is no answer by key, but 0 and * must still reach the line: so one key is taken.
_FREE: Final = Keys(most=1, finish="", speech=True, seconds=7, speech_seconds=3)

_YES: Final = split_phrases(
    """
    yes, yeah, yep, yup, yea, ya, yah, yes it is, uh huh, uhhuh, mhm, mm hmm, mmhmm, mm hm, sure
    sure thing, correct, right, that's right, that's correct, that is right, that is correct
    that's it, that is it, affirmative, absolutely, of course, definitely, exactly, please do
    i do, i am, i did, it is, it does, it was, i would, I'd like that, go ahead, sounds good
    sounds right, you bet, true, that works, that works for me, that's fine, fine, okay, ok
    all right, alright, perfect, good, you got it, i think so, i guess so, i believe so, why not
    sí, claro, claro que sí, ajá, correcto, así es, exacto, exactamente, por supuesto, como no
    por supuesto que sí, desde luego, eso es, eso mero, está bien, bueno, okey, vale, de acuerdo
    ándale, simón, sip, afirmativo, cierto, es cierto, es correcto, es correcta, esta correcto
    perfecto, adelante, creo que sí, pienso que sí, sin problema, por favor, sí señor, sí señora
    sí señorita, correcta, efectivamente, ese es, esa es, yes sir, yes ma'am, please
    """
)
_NO: Final = split_phrases(
    """
    no, nope, nah, naw, no thanks, no thank you, not really, negative, incorrect, wrong
    that's wrong, that is wrong, that's not right, that's not correct, that is not right
    that is not correct, not right, not correct, that's incorrect, that is incorrect, i don't
    i do not, i didn't, i wouldn't, I'm not, i am not, it isn't, it is not, it's not, that's not it
    that isn't it, that isn't right, that isn't correct, uh uh, uhuh, nuh uh, huh uh, never, false
    not yet, not now, no way, absolutely not, definitely not, of course not, i don't think so
    not at all, no sir, no ma'am, no gracias, nop, incorrecto, incorrecta, no es correcto
    no es correcta, negativo, para nada, tampoco, de ninguna manera, de ningun modo, nel, falso
    todavía no, aún no, claro que no, por supuesto que no, desde luego que no, ya no
    no es cierto, no es así, así no es, creo que no, no creo, esta mal, equivocado, no es
    no está bien, no señor, no señora, no señorita
    """
)
_UNSURE: Final = split_phrases(
    """
    not sure, don't know, do not know, maybe, perhaps, no idea, no se, no estoy seguro
    no estoy segura, tal vez, quizás, quizá, a lo mejor, no problem, no hay problema
    no entiendo, don't understand, didn't understand, didn't hear, no entendi, no escuche, no oi
    """
)
# First words that settle it whatever follows, unless a word of the other side follows.
_LEAD_YES: Final = word_set("yes yeah yep yup sí claro correcto correct exacto sip ajá")
_LEAD_NO: Final = word_set("no nope nah nop")
_SAYS_NO: Final = split_phrases(
    "wrong, incorrect, incorrecto, not right, not correct, isn't right, mal, no no, i mean no"
)
_SAYS_YES: Final = split_phrases(
    "yes, yeah, sí, that's right, that's correct, correcto, correct, así es, así está bien, claro"
)
_SHORT: Final = 6
_GREETED: Final = {
    "english": word_set("hello hi hey good morning afternoon evening"),
    "español": word_set("hola alo bueno buenos buenas días tardes noches diga oiga"),
}
_OPENERS: Final = FILLERS | {"oh", "and", "y", "but", "pero", "mm", "press", "oprima", "number"}


def read_yes_no(heard: Heard, language: Language, _: date) -> Reading | None:
    """Keys 1 and 2, or any plain way of agreeing and refusing, in either language."""
    said = heard.digits.rstrip("#") or _number(heard.words, language) or _side(tokens(heard.words))
    if said in {"1", "yes"}:
        return Reading("yes", value=True)
    return Reading("no", value=False) if said in {"2", "no"} else None


def _number(words: str, language: Language) -> str:
    """Return the one number that was said and nothing else: "press one", "dos"."""
    bare = trimmed(tokens(words), _OPENERS)
    rows = runs(bare, language)
    return rows[0] if len(bare) == 1 and rows else ""


def _side(words: list[str]) -> str:
    """Return "yes", "no", or "" for neither surely."""
    for bare in (tuple(words), tuple(trimmed(words)), tuple(trimmed(words, _OPENERS))):
        if bare in _YES or bare in _NO:
            return "yes" if bare in _YES else "no"
    if holds(words, _UNSURE):
        return ""
    return _led(trimmed(words, _OPENERS)) or _short(words)


def _led(words: list[str]) -> str:
    """By the first word, when nothing after it takes it back: "yes i have no water" is a yes."""
    first, rest = (words[0], words[1:]) if words else ("", [])
    back = bool({rest[0], rest[-1]} & _LEAD_NO) if rest else False
    if first in _LEAD_YES and not back and not holds(rest, _SAYS_NO):
        return "yes"
    return "no" if first in _LEAD_NO and not holds(rest, _SAYS_YES) else ""


def _short(words: list[str]) -> str:
    """By a phrase anywhere in a short answer, when only one side is in it: "oh yes please do"."""
    yes, no = holds(words, _YES), holds(words, _NO)
    if yes == no or len(words) > _SHORT:
        return ""
    return "yes" if yes else "no"


def language_listener(english_key: str = "1", spanish_key: str = "2") -> Listener:
    """Make the language question, with the keys that the greeting names."""

    def read(heard: Heard, language: Language, _: date) -> Reading | None:
        keyed = heard.digits.rstrip("#") or _number(heard.words, language)
        asked = language_asked(heard.words, language) or _greeted(heard.words)
        if keyed == english_key or asked == "english":
            return Reading("english", "en")
        return Reading("spanish", "es") if keyed == spanish_key or asked == "español" else None

    return Listener("language", ("english", "spanish"), _ONE_KEY, read)


def _greeted(words: str) -> str:
    """Return the language of a bare greeting: "hola, buenos días"."""
    said = set(tokens(words))
    return next((name for name, known in _GREETED.items() if said and said <= known), "")


def read_words(heard: Heard, _: Language, __: date) -> Reading | None:
    """Take what was said, tidied only at its ends. Nothing but "um" is not an answer."""
    words = " ".join(heard.words.split())
    if heard_card(heard) or not trimmed(tokens(words)):
        return None
    return Reading("words", words)


YES_OR_NO: Final = Listener("yes or no", ("yes", "no"), _ONE_KEY, read_yes_no)
LANGUAGE: Final = language_listener()
WORDS: Final = Listener("words", ("words",), _FREE, read_words)
