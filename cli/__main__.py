"""The list of commands. A command's file is imported when it is called, so the list is instant."""

import sys
from importlib import import_module

import click

# name: (module with `command`, what it does)
COMMANDS = {
    "up": ("cli.up", "Open the line: servers, a seeded city, the phone network in a box."),
    "call": ("cli.call", "Call the line from this terminal."),
    "flows": ("cli.flows", "Check, write out, draw and walk the conversations."),
    "staff": ("cli.staff", "Add somebody who signs in at the desk; set a new password."),
    "closure": ("cli.closure", "Close the city out of the ordinary, or open it again."),
    "jobs": ("cli.jobs", "See promised work; ring again what failed for good."),
    "billing": ("cli.billing", "Verify the money, seal days, close months, print the books."),
    "api": ("cli.api", "Give other city systems keys to the billing core, list and end them."),
    "seed": ("cli.seed_city", "Fill the line with a city of any size, plainly made up."),
    "verify": ("cli.verify", "Check the invariants of calls, tickets, money and jobs."),
    "nlp": ("cli.nlp", "Train, explain and evaluate what the line understands."),
    "bench": ("cli.bench", "Measure against a plain baseline run beside it."),
    "soak": ("cli.soak", "Run the long figures: thousands of simulated calls with faults."),
    "test": ("cli.test", "Run every test (arguments go to pytest)."),
    "check": ("cli.check", "Check format, lint, types, imports and words."),
    "preflight": ("cli.preflight", "Say what in the settings would break a deployment."),
    "settings": ("cli.settings", "Print every setting, its meaning, its value and its origin."),
    "db": ("cli.db", "Print the database's address, migrate it, open psql."),
    "lock": ("cli.lock", "Compile requirements/*.in to pinned and hashed *.txt."),
}


class Commands(click.Group):
    """A group that knows its commands by name and imports one at a time."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List them in the order of the table."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the one that was asked for."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        return import_module(COMMANDS[cmd_name][0]).command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Print a line for each, without importing any."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, words) for name, (_, words) in COMMANDS.items()])


@click.group(
    cls=Commands,
    help="Cityline: a city's phone line.",
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.pass_context
def main(context: click.Context) -> None:
    """Print the list where no command was asked for."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def run() -> None:
    """Run a command; what we refuse is one sentence and exit code 1, never a trace."""
    from db.embedded.errors import EmbeddedError

    try:
        main(prog_name="./cityline")
    except EmbeddedError as error:
        sys.exit(f"cityline: {error}")


if __name__ == "__main__":
    run()
