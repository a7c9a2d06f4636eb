"""`eduscope keys`: who may send and who may read, and links to the console."""

from enum import StrEnum
from typing import Annotated

import typer

from eduscope_server.cli.connection import DataOption, UrlOption, connect
from eduscope_server.cli.listing import JsonOption, minute, print_rows

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
    as_json: JsonOption = False,
    url: UrlOption = "",
    data: DataOption = "",
) -> None:
    """List the keys, without the keys."""
    print_rows(
        connect(url, data).get("/api/keys")["keys"],
        {
            "id": lambda k: str(k["key_id"]),
            "key": lambda k: k["key_start"],
            "kind": lambda k: k["kind"],
            "name": lambda k: k["name"],
            "tenant": lambda k: k["tenant_id"] or "all",
            "made": lambda k: minute(k["created_at"]),
            "last used": lambda k: minute(k["last_used_at"]) or "never",
            "state": lambda k: f"revoked {minute(k['revoked_at'])}" if k["revoked_at"] else "works",
        },
        as_json=as_json,
    )


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
