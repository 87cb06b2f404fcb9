"""The real process, in real time, with a line on a real socket, and the terminal calling."""

from pathlib import Path

import httpx
import pytest

from devphone import terminal
from devphone.fetching import over_http
from devphone.overrides import Overrides
from devphone.wire import Answer, NoAnswer, Request
from tests.unit.devphone.running import Process, free_port


def script(folder: Path, *steps: str) -> str:
    file = folder / "call.yaml"
    lines = ["caller: +18015550142", "language: en", "steps:", *(f"  - {step}" for step in steps)]
    file.write_text("\n".join(lines), encoding="utf-8")
    return str(file)


def test_a_scripted_call_goes_as_written(
    devphone: Process, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call = script(
        tmp_path,
        "hears: how can i help",
        "says: there is a pothole on center street",
        'is put through to: "+18015550100"',
        "hangs up",
        "was hung up",
    )
    assert terminal.main(["--url", devphone.url, call]) == 0
    said = capsys.readouterr().out
    assert "line (en-US): How can I help?" in said
    assert 'caller: "there is a pothole on center street"' in said
    assert "All 5 steps held." in said
    assert httpx.get(f"{devphone.url}/healthz").json() == {"ok": True, "broken": []}


def test_a_claim_that_fails_ends_the_script_with_one(
    devphone: Process, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call = script(tmp_path, "stays silent", "hears: Bonjour")
    assert terminal.main(["--url", devphone.url, call]) == 1
    assert "This did not come true: hears: Bonjour" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("steps", "sentence"),
    [
        (["sings: a song"], "is no step"),
        (["hears:"], "is no step"),
        (["hears: a\n    says: b"], "is no step"),
        ([], "needs steps"),
        (["{"], "call.yaml"),
    ],
)
def test_a_script_that_cannot_be_read_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], steps: list[str], sentence: str
) -> None:
    assert terminal.main([script(tmp_path, *steps)]) == 1
    assert sentence in capsys.readouterr().err


def test_a_network_that_is_not_there_is_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert terminal.main(["--url", f"http://127.0.0.1:{free_port()}"]) == 1
    assert "No phone network at" in capsys.readouterr().err


def asked(url: str, limits: Overrides | None = None) -> Answer | NoAnswer:
    return over_http()(Request("POST", url, {"Digits": "1"}, {}, limits or Overrides()))


def test_the_fetcher_keeps_to_its_limits_and_to_loopback(line_url: str) -> None:
    fine = asked(f"{line_url}/after")
    assert isinstance(fine, Answer)
    assert (fine.status, fine.content_type) == (200, "text/xml")
    slow = asked(f"{line_url}/slow", Overrides(read_ms=100))
    assert isinstance(slow, NoAnswer)
    assert (slow.reason, slow.code) == ("read", 11200)
    dead = asked(f"http://127.0.0.1:{free_port()}/")
    assert isinstance(dead, NoAnswer)
    assert (dead.reason, dead.code) == ("connect", 11205)
    far = asked("http://line.example/")
    assert isinstance(far, NoAnswer)
    assert far.code == 11210
