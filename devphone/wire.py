"""What goes over the wire to the line: a request, its answer, or the reason there is none."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Literal

from devphone.overrides import Overrides

Method = Literal["GET", "POST"]

CONNECTION_FAILED = 11205
HOST_UNKNOWN = 11210
NO_ANSWER_IN_TIME = 11200
BAD_STATUS = 11217


@dataclass(frozen=True)
class Request:
    """One webhook as it is sent: `url` without fragment, `form` already signed into `headers`."""

    method: Method
    url: str
    form: Mapping[str, str]
    headers: Mapping[str, str]
    limits: Overrides = field(default_factory=Overrides)


@dataclass(frozen=True)
class Answer:
    """What the line answered. `seconds` is how long it took, where the fetcher measured it."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    seconds: float = 0.0

    @property
    def is_good(self) -> bool:
        """Whether the status is one of success (2xx)."""
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES

    @property
    def content_type(self) -> str:
        """The media type alone, in lower case; "" where the line named none."""
        named = {name.lower(): value for name, value in self.headers.items()}
        return named.get("content-type", "").partition(";")[0].strip().lower()


Reason = Literal["connect", "read"]


@dataclass(frozen=True)
class NoAnswer:
    """No answer came: `reason` picks the retry policy (ct or rt), `code` is Twilio's error."""

    reason: Reason
    code: int
    sentence: str


Fetch = Callable[[Request], Answer | NoAnswer]
