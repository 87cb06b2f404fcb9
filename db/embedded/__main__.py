"""Serve a state folder until another process ends: `python -m db.embedded VAR --until PID`.

Tests share one PostgreSQL and one Valkey this way: whoever needs them first starts this, and
they stop with the test run, even if that is killed. It prints the addresses as JSON when the
servers answer. `--temporary` removes the folder afterwards,
`--unsafe` trades power-cut safety for speed.
"""

import argparse
import json
import signal
import sys
from dataclasses import asdict
from pathlib import Path
from types import FrameType

from db.embedded import home, process
from db.embedded.errors import EmbeddedError
from db.embedded.servers import serving

UNSAFE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
NO_END_SECONDS = 24 * 3600.0


def main() -> int:
    """Serve; 0 when the other process ended, 1 when the servers did not start."""
    parser = argparse.ArgumentParser(prog="python -m db.embedded")
    parser.add_argument("var", type=Path)
    parser.add_argument("--until", type=int, required=True, metavar="PID")
    parser.add_argument("--temporary", action="store_true")
    parser.add_argument("--unsafe", action="store_true")
    asked = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    try:
        with serving(asked.var, "python -m db.embedded", UNSAFE if asked.unsafe else ()) as where:
            print(json.dumps(asdict(where)), flush=True)
            process.wait_until(lambda: not process.is_alive(asked.until), NO_END_SECONDS)
    except EmbeddedError as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        if asked.temporary:
            home.forget(asked.var)
    return 0


def _leave(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)


if __name__ == "__main__":
    sys.exit(main())
