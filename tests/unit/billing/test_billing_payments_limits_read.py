"""What config says of the limits, and how the database comes to know it."""

from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from sqlalchemy import text

from billing.payments.limits import load_limits, may_alone, read_limits
from billing.payments.tables import Request
from config.errors import ConfigError
from db.session import Database
from tests.services import Servers
from tests.unit.billing.paying import owing, own_database

Key = Callable[[str], str]


@pytest.fixture(scope="module")
def database(servers: Servers, new_database: Callable[[str], str]) -> Generator[Database]:
    yield from own_database(servers, new_database)


def test_a_limit_that_config_forgot_is_nothing(database: Database, key: Key) -> None:
    account = database.run(lambda db: owing(db, key("a"), power=100))
    stray = text("""INSERT INTO approval_limits VALUES ('rep', 'adjustment', 'gone', 99, 99, 99, 99)
        ON CONFLICT (role, kind, reason) DO UPDATE SET alone = 99""")
    database.run(lambda db: db.execute(stray))
    asked = Request(
        key=key("w"), kind="adjustment", account_id=account, cents=1,
        reason="gone", made_by="ana", made_as="rep",
    )  # fmt: skip
    assert database.run(lambda db: may_alone(db, asked))
    database.run(load_limits)
    assert not database.run(lambda db: may_alone(db, asked))
    asked.made_as = "nobody"
    asked.cents = 0
    assert not database.run(lambda db: may_alone(db, asked))


def test_no_limit_of_the_city_is_less_by_day_than_by_piece() -> None:
    for each in read_limits().limits:
        assert each.alone <= min(each.by_day, each.by_account), each


def test_wrong_limits_are_told(tmp_path: Path) -> None:
    path = tmp_path / "limits.yaml"
    path.write_text("""
source: test
status: policy
account days: 30
limits:
  - {role: rep, kind: gift, reason: "*", alone: 0, approve: -1}
  - {role: rep, kind: refund, reason: "*", alone: 5, approve: 5, by day: 9, by account: 4}
reasons: {gift: {}}
""")
    with pytest.raises(ConfigError) as caught:
        read_limits(path)
    assert len(caught.value.faults) == 4
