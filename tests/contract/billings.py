"""The billing core in both its forms: in this process, and over a real HTTP server."""

import random
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from api import keys
from api.blueprint import ApiPorts, make_blueprint
from billing.ports import BillingCore
from billing.remote import RemoteBilling
from billing.shapes import Adjusted, Charged
from billing.wire import SCOPES
from db.session import Database

MAKER: Final = "permits"  # who makes every write: over HTTP it is the key's name
ACCOUNT = text("""
WITH who AS (
    INSERT INTO residents (name, language, email, mailing)
    VALUES ('Resident 00001', 'es', '', '') RETURNING id
), phone AS (
    INSERT INTO resident_phones (resident_id, phone, label) SELECT id, :phone, '' FROM who
), place AS (
    INSERT INTO premises (address, zip, cycle) VALUES (:address, '84601', 1) RETURNING id
)
INSERT INTO accounts (number, resident_id, premise_id, kind, status, owner_group, paperless,
    opened_on, version)
SELECT :number, who.id, place.id, 'residential', 'active', '', false, '2020-01-01', 1
FROM who, place RETURNING number""")


def address_of(number: str) -> str:
    return f"{number} West Center Street"


def open_account(session: Session, phone: str = "+18015550142") -> str:
    """Open an account that no other test uses; gives its number."""
    number = f"{random.randrange(10**8):08}"
    given = {"number": number, "phone": phone, "address": address_of(number)}
    return session.execute(ACCOUNT, given).scalar_one()


def web(database: Database, core: BillingCore) -> Flask:
    """Mount the API alone."""
    flask = Flask("api-alone", static_folder=None)
    flask.register_blueprint(make_blueprint(ApiPorts(database, core)))
    return flask


@contextmanager
def served(flask: Flask) -> Generator[str]:
    """Serve an application on loopback; gives its address."""
    server = make_server("127.0.0.1", 0, flask, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@contextmanager
def remote(database: Database, core: BillingCore) -> Generator[RemoteBilling]:
    """Serve a core, and open the client on it with a key for everything."""
    _, secret = database.run(lambda session: keys.make(session, MAKER, list(SCOPES), 100_000))
    with served(web(database, core)) as address:
        client = RemoteBilling(address, secret)
        yield client
        client.close()


def charge(
    core: BillingCore, account: str, key: str, cents: int = 1250, kind: str = "permit"
) -> Charged:
    """Put a permit on an account."""
    return core.charge(
        account=account, service="water", cents=cents, kind=kind, actor=MAKER, key=key
    )


def adjust(core: BillingCore, account: str, key: str, cents: int, **changed: str) -> Adjusted:
    """Take cents off what an account owes for water."""
    said = {
        "service": "water", "reason": "goodwill", "note": "", "made_by": MAKER, "made_as": "rep",
    }  # fmt: skip
    return core.adjust(account=account, cents=cents, key=key, **{**said, **changed})
