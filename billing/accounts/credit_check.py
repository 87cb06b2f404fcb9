"""Whether an applicant for service had an account before, how it ended, and what is asked for then.

One question to the tables, then a judgement that is pure. A resident is known by their row; else by
what is written of residents: name, phone, e-mail, the address where they were served.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session

from billing.accounts.credit_rules import ALIKE, CreditRules, alike, credit_rules
from billing.ledger.clock import city_zone
from billing.money import Cents
from billing.payments.months import months_after
from config.phones import dialled

Outcome = Literal["clean", "deposit", "debt first"]

# `mine` is the applicant, with what is known of the resident they are; an empty text is like none.
PRIOR: Final = text(r"""
WITH mine AS (
    SELECT r.id, coalesce(nullif(:name, ''), r.plain, '') AS name,
        coalesce(nullif(:email, ''), lower(r.email), '') AS email,
        CAST(:phones AS text[]) || ARRAY(SELECT phone FROM resident_phones p
            WHERE p.resident_id = r.id) AS phones
    FROM (VALUES (1)) one LEFT JOIN (
        SELECT id, email, lower(regexp_replace(trim(name), '\s+', ' ', 'g')) AS plain
        FROM residents WHERE id = CAST(:resident AS bigint)) r ON true
), everybody AS (
    SELECT r.id, r.id IS NOT DISTINCT FROM mine.id AS resident,
        lower(regexp_replace(trim(r.name), '\s+', ' ', 'g')) = mine.name AS name,
        r.email <> '' AND lower(r.email) = mine.email AS email,
        EXISTS (SELECT FROM resident_phones p WHERE p.resident_id = r.id
            AND p.phone = ANY (mine.phones)) AS phone
    FROM residents r CROSS JOIN mine
), theirs AS (
    SELECT * FROM everybody WHERE resident OR name OR email OR phone
), held AS (
    SELECT a.id AS account, t.* FROM theirs t JOIN accounts a ON a.resident_id = t.id
    UNION ALL SELECT o.account_id, t.* FROM theirs t JOIN account_residents o
        ON o.resident_id = t.id AND o.part = ANY (CAST(:parts AS text[]))
)
SELECT a.number, a.status, h.resident, h.name, h.email, h.phone,
    lower(p.address) = :address AS address,
    (SELECT greatest(0, coalesce(sum(c.open_cents), 0) + coalesce((SELECT least(0, b.cents)
        FROM balances b WHERE b.account_id = a.id AND b.code = 'pool.unapplied'), 0))
        FROM charges c WHERE c.account_id = a.id AND c.open_cents > 0 AND c.due_on < :on) AS owes,
    (SELECT coalesce(sum(q.cents), 0) FROM requests q WHERE q.account_id = a.id
        AND q.kind = 'write-off' AND q.state = 'done') AS given_up,
    (SELECT coalesce(sum(l.cents), 0) FROM collections l WHERE l.account_id = a.id
        AND l.kind = 'collections' AND l.state IN ('listed', 'sent')) AS collected,
    (SELECT count(*) FROM (SELECT transaction_id AS id FROM payments WHERE account_id = a.id
        UNION ALL SELECT id FROM journal WHERE account_id = a.id AND kind = 'deposit') taken
        JOIN journal r ON r.reverses = taken.id WHERE r.memo ->> 'code' <> 'KEYED'
        AND r.effective_on > :since AND r.effective_on <= :on) AS returned,
    (SELECT count(*) FROM arrangements g WHERE g.account_id = a.id AND g.state = 'broken'
        AND CAST(g.ended_at AT TIME ZONE :zone AS date) > :since) AS broken
FROM held h JOIN accounts a ON a.id = h.account JOIN premises p ON p.id = a.premise_id
WHERE a.status <> 'pending' AND a.id IS DISTINCT FROM CAST(:but AS bigint)
ORDER BY a.opened_on DESC, a.id""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """Who applies, as far as it is known: their row, or what they told of themselves.

    `address` is where they were served before; `account_id` the account they apply with, which is
    no earlier one.
    """

    resident_id: int | None = None
    name: str = ""
    phones: tuple[str, ...] = ()
    email: str = ""
    address: str = ""
    account_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """An earlier account, `by` what it is taken for the applicant's, and how it was kept."""

    account: str
    status: str
    by: str
    owes: Cents = 0
    given_up: Cents = 0
    collected: Cents = 0
    returned: int = 0
    broken: int = 0


@dataclass(frozen=True, slots=True)
class Finding:
    """What speaks against an earlier account; `amount` is cents, or how many times."""

    account: str
    what: str
    amount: int
    by: str


@dataclass(frozen=True, slots=True)
class Checked:
    """All that was found, and what the rule asks: a debt paid first, a deposit, or neither.

    `debt_cents` may be nothing where an account was given up in another system: a person asks.
    """

    findings: tuple[Finding, ...]
    debt_first: bool
    debt_cents: Cents
    deposit: bool

    @property
    def outcome(self) -> Outcome:
        """Say it in one word, the gravest."""
        if self.debt_first:
            return "debt first"
        return "deposit" if self.deposit else "clean"


def credit_check(
    session: Session,
    applicant: Applicant,
    on: date,
    *,
    production: bool = False,
    rules: CreditRules | None = None,
) -> Checked:
    """Look at an applicant's earlier accounts, on a day.

    In production a rule that nobody confirmed asks for nothing; what was found is told all the
    same.
    """
    rules = rules or credit_rules()
    return judged(prior(session, applicant, on, rules), rules, production=production)


def prior(session: Session, applicant: Applicant, on: date, rules: CreditRules) -> list[Prior]:
    """List the accounts an applicant had or has, the newest first; pending ones are left out."""
    found: dict[str, Prior] = {}
    for row in session.execute(PRIOR, _asked(applicant, on, rules)).mappings():
        by = _by(row, rules)
        best = found.get(row["number"])
        if by and (best is None or rules.same.index(by) < rules.same.index(best.by)):
            found[row["number"]] = _prior(row, by)
    return list(found.values())


def judged(accounts: Iterable[Prior], rules: CreditRules, *, production: bool = False) -> Checked:
    """Say what speaks against these accounts, and what is asked for. Pure."""
    findings = tuple(one for account in accounts for one in _findings(account, rules))
    if production and rules.origin.unverified:
        return Checked(findings, debt_first=False, debt_cents=0, deposit=False)
    what = {one.what for one in findings}
    debts = [one for one in findings if one.what in rules.debt_first]
    return Checked(
        findings,
        debt_first=bool(debts),
        # What collections have is owed still: it is not counted a second time.
        debt_cents=sum(one.amount for one in debts if one.what in {"owes", "written off"}),
        deposit=bool(what & {*rules.deposit}),
    )


def _asked(applicant: Applicant, on: date, rules: CreditRules) -> dict[str, object]:
    phones = [number for phone in applicant.phones if (number := dialled(phone))]
    return {
        "resident": applicant.resident_id,
        "name": _plain(applicant.name),
        "phones": phones,
        "email": _plain(applicant.email),
        "address": _plain(applicant.address),
        "but": applicant.account_id,
        "parts": list(rules.parts),
        "on": on,
        "since": months_after(on, -rules.months),
        "zone": city_zone(),
    }


def _plain(said: str) -> str:
    return " ".join(said.split()).lower()


def _by(row: RowMapping, rules: CreditRules) -> str:
    """Give the surest way in which an account is the applicant's; nothing where it is not."""
    same = {one for one in ALIKE if row[one]}
    return next((one for one in rules.same if alike(one) <= same), "")


def _prior(row: RowMapping, by: str) -> Prior:
    return Prior(
        account=row["number"],
        status=row["status"],
        by=by,
        owes=int(row["owes"]),
        given_up=int(row["given_up"]),
        collected=int(row["collected"]),
        returned=row["returned"],
        broken=row["broken"],
    )


def _findings(one: Prior, rules: CreditRules) -> Iterator[Finding]:
    told = (
        ("owes", one.owes, one.owes >= max(rules.least, 1)),
        ("written off", one.given_up, one.given_up > 0 or one.status == "written off"),
        ("in collections", one.collected, one.collected > 0),
        ("returned items", one.returned, one.returned >= rules.returned_items),
        ("broken arrangements", one.broken, one.broken >= rules.broken_arrangements),
    )
    for what, amount, found in told:
        if found:
            yield Finding(one.account, what, amount, one.by)
