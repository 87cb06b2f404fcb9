"""What must always hold of accounts, meters, reads and agreements."""

from collections.abc import Iterable
from typing import Final

from config.check_digits import check_digit
from db.verify import Invariant

GUARD: Final = "live_accounts_only"
GUARDED: Final = (
    "entries", "statements", "payment_intents", "requests", "arrangements", "pay_plans", "deposits",
)  # fmt: skip
KEEPERS: Final = (("reads", "append_only"), *((table, GUARD) for table in GUARDED))
KEPT: Final = ", ".join(f"('{table}', '{trigger}')" for table, trigger in KEEPERS)

DIGITS: Final = "0123456789"
_FIRST: Final = [check_digit(digit) for digit in DIGITS]
# The check digit's table, row by row, as the check digits of two digits show it.
TABLE: Final = "".join(
    check_digit(DIGITS[_FIRST.index(interim)] + digit) for interim in DIGITS for digit in DIGITS
)


def _folded(column: str, length: int) -> str:
    """Write the check over a column's digits as SQL: '0' where the last one is right."""
    folded = "'0'"
    for place in range(1, length + 1):
        digit = f"CAST(substr({column}, {place}, 1) AS int)"
        folded = f"substr('{TABLE}', 10 * CAST({folded} AS int) + {digit} + 1, 1)"
    return folded


def _rows_of(tables: Iterable[str]) -> str:
    """Write as SQL that one of these tables has a row of the account `a`."""
    return " OR ".join(f"EXISTS (SELECT FROM {one} WHERE account_id = a.id)" for one in tables)


INVARIANTS: Final = (
    Invariant(
        "Accounts: every number has its check digit",
        f"SELECT 'account ' || number FROM accounts WHERE {_folded('number', 8)} <> '0'"  # noqa: S608  our own column
        " ORDER BY id",
    ),
    Invariant(
        "Accounts: what is not active has ended, and nothing active has",
        """SELECT 'account ' || number || ' is ' || status FROM accounts
           WHERE (coalesce(goes_live_as, status) = 'active') <> (closed_on IS NULL) ORDER BY id""",
    ),
    Invariant(
        "Meters: no meter is in two places, and no place has two meters",
        """SELECT 'installs ' || a.id || ' and ' || b.id FROM meter_installs a
           JOIN meter_installs b ON b.id > a.id
           AND (b.meter_id = a.meter_id OR b.service_point_id = a.service_point_id)
           AND daterange(a.installed_on, a.removed_on) && daterange(b.installed_on, b.removed_on)
           ORDER BY a.id""",
    ),
    Invariant(
        "Meters: a meter is of the service of its place",
        """SELECT 'install ' || i.id FROM meter_installs i JOIN meters m ON m.id = i.meter_id
           JOIN service_points p ON p.id = i.service_point_id WHERE m.service <> p.service
           ORDER BY i.id""",
    ),
    Invariant(
        "Reads: a dial goes back only where a finding says why",
        """SELECT 'read ' || id || ' shows ' || value || ' after ' || earlier FROM (
               SELECT id, value, kind, finding, lag(value) OVER dial AS earlier,
                   lag(kind) OVER dial AS earlier_kind
               FROM reads r WHERE register = 'use' AND finding <> 'backward'
               AND NOT EXISTS (SELECT FROM reads n WHERE n.replaces = r.id)
               WINDOW dial AS (PARTITION BY install_id
                               ORDER BY read_on, kind <> 'estimated', id)) dials
           WHERE value < earlier AND finding NOT IN ('rolled over', 'accepted')
           AND earlier_kind <> 'estimated' ORDER BY id""",
    ),
    Invariant(
        "Reads: every read is on its dial, and of days on which its meter was there",
        """SELECT 'read ' || r.id FROM reads r JOIN meter_installs i ON i.id = r.install_id
           JOIN meters m ON m.id = i.meter_id
           WHERE r.value >= power(10::numeric, m.digits) OR r.read_on < i.installed_on
           OR r.read_on > i.removed_on ORDER BY r.id""",
    ),
    Invariant(
        "Accounts and reads: every trigger that keeps them is there and switched on",
        f"""SELECT name || ' on ' || kept FROM (VALUES {KEPT}) AS keeper (kept, name)
            WHERE NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = to_regclass(kept)
            AND tgname = name AND tgenabled IN ('O', 'A'))""",  # noqa: S608  our own names
    ),
    Invariant(
        "Agreements: no service is billed twice by one tariff at one place on one day",
        """SELECT 'agreements ' || a.id || ' and ' || b.id FROM agreements a
           JOIN agreements b ON b.id > a.id AND b.service_point_id = a.service_point_id
           AND b.tariff = a.tariff
           AND daterange(a.starts_on, a.ends_on) && daterange(b.starts_on, b.ends_on)
           ORDER BY a.id""",
    ),
    Invariant(
        "Agreements: each is of the service of its place",
        """SELECT 'agreement ' || g.id FROM agreements g
           JOIN service_points p ON p.id = g.service_point_id WHERE p.service <> g.service
           ORDER BY g.id""",
    ),
    Invariant(
        "Accounts: nothing was posted to, billed to or asked of one that is not live yet",
        f"""SELECT 'account ' || number FROM accounts a WHERE status = 'pending'
            AND ({_rows_of(GUARDED)}) ORDER BY id""",  # noqa: S608  our own tables
    ),
)
