"""`eduscope privacy`, the part about records: what was found in them, and what people declare."""

from typing import Annotated

import typer

from eduscope_server.cli.connection import DataOption, UrlOption, connect
from eduscope_server.cli.listing import JsonOption, minute, print_rows
from eduscope_server.cli.options import fail
from eduscope_server.cli.privacy import app
from eduscope_server.cli.terminal import shown

__all__ = ["app"]

SinceOption = Annotated[str, typer.Option("--from", help="From when: -15m, -7d, or a time.")]
UntilOption = Annotated[str, typer.Option("--to", help="Until when.")]
ServiceOption = Annotated[str, typer.Option(help="Only this service.")]
TenantOption = Annotated[str, typer.Option(help="Only this tenant.")]
NameArgument = Annotated[str, typer.Argument(help="The field's name, such as course.colour.")]


@app.command("findings")
def findings(
    since: SinceOption = "-1d",
    until: UntilOption = "now",
    service: ServiceOption = "",
    tenant: TenantOption = "",
    as_json: JsonOption = False,
    url: UrlOption = "",
    data: DataOption = "",
) -> None:
    """What was found in the records, by kind, service and field: counts, never values."""
    asked = _asked(since, until, service, tenant)
    found = connect(url, data).get("/api/privacy/findings", asked)["findings"]
    print_rows(
        found,
        {
            "kind": lambda f: f["kind"],
            "service": lambda f: f["service_name"],
            "field": lambda f: f["field"] or "-",
            "count": lambda f: str(f["count"]),
            "last seen": lambda f: minute(f["last_seen"]),
        },
        as_json=as_json,
    )


@app.command("undeclared")
def undeclared(
    since: SinceOption = "-1d",
    until: UntilOption = "now",
    service: ServiceOption = "",
    tenant: TenantOption = "",
    as_json: JsonOption = False,
    url: UrlOption = "",
    data: DataOption = "",
) -> None:
    """Fields that nobody declared, whose texts are kept as tokens, and the class each looks like."""
    asked = _asked(since, until, service, tenant)
    connection = connect(url, data)
    known = {field["name"] for field in connection.get("/api/privacy/fields")["fields"]}
    names = connection.get("/api/privacy/undeclared", asked)["undeclared"]
    print_rows(
        [field for field in names if field["name"] not in known],
        {
            "name": lambda f: f["name"],
            "services": lambda f: ", ".join(sorted(f["services"])),
            "count": lambda f: str(f["count"]),
            "first seen": lambda f: minute(f["first_seen"]),
            "last seen": lambda f: minute(f["last_seen"]),
            "looks like": lambda f: f["suggested_class"],
        },
        as_json=as_json,
    )


@app.command("fields")
def list_fields(as_json: JsonOption = False, url: UrlOption = "", data: DataOption = "") -> None:
    """Fields that people declared on the platform."""
    print_rows(
        connect(url, data).get("/api/privacy/fields")["fields"],
        {
            "name": lambda f: f["name"],
            "class": lambda f: f["class"],
            "declared by": lambda f: f["declared_by"],
            "declared": lambda f: minute(f["declared_at"]),
            "description": lambda f: f["description"],
        },
        as_json=as_json,
    )


@app.command("declare")
def declare(
    name: NameArgument,
    field_class: Annotated[
        str,
        typer.Argument(
            metavar="CLASS",
            help="label, identifier, measure, path, message, token, network, prose or secret.",
        ),
    ],
    description: Annotated[str, typer.Option(help="What the field means, in a sentence.")] = "",
    url: UrlOption = "",
    data: DataOption = "",
) -> None:
    """Declare a field: what comes in from now on is kept as its class says. For admins."""
    from eduscope.contract import FieldClass

    if field_class not in set(FieldClass):
        fail(f'"{field_class}" is no class of fields; expected one of {", ".join(FieldClass)}', code=2)
    made = connect(url, data).post(
        "/api/privacy/fields", {"name": name, "class": field_class, "description": description}
    )
    typer.echo(f"{made['name']} is declared as {made['class']}")
    typer.echo(f'in the service: eduscope.contract.declare("{made["name"]}", "{made["class"]}")')


@app.command("withdraw")
def withdraw(name: NameArgument, url: UrlOption = "", data: DataOption = "") -> None:
    """Undo a declaration: texts of the field are kept as tokens again. For admins."""
    from urllib.parse import quote

    connect(url, data).delete(f"/api/privacy/fields/{quote(name, safe='')}")
    typer.echo(f"{shown(name)} is no longer declared")


def _asked(since: str, until: str, service: str, tenant: str) -> dict[str, str | int]:
    asked = {"from": since, "to": until, "service": service, "tenant": tenant}
    return {name: value for name, value in asked.items() if value}
