"""`./cityline settings`: every variable, what it means, what it is, and where that came from."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

import click
from pydantic.fields import FieldInfo

from cli.environment import demo_values, is_production, needs_servers, state_folder
from cli.steps import new_console
from config.settings import given, variables

SERVERS = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")


@dataclass(frozen=True, slots=True)
class Row:
    """One variable. `value` never shows a secret; None is not set."""

    variable: str
    meaning: str
    value: str | None
    origin: str


@click.command(help="Print every setting, its meaning, its value and its origin.")
@click.option("--json", "as_json", is_flag=True, help="As a JSON list.")
def command(*, as_json: bool) -> None:
    """Print them; starts nothing."""
    rows = rows_of(os.environ, state_folder())
    if as_json:
        click.echo(json.dumps([asdict(row) for row in rows], indent=2))
        return
    show(rows)


def show(rows: list[Row]) -> None:
    """Print a table for people."""
    from rich.table import Table

    table = Table("Variable", "Value", "From", "Meaning", box=None, padding=(0, 2, 0, 0))
    for row in rows:
        table.add_row(row.variable, row.value or "-", row.origin, row.meaning)
    new_console().print(table)


def rows_of(environment: Mapping[str, str], var: Path) -> list[Row]:
    """Return a row for each variable, in the order of the settings."""
    said = given(environment)
    # Only what an earlier `up` drew: printing must not draw secrets.
    drawn = demo_values(var, environment) if (var / "demo.env").exists() else {}
    own = SERVERS if needs_servers(environment) else ()
    missing = "missing" if is_production(environment) else "made by the first ./cityline up"
    rows: list[Row] = []
    for variable, field in variables().items():
        words = field.description or ""
        if variable in said:
            rows.append(Row(variable, words, masked(said[variable], field), "environment"))
        elif variable in own:
            rows.append(Row(variable, words, None, "server of our own (./cityline db url)"))
        elif variable in drawn:
            rows.append(Row(variable, words, masked(drawn[variable], field), "demo"))
        elif field.is_required():
            rows.append(Row(variable, words, None, missing))
        else:
            rows.append(Row(variable, words, default_of(field), "default"))
    return rows


def default_of(field: FieldInfo) -> str | None:
    """Return a default as text; None where there is none."""
    return None if field.default is None else str(field.default)


def masked(value: str, field: FieldInfo) -> str:
    """Return a value fit to be shown: a secret's length, an address without its password."""
    if field.repr:
        return value
    if "://" not in value:
        return f"secret, {len(value)} characters"
    parts = urlsplit(value)
    return value.replace(f":{parts.password}@", ":***@") if parts.password else value
