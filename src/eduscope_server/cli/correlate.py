"""`eduscope correlate`: everything that bears one id."""

from typing import Annotated
from urllib.parse import quote

import typer

from eduscope_server.cli.connection import DataOption, UrlOption, connect
from eduscope_server.cli.options import fail
from eduscope_server.cli.terminal import json_line, log_line, shown, span_line


def correlate(
    any_id: Annotated[str, typer.Argument(metavar="ID", help="A correlation, trace or request id.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    url: UrlOption = "",
    data: DataOption = "",
) -> None:
    """Show everything of every kind that bears an id, over all services, in the order of time."""
    from rich.console import Console

    found = connect(url, data).get(f"/api/correlations/{quote(any_id, safe='')}")
    if as_json:
        typer.echo(json_line(found))
        return
    if not found["items"]:
        fail(
            f"nothing bears {shown(any_id)}: no log line and no span has it as its correlation, trace or request "
            "id; it may not have arrived yet, or have expired"
        )
    console = Console(highlight=False, soft_wrap=True)
    console.print(
        f"{shown(found['id'])}: {len(found['items'])} records of {', '.join(map(shown, found['services']))}",
        markup=False,
    )
    for item in found["items"]:
        console.print(span_line(item) if item["kind"] == "span" else log_line(item))
    if found["truncated"]:
        console.print("… and more: only the first are shown here")
