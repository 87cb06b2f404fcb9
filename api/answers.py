"""A write is answered once per key: the first answer is kept and given again, byte for byte.

The key is claimed in a transaction of its own before anything is done, so that another body under
it is refused even while the first is at work. A claim whose work was refused or died stays begun:
the same body may try again, no other.
"""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from pydantic_core import to_jsonable_python
from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.errors import AnotherBody

CLAIM = text("""
WITH fresh AS (
    INSERT INTO api_answers (api_key_id, key, digest, status, body)
    VALUES (:caller, :key, :digest, 0, '{}') ON CONFLICT DO NOTHING
    RETURNING digest, status, body
)
SELECT digest, status, body FROM fresh
UNION ALL
SELECT digest, status, body FROM api_answers WHERE api_key_id = :caller AND key = :key""")
KEEP = text("""
UPDATE api_answers SET status = :status, body = jsonb_build_object('text', CAST(:body AS text))
WHERE api_key_id = :caller AND key = :key AND status = 0""")


def claim(session: Session, caller: int, key: str, asked: str) -> tuple[int, bytes] | None:
    """Claim a key for what is asked; gives the kept answer where there is one.

    Raises AnotherBody: the key was used for something else.
    """
    given = {"caller": caller, "key": key, "digest": asked}
    row = session.execute(CLAIM, given).first()
    if row is None:  # another took it between our two looks
        row = session.execute(CLAIM, given).one()
    if row.digest != asked:
        advice = "Use a new Idempotency-Key for every new thing that is to be done."
        raise AnotherBody("idempotency key", f"key {key!r} was used for something else", advice)
    body: dict[str, Any] = row.body
    return (row.status, str(body["text"]).encode()) if row.status else None


def keep(session: Session, caller: int, key: str, status: int, body: bytes) -> None:
    """Keep the first answer that was given."""
    given = {"caller": caller, "key": key, "status": status, "body": body.decode()}
    session.execute(KEEP, given)


def digest(operation: str, arguments: Mapping[str, Any]) -> str:
    """Give the digest of what is asked, however its JSON was written."""
    said = json.dumps([operation, to_jsonable_python(dict(arguments))], sort_keys=True)
    return sha256(said.encode()).hexdigest()
