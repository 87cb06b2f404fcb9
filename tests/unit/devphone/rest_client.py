"""The real twilio client, with its base URL rewritten into an application."""

import base64
from logging import getLogger
from typing import Protocol
from urllib.parse import urlencode

from flask.testing import FlaskClient
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.rest import Client

from devphone.network import DEMO_ACCOUNT
from devphone.server import build
from tests.unit.devphone.town import Town

TOKEN = "devphone-token"


class IntoFlask(HttpClient):
    """Sends what the client would send to api.twilio.com into an application instead."""

    def __init__(self, client: FlaskClient) -> None:
        super().__init__(getLogger(__name__), is_async=False)
        self.client = client

    def request(  # noqa: PLR0913, PLR0917  the package's own signature
        self,
        method: str,
        uri: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,  # noqa: FBT001, FBT002  the package's own
    ) -> Response:
        del headers, timeout, allow_redirects
        credentials = base64.b64encode(":".join(auth or ("", "")).encode()).decode()
        answer = self.client.open(
            uri.removeprefix("https://api.twilio.com"),
            method=method,
            query_string=urlencode(dict(params or {}), doseq=True),
            data=dict(data or {}),
            headers={"Authorization": f"Basic {credentials}"},
        )
        return Response(answer.status_code, answer.text)


class Resource(Protocol):
    sid: str | None


def sid_of(resource: Resource) -> str:
    assert resource.sid is not None
    return resource.sid


def client_of(here: Town, token: str = TOKEN) -> Client:
    app = build(here.network, TOKEN)
    return Client(DEMO_ACCOUNT, token, http_client=IntoFlask(app.test_client()))
