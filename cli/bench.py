"""`./cityline bench`: what things cost here, each beside a plain baseline of the same run."""

from importlib import import_module

import click

# name: (module with `run`, what it measures)
BENCHES = {
    "turn": ("bench.turn", "One turn in process, beside a bare Flask endpoint."),
    "server": ("bench.server", "Signed turns at the shipped server, beside a bare one."),
    "nlp": ("bench.nlp", "Understanding, beside a linear model and spaCy's textcat."),
    "ledger": ("bench.ledger", "Payments into one cash account, beside naive plain SQL."),
    "mutants": ("bench.mutants", "Faults put into the money core; the tests must see them."),
    "desks": (
        "bench.desks",
        "How soon a hundred open desks hear of a change, beside one listener.",
    ),
}


@click.command(help="Measure one of the benches; without a name, list them.")
@click.argument("name", required=False, type=click.Choice(list(BENCHES)))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(name: str | None, *, as_json: bool) -> None:
    """Measure one of the benches; without a name, list them."""
    if name is None:
        for known, (_, words) in BENCHES.items():
            print(f"{known:<8} {words}")
        return
    import_module(BENCHES[name][0]).run(as_json=as_json)
