"""`./cityline jobs`: what is promised, what is dead, and ringing the dead again."""

import json

import click

from cli.using import line_database


@click.group(help="See promised work; ring again what failed for good.")
def command() -> None:
    """See promised work; ring again what failed for good."""


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_jobs(*, as_json: bool) -> None:
    """Count jobs by state."""
    from jobs.outbox import counts

    with line_database() as database:
        found = database.run(counts)
    words = ", ".join(f"{number} {state}" for state, number in sorted(found.items()))
    print(json.dumps(found) if as_json else words or "Nothing was ever promised.")


@command.command("dead")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_dead(*, as_json: bool) -> None:
    """List what failed for good, with its reason."""
    from jobs.outbox import dead

    with line_database() as database:
        rows = [
            {"id": job.id, "name": job.name, "args": job.args, "error": job.last_error}
            for job in database.run(dead)
        ]
    if as_json:
        print(json.dumps(rows))
    for row in [] if as_json else rows:
        print(f"{row['id']:>8}  {row['name']}: {row['error']}")
    if not rows and not as_json:
        print("No dead jobs.")


@command.command()
@click.argument("ids", nargs=-1, type=int)
@click.option("--all", "everything", is_flag=True, help="Every dead job.")
def replay(ids: tuple[int, ...], *, everything: bool) -> None:
    """Ring dead jobs again, by id or all of them."""
    from jobs.outbox import dead
    from jobs.outbox import replay as ring_again

    with line_database() as database:
        chosen = [job.id for job in database.run(dead)] if everything else list(ids)
        rung = database.run(lambda session: ring_again(session, chosen))
    print(f"{rung} jobs put back in line.")
