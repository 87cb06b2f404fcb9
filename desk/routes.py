"""Every route of the desk states who may use it, or why anybody may: there is no third way."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from flask.typing import ResponseReturnValue

from people.staff import Role

View = Callable[..., ResponseReturnValue]
Method = Literal["GET", "POST"]


@dataclass(frozen=True, slots=True)
class Route:
    """One address. Either `least` names the lowest role, or `public_because` says why none is."""

    method: Method
    rule: str
    view: View
    least: Role | None = None
    public_because: str = ""

    @property
    def endpoint(self) -> str:
        """The name of its view, which is unique among the desk's."""
        return self.view.__name__


@dataclass(frozen=True, slots=True)
class Routes:
    """The routes of one room."""

    all: list[Route] = field(default_factory=list[Route])

    def get(self, rule: str, least: Role) -> Callable[[View], View]:
        """Show a page to `least` and above."""
        return self._add("GET", rule, least, "")

    def post(self, rule: str, least: Role) -> Callable[[View], View]:
        """Let `least` and above change something."""
        return self._add("POST", rule, least, "")

    def public(self, method: Method, rule: str, because: str) -> Callable[[View], View]:
        """Open an address to anybody; `because` is read by whoever reviews it."""
        return self._add(method, rule, None, because)

    def _add(
        self, method: Method, rule: str, least: Role | None, because: str
    ) -> Callable[[View], View]:
        def keep(view: View) -> View:
            self.all.append(Route(method, rule, view, least, because))
            return view

        return keep
