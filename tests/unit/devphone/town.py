"""A line under test that is nothing but a table: path -> TwiML, or whatever else it answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from devphone.caller import Caller
from devphone.network import Network
from devphone.wire import Answer, NoAnswer, Request

HOME = "https://line.example"
NUMBER = "+18015550199"
XML = {"Content-Type": "text/xml"}

Reply = str | Answer | NoAnswer | Callable[[Request], Answer | NoAnswer]


@dataclass
class TableLine:
    """Answers each path from the table, and keeps every request."""

    table: Mapping[str, Reply]
    requests: list[Request] = field(default_factory=list[Request])

    def __call__(self, request: Request) -> Answer | NoAnswer:
        self.requests.append(request)
        path = request.url.removeprefix(HOME).partition("?")[0]
        reply = self.table.get(path, Answer(404, b"", {}))
        if isinstance(reply, str):
            return Answer(200, f"<Response>{reply}</Response>".encode(), XML)
        return reply(request) if callable(reply) else reply

    def paths(self) -> list[str]:
        return [request.url.removeprefix(HOME) for request in self.requests]

    def to(self, path: str) -> list[Request]:
        return [one for one in self.requests if one.url.removeprefix(HOME) == path]


@dataclass
class Town:
    """A network with one line on it."""

    line: TableLine
    network: Network

    def caller(self, number: str = "+18015550142") -> Caller:
        return Caller(self.network, number)

    def calling(self, number: str = "+18015550142") -> Caller:
        caller = self.caller(number)
        caller.dials(NUMBER)
        return caller


def town(table: Mapping[str, Reply], voice_url: str = f"{HOME}/voice", **settings: str) -> Town:
    """Build a town whose line answers from a table of paths; `settings` are those of the line."""
    line = TableLine(table)
    network = Network(line)
    network.add_line(NUMBER, voice_url, **settings)
    return Town(line, network)
