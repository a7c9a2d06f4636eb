"""`eduscope contract`: the fields of every record, and whether log lines keep to them."""

import typer

from eduscope_server.cli.contract_check import check

app = typer.Typer(
    help="Print the contract (its JSON Schema, unless told otherwise), or check log lines against it.",
    invoke_without_command=True,
)


@app.callback()
def contract(context: typer.Context) -> None:
    """Without a command: the JSON Schema."""
    if context.invoked_subcommand is None:
        schema()


@app.command()
def schema() -> None:
    """Print the JSON Schema that is served at /contract/v1.json."""
    import json

    from eduscope.contract import json_schema

    typer.echo(json.dumps(json_schema(), indent=2))


@app.command()
def page() -> None:
    """Print the documentation page."""
    from eduscope.contract import page as written

    typer.echo(written.markdown())


app.command()(check)
