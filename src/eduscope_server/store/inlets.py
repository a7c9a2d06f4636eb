"""The inlets: for each protocol a `Null` table and a view that turns its blocks into records, inside the engine.

A block goes in as the producer sent it; the engine parses it, flattens it, applies the contract and stores it.
Python touches no record. The contract's classes become one SQL expression here.
"""

import hashlib
import re
from collections.abc import Iterable
from importlib.resources import files
from typing import Any

import msgspec
from clickhouse_connect.driver.client import Client

from eduscope.contract import ATTRIBUTES, LOG_FIELDS, STORED_CLEAR, FieldClass
from eduscope_server.store.engine import DATABASE
from eduscope_server.store.sql import queries

_PACKAGE = "eduscope_server.store"

TIME_OFF_SECONDS = 24 * 3600
"""A record whose own clock is further off than this is kept under its own time, and marked."""

NETWORK_FORM = r"^[0-9a-fA-F.:]{2,40}[.:]h[a-z2-7]{4,16}$"
"""An address whose host part is already hashed, as `eduscope.privacy.network` writes it."""

_MACRO = re.compile(r"\$\{(\w+)\}")

_RESOURCE = (
    "service.name",
    "service.version",
    "deployment.environment.name",
    "deployment.environment",
    "tenant_id",
)


class Inlet(msgspec.Struct, frozen=True):
    """Where blocks of one protocol are inserted, and how the engine must read them."""

    name: str
    table: str
    format: str
    settings: dict[str, Any] = {}


def rows_inlet(table: str) -> Inlet:
    """Takes rows that Python has already inspected: JSON objects with the table's own columns."""
    return Inlet(
        name=f"rows_{table}",
        table=f"{DATABASE}.{table}",
        format="JSONEachRow",
        settings={"date_time_input_format": "best_effort"},
    )


def make_inlets(client: Client) -> dict[str, Inlet]:
    """Makes sure this version's inlets exist, and returns them by name.

    The names carry a hash of the definition, so that during a rolling restart old and new versions each insert
    through their own pair, and no view ever changes under a process that relies on it.
    """
    client.command(f"CREATE TABLE IF NOT EXISTS {DATABASE}.token_key (id String, key String) ENGINE = Memory")
    made = [
        _make(client, "otlp_logs", target="logs", format_="ProtobufSingle"),
        _make(client, "otlp_spans", target="spans", format_="ProtobufSingle"),
        _make(client, "ndjson", target="logs", format_="JSONAsString"),
        rows_inlet("logs"),
        rows_inlet("spans"),
    ]
    return {inlet.name: inlet for inlet in made}


def _make(client: Client, name: str, *, target: str, format_: str) -> Inlet:
    source = queries(_PACKAGE, f"inlets/{name}.sql")
    macros = _macros()
    columns = _rendered(source["table"], macros)
    select = _rendered(source["view"], macros | {"table": "$table"})
    table = f"{DATABASE}.{name}_{hashlib.sha256((columns + select).encode()).hexdigest()[:10]}"
    client.command(f"CREATE TABLE IF NOT EXISTS {table} {columns} ENGINE = Null")
    client.command(
        f"CREATE MATERIALIZED VIEW IF NOT EXISTS {table}_view TO {DATABASE}.{target} AS "
        + select.replace("$table", table)
    )
    if "protobuf" not in source:
        return Inlet(name=name, table=table, format=format_)
    schema = {
        "format_schema_source": "string",
        "format_schema": _rendered(source["protobuf"], macros),
        "format_schema_message_name": "Request",
    }
    return Inlet(name=name, table=table, format=format_, settings=schema)


def _rendered(text: str, macros: dict[str, str]) -> str:
    """The text without its comment lines and with its macros filled in."""
    code = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("--"))
    return _MACRO.sub(lambda found: macros[found[1]], code)


def _macros() -> dict[str, str]:
    """The pieces that the inlets' SQL and protobuf schemas are made of."""
    preamble = queries(_PACKAGE, "inlets/preamble.sql")
    by_class = {c: [f.name for f in ATTRIBUTES if f.field_class is c] for c in FieldClass}
    macros = {
        "clear": _list(name for c in STORED_CLEAR for name in by_class[c]),
        "prose": _list(by_class[FieldClass.PROSE]),
        "secret": _list(by_class[FieldClass.SECRET]),
        "network": _list(by_class[FieldClass.NETWORK]),
        "token": _list(by_class[FieldClass.TOKEN]),
        "network_form": NETWORK_FORM,
        "off_seconds": str(TIME_OFF_SECONDS),
        "columns": _list(f.name for f in LOG_FIELDS),
        "resource_names": _list(_RESOURCE),
        "attribute_messages": (files(_PACKAGE) / "inlets/attribute_messages.proto").read_text(),
    }
    for name, text in preamble.items():
        macros[name] = _rendered(text, macros)
    return macros


def _list(words: Iterable[str]) -> str:
    """Words of our own source as a SQL list."""
    return ", ".join(f"'{word}'" for word in sorted(words))
