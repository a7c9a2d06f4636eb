"""`eduscope logs`: search the logs, or follow them."""

from typing import Annotated

import typer

from eduscope_server.cli.connection import Connection, DataOption, UrlOption, connect
from eduscope_server.cli.options import fail
from eduscope_server.cli.terminal import json_line, log_line

_PAGE = 500


def logs(
    query: Annotated[
        list[str] | None,
        typer.Argument(help='What to look for, as in the console: level:error service:courses "exact words"'),
    ] = None,
    since: Annotated[str, typer.Option("--from", help="From when: -15m, -7d, or a time.")] = "-1h",
    until: Annotated[str, typer.Option("--to", help="Until when.")] = "now",
    tenant: Annotated[str, typer.Option(help="Only this tenant.")] = "",
    service: Annotated[str, typer.Option(help="Only this service.")] = "",
    level: Annotated[str, typer.Option(help="Only this level.")] = "",
    limit: Annotated[int, typer.Option(help="How many of the newest.", min=1)] = 100,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what comes in.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per line.")] = False,
    url: UrlOption = "",
    data: DataOption = "",
) -> None:
    """Search the logs of a running platform, oldest first; with -f go on with what comes in.

    A word with a minus in front goes behind "--": eduscope logs -- -level:debug
    """
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=True)

    def show(log: dict[str, object]) -> None:
        if as_json:
            typer.echo(json_line(log))
        else:
            console.print(log_line(log))

    asked = {
        name: value
        for name, value in {
            "query": " ".join(query or ()),
            "tenant": tenant,
            "service": service,
            "level": level,
        }.items()
        if value
    }
    connection = connect(url, data)
    found = _newest(connection, {**asked, "from": since, "to": until}, limit)
    for log in reversed(found):
        show(log)
    if follow:
        with connection.events("/api/logs/tail", asked) as events:
            for log in events:
                show(log)
        fail("the platform ended the tail: it is stopping")
    if not found:
        typer.echo(f"no log line matches from {since} to {until}", err=True)


def _newest(connection: Connection, asked: dict[str, str], limit: int) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    cursor: dict[str, str] = {}
    while len(found) < limit:
        page = connection.get("/api/logs", {**asked, **cursor, "limit": min(_PAGE, limit - len(found))})
        found += page["logs"]
        if not page["next_cursor"]:
            break
        cursor = {"cursor": page["next_cursor"]}
    return found
