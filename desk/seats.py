"""Who may listen: reads the desk's session cookie outside Flask's requests, and what it allows."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final, cast
from urllib.parse import urlsplit

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import BadSignature

from config.city import City
from db.session import Database
from desk.guard import COOKIE, IDLE
from desk.hub import Desk
from people import staff

LIFETIME: Final = timedelta(days=1)
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost"})


class Seats:
    """Finds the desk a cookie stands for."""

    def __init__(self, database: Database, city: City, secret_key: str) -> None:
        """`secret_key` is the settings': the cookie is Flask's own, and read as Flask reads it."""
        signed_by = Flask(__name__)
        signed_by.secret_key = secret_key
        self._serializer = SecureCookieSessionInterface().get_signing_serializer(signed_by)
        self._database = database
        self._city = city

    def find(self, cookies: str, now: datetime) -> Desk | None:
        """Find who this is; None for whoever is not signed in. Raises DatabaseUnavailable."""
        session = self._session(cookies)
        staff_id, seen = session.get("staff"), float(session.get("seen", 0))
        if not isinstance(staff_id, int) or seen + IDLE.total_seconds() < now.timestamp():
            return None
        row = self._database.run(lambda db: staff.find(db, staff_id))
        if row is None or row.epoch != session.get("epoch"):
            return None
        queues = self._queues(row.department) if row.role == "department" else None
        until = datetime.fromtimestamp(seen, now.tzinfo) + IDLE
        return Desk(staff_id, row.epoch, until, queues, row.department)

    def _session(self, cookies: str) -> Mapping[str, Any]:
        try:
            found = SimpleCookie(cookies).get(COOKIE)
            if found is None or self._serializer is None:
                return {}
            age = int(LIFETIME.total_seconds())
            return cast("Mapping[str, Any]", self._serializer.loads(found.value, max_age=age))
        except (CookieError, BadSignature):
            return {}

    def _queues(self, department: str) -> frozenset[str]:
        queues = self._city.queues.items()
        return frozenset(name for name, queue in queues if queue.department == department)


def is_ours(origin: str, home: str) -> bool:
    """Tell whether a page of this origin is the desk's own: `home` is the settings' public_url.

    The stream may stand on another port, so a browser names the origin; "" is the same origin.
    """
    if not origin:
        return True
    page, ours = urlsplit(origin), urlsplit(home)
    same_host = page.hostname == ours.hostname or {page.hostname, ours.hostname} <= LOOPBACK
    try:
        return same_host and page.scheme == ours.scheme and page.port == ours.port
    except ValueError:  # a port that is no number
        return False
