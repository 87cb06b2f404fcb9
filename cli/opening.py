"""How the line opens: its steps in order, each shown, each with a bound on its waiting."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from rich.console import Console

from cli import environment as environments
from cli.processes import Ports, devphone_environment, line_children, server_child
from cli.steps import Step, Steps
from cli.supervisor import Supervisor
from cli.welcome import SignIns, Welcome, show
from config.settings import Settings, read_settings
from db.embedded import ports, process, servers
from db.embedded.errors import EmbeddedError

READY_SECONDS = 150.0  # every process reads the model or the city: a busy machine takes a while
ASK_SECONDS = 2.0
LOOK_SECONDS = 0.2
NAMES = {"postgres": "PostgreSQL", "valkey": "Valkey"}


class Opening:
    """One opening of the line in one state folder."""

    def __init__(self, var: Path, given: Mapping[str, str], console: Console) -> None:
        """Begin with nothing started."""
        self.supervisor = Supervisor(var, self._died)
        self._var = var
        self._given = given
        self._console = console
        self._steps = Steps(console)
        self._sign_ins: SignIns = []

    def run(self, port: int | None, phone_port: int | None) -> None:
        """Take every step up to an open line."""
        chosen = self._choose_ports(port, phone_port)
        addresses = self._start_servers() if environments.needs_servers(self._given) else None
        environment = environments.completed(self._given, self._var, addresses)
        settings = read_settings(environment)
        self._prepare(environment)
        if chosen.devphone is not None:
            environment |= devphone_environment(settings, chosen.devphone)
            environment |= {"CARDS_KEY": settings.cards_key or ""}
        with self._steps.step("the line's processes") as step:
            children = line_children(self._var, environment, chosen)
            for child in children:
                self.supervisor.keep(child)
            step.says(", ".join(child.name for child in children))
        with self._steps.step("ready for calls") as step:
            self._wait_until_ready(step, chosen.web)
        show(self._console, self._welcome(settings, chosen))

    def _died(self, words: str) -> None:
        self._console.print(words, style="yellow", markup=False)

    def _choose_ports(self, port: int | None, phone_port: int | None) -> Ports:
        stand_in = not environments.has_twilio(self._given)
        return Ports(
            web=ports.choose(self._var, "web", wanted=port, default=environments.WEB_PORT),
            devphone=ports.choose(
                self._var, "devphone", wanted=phone_port, default=environments.PHONE_PORT
            )
            if stand_in
            else None,
            cards=ports.choose(self._var, "cards", default=environments.CARDS_PORT)
            if stand_in
            else None,
            stream=ports.choose(self._var, "stream"),
            fallback=ports.choose(self._var, "fallback"),
        )

    def _start_servers(self) -> servers.Addresses:
        with self._steps.step("place for the servers"):
            pair = servers.both(self._var)
        for server in pair:
            with self._steps.step(NAMES[server.name]) as step:
                running = servers.start(server, self._var)
                self.supervisor.keep(server_child(server, running))
                step.says(f"{ports.HOST}:{server.port}")
        return servers.addresses(*pair)

    def _prepare(self, environment: Mapping[str, str]) -> None:
        """Run cli/prepare.py, showing its steps as ours."""
        log = self._var / "log" / "prepare.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as errors:
            child = subprocess.Popen(
                [sys.executable, "-P", "-m", "cli.prepare"],
                stdout=subprocess.PIPE,
                stderr=errors,
                env=dict(environment),
                cwd=environments.ROOT,
                text=True,
            )
        with child:
            try:
                self._follow(child)
            except BaseException:
                child.terminate()
                raise
        if child.returncode:
            raise EmbeddedError(
                f"The line could not be prepared: {process.last_words(log)} ({log})"
            )

    def _follow(self, child: subprocess.Popen[str]) -> None:
        """Show each step until the next one is named."""
        assert child.stdout is not None  # noqa: S101  asked for by _prepare
        lines: Iterator[dict[str, Any]] = (json.loads(line) for line in child.stdout)
        name = self._one_step(Step("", None), lines)
        while name:
            with self._steps.step(name) as step:
                name = self._one_step(step, lines)

    def _one_step(self, step: Step, lines: Iterator[dict[str, Any]]) -> str:
        """Show one step's progress; give the next one's name, empty at the end."""
        for line in lines:
            if "step" in line:
                return str(line["step"])
            if "total" in line:
                step.progress(line["done"], line["total"])
            self._sign_ins = line.get("sign_ins", self._sign_ins)
        return ""

    def _wait_until_ready(self, step: Step, port: int) -> None:
        deadline = time.monotonic() + READY_SECONDS
        said = ""
        while time.monotonic() < deadline:
            self.supervisor.look()
            ready, said = ask_ready(port)
            if ready:
                step.says("")
                return
            step.says(f"waiting for {said}")
            time.sleep(LOOK_SECONDS)
        dead = ", ".join(self.supervisor.dead())
        raise EmbeddedError(
            f"The line is not ready after {READY_SECONDS:.0f} s: {dead or said}; "
            f"its logs are in {self._var / 'log'}."
        )

    def _welcome(self, settings: Settings, chosen: Ports) -> Welcome:
        dial_pad = f"http://{ports.HOST}:{chosen.devphone}" if chosen.devphone else None
        return Welcome(settings, dial_pad, self._sign_ins)


def ask_ready(port: int) -> tuple[bool, str]:
    """Ask /readyz; when it is not ready, say what it waits for."""
    try:
        with urlopen(f"http://{ports.HOST}:{port}/readyz", timeout=ASK_SECONDS) as answer:
            return answer.status == 200, ""  # noqa: PLR2004  HTTP's own number
    except HTTPError as refusal:
        with refusal:
            said = refusal.read(200).decode("utf-8", "replace").strip()
            return False, said.removeprefix("waiting for: ")
    except (URLError, OSError):
        return False, "the web process to listen"
