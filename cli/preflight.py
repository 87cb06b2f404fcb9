"""`./cityline preflight`: what in this configuration would break the line, named by its key.

Exit code 0: calls can be taken. 1: something is refused. With --strict any finding is refused.
"""

import json
import os
import sys
from collections.abc import Mapping

import click

from cli.environment import completed, is_production, line_environment, needs_servers, state_folder
from cli.findings import Finding
from config.settings import Settings, faults_in, read_settings

MARKS = {"refused": "✗", "warning": "!", "unverified": "?"}


@click.command(help="Say what in the settings would break a deployment.")
@click.option("--strict", is_flag=True, help="Fail on warnings and unverified figures too.")
@click.option("--json", "as_json", is_flag=True, help="As a JSON object.")
def command(*, strict: bool, as_json: bool) -> None:
    """Print every finding; exit code 1 where one is refused."""
    found = findings(os.environ)
    well = not any(strict or finding.severity == "refused" for finding in found)
    if as_json:
        click.echo(json.dumps({"ok": well, "findings": [one.as_dict() for one in found]}, indent=2))
        sys.exit(not well)
    for one in found:
        click.echo(f"{MARKS[one.severity]} {one.key} {one.what}.")
    click.echo("preflight: calls can be taken" if well else "preflight: refused")
    sys.exit(not well)


def findings(environment: Mapping[str, str]) -> list[Finding]:
    """Find everything: in the settings alone first, and with whole settings in the servers too."""
    from cli.preflight_settings import about_settings, about_variables

    var = state_folder(environment)
    whole = environment if is_production(environment) else completed(environment, var, None)
    awaited = _awaited(environment)
    faults = [fault for fault in faults_in(whole) if fault.key not in awaited]
    found = [Finding(fault.key, fault.what) for fault in faults] + about_variables(environment)
    if faults:
        return found
    with line_environment("./cityline preflight", environment, var) as complete:
        settings = read_settings(complete)
        return [*found, *about_settings(settings), *_about_the_world(settings)]


def _awaited(environment: Mapping[str, str]) -> set[str]:
    """Return the keys that servers of our own will fill in."""
    return {"DATABASE_URL", "REDIS_URL"} if needs_servers(environment) else set()


def _about_the_world(settings: Settings) -> list[Finding]:
    from cli.preflight_city import about_the_city
    from cli.preflight_servers import about_the_database, about_the_signature, about_valkey

    return [
        *about_the_signature(settings),
        *about_the_city(settings),
        *about_the_database(settings),
        *about_valkey(settings),
    ]
