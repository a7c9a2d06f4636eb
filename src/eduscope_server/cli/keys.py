"""`eduscope keys`: who may send and who may read, and links to the console."""

import sys
from enum import StrEnum
from typing import Annotated, Any

import typer

from eduscope_server.cli.connection import DataOption, UrlOption, connect
from eduscope_server.cli.terminal import json_line, shown

# Into a file or a pipe nothing is cut off.
_WIDE = 200

app = typer.Typer(help="Make, list and revoke keys; make links to the console.", no_args_is_help=True)


class KeyKind(StrEnum):
    """What a key opens."""

    INGEST = "ingest"
    READ = "read"


@app.command("create")
def create(
    name: Annotated[str, typer.Argument(help="What the key is for, as lists show it.")],
    kind: Annotated[KeyKind, typer.Option(help="May it send, or read?")] = KeyKind.INGEST,
    tenant: Annotated[str, typer.Option(help="Bind it to one tenant.")] = "",
    project: Annotated[str, typer.Option(help="The project that its records belong to.")] = "default",
    origin: Annotated[list[str] | None, typer.Option(help="A web origin that may send with it.")] = None,
    url: UrlOption = "",
    data: DataOption = "",
) -> None:
    """Make a key. It is printed once and kept as a hash only."""
    made = connect(url, data).post(
        "/api/keys",
        {
            "name": name,
            "kind": kind,
            "tenant_id": tenant or None,
            "project": project,
            "origins": origin or [],
        },
    )
    typer.echo(made["key"])
    typer.echo("This is shown once. Who has it may use it until you revoke it.", err=True)


@app.command("list")
def list_keys(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per line.")] = False,
    url: UrlOption = "",
    data: DataOption = "",
) -> None:
    """List the keys, without the keys."""
    from rich.console import Console
    from rich.table import Table

    keys = connect(url, data).get("/api/keys")["keys"]
    if as_json:
        for key in keys:
            typer.echo(json_line(key))
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("id", "key", "kind", "name", "tenant", "made", "last used", "state"):
        table.add_column(heading, no_wrap=True)
    for key in keys:
        table.add_row(*_row(key))
    Console(highlight=False, width=None if sys.stdout.isatty() else _WIDE).print(table)


@app.command("revoke")
def revoke(
    key_id: Annotated[int, typer.Argument(help="The id, as `eduscope keys list` shows it.")],
    url: UrlOption = "",
    data: DataOption = "",
) -> None:
    """End a key for good; every platform on the same PostgreSQL refuses it within seconds."""
    connect(url, data).delete(f"/api/keys/{key_id}")
    typer.echo(f"key {key_id} is revoked")


@app.command("link")
def link(url: UrlOption = "", data: DataOption = "") -> None:
    """Make a link that opens the console once, within ten minutes."""
    typer.echo(connect(url, data).make_link())


def _row(key: dict[str, Any]) -> list[str]:
    return [
        str(key["key_id"]),
        key["key_start"],
        key["kind"],
        shown(key["name"]),
        key["tenant_id"] or "all",
        _day(key["created_at"]),
        _day(key["last_used_at"]) or "never",
        f"revoked {_day(key['revoked_at'])}" if key["revoked_at"] else "works",
    ]


def _day(timestamp: str | None) -> str:
    return timestamp[:16].replace("T", " ") if timestamp else ""
