"""`python -m devphone.terminal [SCRIPT.yaml]`: a caller in the terminal.

Type words to speak, digits (or #1) to press keys, nothing to stay silent, `bye` to hang up. With
a script: play it, print the transcript, exit 0 when every claim held, else 1 with the one that did
not.
"""

import argparse
import select
import sys
import threading
from pathlib import Path
from typing import TextIO

import httpx

from devphone.remote import Json, PhoneError, RemotePhone
from devphone.script import ClaimError, Player, Script, ScriptError, read_script
from devphone.transcript import line_of

KEYS = frozenset("0123456789*#")
TIMEOUT_S = 30.0
HELP = "Words speak, digits or #1 press keys, an empty line is silence, bye hangs up."


def main(arguments: list[str] | None = None) -> int:
    """Call; the exit code says whether it went as scripted."""
    asked = _parser().parse_args(arguments)
    try:
        script = read_script(asked.script) if asked.script else None
        with httpx.Client(base_url=asked.url, timeout=TIMEOUT_S) as client:
            caller = asked.caller or (script.caller if script else "+18015550142")
            language = asked.language or (script.language if script else "en")
            phone = RemotePhone(client, caller, language)
            phone.dials(asked.to or phone.line())
            return _play(phone, script) if script else _talk(phone)
    except (PhoneError, ScriptError) as error:
        _tell(str(error), sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m devphone.terminal", description=__doc__)
    parser.add_argument("script", nargs="?", type=Path, help="a scripted caller")
    parser.add_argument("--url", default="http://127.0.0.1:8312", help="where devphone is")
    parser.add_argument("--from", dest="caller", help="the number to call from")
    parser.add_argument("--to", help="the line to call; the account's first if not said")
    parser.add_argument("--language", choices=("en", "es"), help="the caller's language")
    return parser


def _play(phone: RemotePhone, script: Script) -> int:
    player = Player(phone)
    failure = ""
    try:
        for step in script.steps:
            player.play(step)
    except ClaimError as failed:
        failure = str(failed)
    if not phone.over:
        phone.follow(0)
    for event in phone.events:
        _print(event)
    _tell(failure or f"All {len(script.steps)} steps held.", sys.stderr if failure else None)
    return 1 if failure else 0


def _talk(phone: RemotePhone) -> int:
    """Let the person at the terminal be the caller; what the line says appears as it comes."""
    _tell(HELP)
    over = threading.Event()
    threading.Thread(target=_listen, args=(phone, over), daemon=True).start()
    while not over.is_set():
        ready, _, _ = select.select([sys.stdin], [], [], 0.2)
        if ready and not _does(phone, sys.stdin.readline()):
            phone.hangs_up()
            over.wait(TIMEOUT_S)
    return 0


def _listen(phone: RemotePhone, over: threading.Event) -> None:
    try:
        while not phone.over:
            for event in phone.follow():
                _print(event)
    except PhoneError as error:
        _tell(str(error), sys.stderr)
    over.set()


def _does(phone: RemotePhone, typed: str) -> bool:
    """Do what a typed line means; False once the caller wants to hang up (or the input ended)."""
    words = typed.strip()
    if not typed or words == "bye":
        return False
    keys = words.replace(" ", "")
    if not words:
        phone.waits()
    elif set(keys) <= KEYS:
        phone.presses(keys[1:] if keys.startswith("#") and len(keys) > 1 else keys)
    else:
        phone.says(words)
    return True


def _print(event: Json) -> None:
    line = line_of(str(event["kind"]), str(event["text"]), str(event["language"]))
    if line:
        _tell(line)


def _tell(line: str, to: TextIO | None = None) -> None:
    print(line, file=to, flush=True)


if __name__ == "__main__":
    sys.exit(main())
