"""`./cityline verify`: the invariants of calls, tickets, money and jobs, each one statement."""

import json
import sys

import click

from cli.using import line_database


@click.command(help="Check the invariants of calls, tickets, money and jobs.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(*, as_json: bool) -> None:
    """Run every invariant; exit 1 where one is broken, and show its first rows."""
    from app import INVARIANTS
    from db.verify import broken

    with line_database() as database:
        found = {
            one.name: database.run(lambda session, i=one: broken(session, i)) for one in INVARIANTS
        }
    if as_json:
        print(json.dumps(found))
    for name, rows in found.items() if not as_json else ():
        print(f"{'ok    ' if not rows else 'BROKEN'} {name}" + (f": {rows}" if rows else ""))
    sys.exit(1 if any(found.values()) else 0)
