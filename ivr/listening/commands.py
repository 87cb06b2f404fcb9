"""What a caller may say or press at any question: a person, again, back, the other language.

Understood in both languages whatever the call's, but only where it is what the caller asks for:
every word of the utterance must belong to such a request. "My neighbour's representative" is a
report, not a request.
"""

from typing import Final, Literal, get_args

from config.words import Language
from ivr.heard import Heard
from nlp.spoken.lists import split_phrases, word_set
from nlp.spoken.text import FILLERS, tokens, trimmed

Command = Literal["representative", "repeat", "go back", "español", "english"]
COMMANDS: Final[tuple[Command, ...]] = get_args(Command)

_BY_KEY: Final[dict[str, Command]] = {"0": "representative", "*": "repeat"}

_ASKING: Final = word_set("""
    can could may would will i I'd I'm we you me us my let let's want wanna need like love have
    to get give put through connect transfer speak talk speaking talking with a an the some
    just please now right away directly instead rather prefer do does puede puedo podria
    quiero quisiera necesito deseo me le lo la el los un una con a al de por favor hablar
    hablo comunicar comuníqueme comunicarme comunícame pasar páseme pasarme pasame ponga
    póngame transferir transfiérame transferirme deme dame ya ahora mejor prefiero conécteme
    quien que usted se poner favor usa gusta gustaría
    """)
_PERSON: Final = word_set("""
    representative representatives rep agent agents operator human humans person people
    somebody someone representante representantes agente agentes operador operadora persona
    humano humana alguien recepcionista receptionist
    """)
_WHICH_PERSON: Final = word_set("""
    real live actual living human being customer service resident helpful help else another
    other viva vivo real verdad humana humano servicio cliente clientes al atención otra otro
    ayude ayudar
    """)
_SPEAKS: Final = frozenset({"speaks", "habla", "hable"})
# "There is someone on my line" states; with a verb of asking among them they may ask.
_STATING: Final = word_set("is there on line phone here hay be are")
_ASKING_VERBS: Final = word_set("""
    speak talk want wanna need like get give connect transfer help put hablar quiero quisiera
    necesito comunicar comuníqueme páseme póngame transfiérame ayude ayudar deme
    """)
_WHOLE_PERSON: Final = split_phrases(
    "customer service, customer support, human being, servicio al cliente, atención al cliente"
)
_REPEAT: Final = split_phrases(
    """
    repeat, repeat that, repeat it, say that again, say it again, again, pardon, pardon me, what
    sorry, sorry what, I'm sorry what, what did you say, what was that, come again, one more time
    i didn't hear, i didn't hear you, i didn't hear that, i didn't catch that, i didn't get that
    i didn't understand, i don't understand, i didn't understand that, i don't understand you
    i couldn't hear you, i can't hear you, can you repeat that, can you repeat
    could you repeat that, could you repeat, can you say that again, could you say that again
    repeat the question, repeat the options, repeat the menú, repeat the message, repeat please
    can you repeat it, what are my options, what are the options, what were the options, huh
    excuse me, say again, what was the question, what were my choices
    can you repeat the question, what what, repita, repite, repitelo, repitalo, repetir
    repitame, repita eso, otra vez, de nuevo, nuevamente, una vez mas, como, mande, perdón
    disculpe, que dijo, que dice, como dijo, que, no escuche, no le escuche, no escuche bien
    no oi, no le oi, no entendi, no le entendi, no entiendo, no le entiendo
    cuáles son las opciones, cuáles son mis opciones, digalo otra vez, digame otra vez
    repita otra vez, puede repetir, puede repetirlo, me lo puede repetir, me puede repetir
    lo repite, lo puede repetir, podria repetir, podria repetirlo, repita la pregunta
    repita las opciones, repita el menú, puede repetir la pregunta, puede repetir las opciones
    escuchar otra vez
    """
)
_BACK: Final = split_phrases(
    """
    go back, back, back up, previous, previous menú, previous question, go back please
    take me back, i want to go back, can i go back, can we go back, let's go back, go back one
    go back a step, go to the previous menú, back to the menú, go back to the menú
    back to the main menú, main menú, go back to the main menú, go to the main menú, start over
    start again, return, regresar, regrese, regresa, regresame, regreseme, volver, vuelve
    volver atrás, atrás, para atrás, ir atrás, hacia atrás, anterior, menú anterior, la anterior
    pregunta anterior, menú principal, quiero regresar, quiero volver, puedo regresar
    ir al menú anterior, regresar al menú, volver al menú, regresar al menú principal
    volver al menú principal, ir al menú principal, al menú principal, volver a empezar
    empezar de nuevo
    """
)
_SPEAKING: Final = word_set("speak talk understand know hablo habla entiendo se quiero want good")
_NOT: Final = word_set("no not don't can't doesn't nada tampoco")
_LANGUAGES: Final[dict[str, Command]] = {
    "spanish": "español",
    "espanol": "español",
    "castellano": "español",
    "english": "english",
    "ingles": "english",
}
_LANGUAGE_WORDS: Final = (
    _ASKING
    | _SPEAKING
    | word_set("""
    in en continue switch change proceed use go language press option speaker speaks change
    only cambiar cambie continuar seguir habla hablan hablas hable idioma opción opriman para
    for para solo oprima entiendo understand know much very well mucho muy bien tu yo sí yes
    and y or
    """)
)
_OPENERS: Final = FILLERS | {"no", "yes", "yeah", "si", "oh", "but", "pero", "and", "y"}
_LONGEST_REQUEST: Final = 14


def command(heard: Heard, language: Language) -> Command | None:
    """Return the command that was given, or None when the turn is an answer.

    Keys count only alone: "0" is a person, "012" is an answer. "Somebody who speaks Spanish" in an
    English call changes the language first, so that nobody lands on the wrong rep unasked.
    """
    if heard.digits:
        return _BY_KEY.get(heard.digits.rstrip("#"))
    words = tokens(heard.words)
    if not words or len(words) > _LONGEST_REQUEST:
        return None
    asked = language_asked(heard.words, language, _PERSON | _WHICH_PERSON | {"who", "that"})
    if asked and not (asked == _current(language) and _PERSON & set(words)):
        return asked
    return _person(words) or _phrase(words)


def language_asked(
    words: str, language: Language, also: frozenset[str] = frozenset()
) -> Command | None:
    """Return the language that is asked for: by its name, or by not speaking the other one.

    `also` are words that may stand beside it without making it something else. A bare "no
    english" is a refusal in an English call, and in a Spanish one the answer "no: English".
    """
    said = trimmed(tokens(words))
    named: set[Command] = {_LANGUAGES[word] for word in said if word in _LANGUAGES}
    known = _LANGUAGE_WORDS | _NOT | set(_LANGUAGES) | FILLERS | also
    if len(named) != 1 or not set(said) <= known:
        return None
    name: Command = named.pop()
    other: Command = "english" if name == "español" else "español"
    return other if _refused(said, bare_no=name == _current(language)) else name


def _refused(said: list[str], *, bare_no: bool) -> bool:
    """Say whether the language is named as one that the caller does not speak."""
    name = next(place for place, word in enumerate(said) if word in _LANGUAGES)
    before = set(said[:name])
    if "no" not in before:
        return bool(before & _NOT)
    return bool(before & _SPEAKING) or (bare_no and before == {"no"})


def _current(language: Language) -> Command:
    return "english" if language == "en" else "español"


def _person(words: list[str]) -> Command | None:
    bare = trimmed(words, _OPENERS)
    if tuple(bare) in _WHOLE_PERSON:
        return "representative"
    known = (
        _ASKING | _PERSON | _WHICH_PERSON | FILLERS | set(_LANGUAGES) | {"who", "in", "en", "que"}
    )
    said = set(bare)
    if not said & _PERSON or not said <= known | _SPEAKS | _STATING:
        return None
    return None if said & _STATING and not said & _ASKING_VERBS else "representative"


def _phrase(words: list[str]) -> Command | None:
    for bare in (tuple(words), tuple(trimmed(words)), tuple(trimmed(words, _OPENERS))):
        if bare in _REPEAT:
            return "repeat"
        if bare in _BACK:
            return "go back"
    return None
