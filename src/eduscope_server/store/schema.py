"""Numbered migrations, columns that follow the contract, and the inlets that blocks are inserted into."""

import hashlib
import re
from collections.abc import Mapping
from importlib.resources import files
from string import Template

from clickhouse_connect.driver.client import Client

from eduscope.contract import log_columns, span_columns
from eduscope_server.store.engine import DATABASE
from eduscope_server.store.errors import SchemaError
from eduscope_server.store.sql import statements

_PACKAGE = "eduscope_server.store"
_MIGRATION = re.compile(r"^(\d{4})_(\w+)\.sql$")

_APPLIED = f"""CREATE TABLE IF NOT EXISTS {DATABASE}.migrations
(number UInt32, name String, checksum String, applied_at DateTime64(3, 'UTC') DEFAULT now64(3))
ENGINE = MergeTree ORDER BY number"""
_APPLIED_BEFORE = f"SELECT number, checksum FROM {DATABASE}.migrations"  # noqa: S608 - our own constant


def migrate(client: Client) -> None:
    """Brings the stored schema to this version.

    1. Makes the database and the table of applied migrations.
    2. Refuses to go on where an applied migration's text has changed since, or is unknown here.
    3. Applies what is new, in order.
    4. Adds the columns the contract has gained.
    """
    client.command(f"CREATE DATABASE IF NOT EXISTS {DATABASE}")
    client.command(_APPLIED)
    applied: dict[int, str] = dict(client.query(_APPLIED_BEFORE).result_rows)  # type: ignore[arg-type]  # two columns
    known = _migrations()
    for number, checksum in applied.items():
        if number not in known:
            raise SchemaError(
                f"the store has migration {number:04}, which this version does not know; "
                "start a version of EduScope at least as new as the one that wrote the data"
            )
        if hashlib.sha256(known[number][1].encode()).hexdigest() != checksum:
            raise SchemaError(f"migration {number:04} has changed since it was applied; restore its text")
    for number in sorted(known.keys() - applied.keys()):
        _apply(client, number, *known[number])
    for table, columns in (("logs", log_columns()), ("spans", span_columns())):
        _add_columns(client, table, columns)


def _migrations() -> dict[int, tuple[str, str]]:
    """The known migrations: number to (name, text)."""
    found = {}
    for entry in (files(_PACKAGE) / "migrations").iterdir():
        if match := _MIGRATION.match(entry.name):
            found[int(match[1])] = (match[2], entry.read_text())
    return found


def _apply(client: Client, number: int, name: str, text: str) -> None:
    rendered = Template(text).substitute(
        log_columns=_definitions(log_columns()), span_columns=_definitions(span_columns())
    )
    for statement in statements(rendered):
        client.command(statement)
    client.insert(
        f"{DATABASE}.migrations",
        [[number, name, hashlib.sha256(text.encode()).hexdigest()]],
        column_names=["number", "name", "checksum"],
    )


def _definitions(columns: Mapping[str, str]) -> str:
    return ",\n    ".join(f"{name} {type_}" for name, type_ in columns.items())


def _add_columns(client: Client, table: str, columns: Mapping[str, str]) -> None:
    rows = client.query(
        "SELECT name FROM system.columns WHERE database = {database:String} AND table = {table:String}",
        parameters={"database": DATABASE, "table": table},
    ).result_rows
    present = {row[0] for row in rows}
    for name, type_ in columns.items():
        if name not in present:
            client.command(f"ALTER TABLE {DATABASE}.{table} ADD COLUMN IF NOT EXISTS {name} {type_}")
