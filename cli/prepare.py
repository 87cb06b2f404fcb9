"""What must be there before the line opens: tables, a seeded city, a trained model.

Run as a process of its own (`python -m cli.prepare`), so that the supervisor stays small: training
needs hundreds of megabytes. It prints one JSON object a line: {"step": NAME}, then
{"done": N, "total": M} as it goes, and at the end {"sign_ins": [[user name, password, who], ...]}.
"""

import json
import sys
from urllib.parse import urlsplit

from config.settings import Settings, read_settings


def prepare(settings: Settings) -> None:
    """Do what is not done yet; each part finds out for itself."""
    from app import the_ear
    from db.migrate import upgrade

    say(step="tables")
    owner = settings.database_owner_url or settings.database_url
    upgrade(owner, urlsplit(settings.database_url).username or "")
    keep_the_books(settings)
    if settings.mode == "demo":  # its sign-ins have a password that everybody knows
        say(step="seeded city")
        seed(settings)
        say(step="seeded accounts")
        seed_accounts(settings)
    say(step="language model")
    the_ear(settings)


def keep_the_books(settings: Settings) -> None:
    """Bring the chart of accounts and who may approve what into the database."""
    from billing.ledger.chart import load_chart
    from billing.payments.limits import load_limits
    from db.session import Database

    database = Database(settings.database_url, statement_ms=20_000)
    database.run(load_chart)
    database.run(load_limits)
    database.close()


def seed(settings: Settings) -> None:
    """Fill an empty database, and say who may sign in."""
    from app import the_city
    from cli import seeding
    from db.session import Database

    database = Database(settings.database_url, statement_ms=20_000)
    seeding.seed(database, the_city(), progress)
    database.close()
    say(sign_ins=[(user, seeding.PASSWORD, name) for user, name, *_ in seeding.SIGN_INS])


def seed_accounts(settings: Settings) -> None:
    """Open a few dozen accounts that tell something; what is there is left alone."""
    from cli.seed_city import seed_small
    from db.session import Database

    database = Database(settings.database_url, statement_ms=20_000)
    seed_small(database, progress)
    database.close()


def progress(done: int, total: int) -> None:
    """Say how much of the step is done."""
    say(done=done, total=total)


def say(**words: object) -> None:
    """Print one line for whoever started us."""
    print(json.dumps(words), flush=True)


if __name__ == "__main__":
    prepare(read_settings())
    sys.exit(0)
