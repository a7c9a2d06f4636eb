"""The inlets: for each protocol a `Null` table and a view that turns its blocks into records, inside the engine.

A block goes in as the producer sent it; the engine parses it, flattens it, applies the contract and stores it.
Python touches no record. The contract's classes become one SQL expression here.
"""

import hashlib
import re
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec
from clickhouse_connect.driver.client import Client

from eduscope.contract import LOG_FIELDS, STORED_CLEAR, FieldClass, attributes
from eduscope.privacy.field_names import FIELD_NAME_FORM
from eduscope.privacy.policy import IDENTIFIER_FORM as IDENTIFIER_FORM_OF_VALUES
from eduscope.privacy.policy import MEASURE_FORM
from eduscope_server.store.engine import DATABASE, NEEDS_INSPECTION_CODE, NOT_PLAIN_CODE
from eduscope_server.store.sql import queries

_PACKAGE = "eduscope_server.store"

TIME_OFF_SECONDS = 24 * 3600
"""A record whose own clock is further off than this is kept under its own time, and marked."""

NETWORK_FORM = r"^[0-9a-fA-F.:]{1,40}[.:]h[a-z2-7]{4,16}$"
"""An address whose host part is already hashed, as `eduscope.privacy.network` writes it: `8.h4k2xq` keeps least."""

TOKEN_FORM = "[a-z]{2,8}_[a-z0-9]{1,8}_[a-z2-7]{26}"  # noqa: S105 - the shape of a token, not a secret
"""A token, as `eduscope.privacy.tokenize` makes them."""

IDENTIFIER_FORM = "[A-Za-z0-9._-]{8,64}"
"""An id as producers may make it."""

LABEL_FORM = "[A-Za-z0-9._:/@+ -]{0,128}"
"""A label, or nothing."""

IDENTIFIER_VALUE_FORM = IDENTIFIER_FORM_OF_VALUES.replace("\\", r"\\")
"""What an attribute of class identifier may hold."""

IDENTIFIERS_FORM = r"[A-Za-z0-9._:/@,\"\\[\\]-]{0,1000}"
"""Several of them."""

PATH_ODD_FORM = (
    r"[?#@\\n]|%40|(?:^|/)(?:[0-9]+|[0-9a-fA-F-]{16,}|[a-z]{2,8}_[a-z0-9]{1,8}_[a-z2-7]{26}"
    r"|[A-Za-z0-9_~=-]*(?:[0-9][A-Za-z0-9_~=-]*){4})(?:/|$)"
)
"""What a path must not hold: at least all that `eduscope.privacy.policy` would replace in one."""

_MACRO = re.compile(r"\$\{(\w+)\}")

_SHAPED_NUMBERS = {FieldClass.IDENTIFIER: -1, FieldClass.PATH: -2, FieldClass.MEASURE: -3}
"""Kept as they came if their shape is right. Of measures that concerns those sent as text."""

_CLASS_NUMBERS = {
    FieldClass.PROSE: 5,
    FieldClass.SECRET: 6,
    FieldClass.NETWORK: 7,
    FieldClass.TOKEN: 8,
}
_NUMBERS = {
    "column": 0,  # has a column of its own
    "clear": 1,  # kept as it came
    "number": 2,  # kept as a number
    "written": 3,  # kept, but has to be written as text first
    "undeclared": 4,
    "guarded": min(_CLASS_NUMBERS.values()),  # this and above: not even a number is kept as it came
    "listed": 9,  # identifiers and paths in a list or map
    "odd": 10,  # an identifier or path of the wrong shape
    "odd_name": 11,  # an attribute whose name is none
} | {c.value: number for c, number in (_CLASS_NUMBERS | _SHAPED_NUMBERS).items()}
"""Classes and ways of attributes as numbers: the engine compares these for every attribute of every record."""

_RESOURCE_LABELS = (
    "service.name",
    "deployment.environment.name",
    "deployment.environment",
    "service.version",
    "tenant_id",
)

_PLAIN_LABELS = ("service.name", "deployment.environment.name", "service.version")
"""What a plain resource may say in columns of their own."""

_PLAIN_CLASSES = (FieldClass.LABEL, FieldClass.IDENTIFIER, FieldClass.MESSAGE, FieldClass.MEASURE)
_PLAIN_FORM = "[A-Za-z0-9._:/@-]{1,128}"
"""The values of a plain resource: labels and identifiers both may have this form."""

_OF_BOTH_INLETS = ("log_level", "span_kind", "span_duration_ms", "span_status", "span_messages")
"""Pieces of the full inlets that the plain ones use as well."""

_SETTINGS = {
    # Merging the stages' expressions costs 5 ms with every insert and saves nothing in such short queries.
    "query_plan_merge_expressions": 0,
    # Skip indexes are made by the first merge: until then a part is small enough to be read through.
    "materialize_skip_indexes_on_insert": 0,
    # A plain inlet says with a code of its own that a block is not for it.
    "allow_custom_error_code_in_throwif": 1,
}


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


def make_inlets(client: Client, *, schema_folder: Path | None) -> dict[str, Inlet]:
    """Makes sure this version's inlets exist, and returns them by name.

    An embedded engine reads protobuf schemas from files in `schema_folder`; given as text, as a server needs them
    (None), it would cache each one below the current folder of the process. The names carry a hash of the
    definition, so that during a rolling restart old and new versions each insert through their own pair, and no
    view ever changes under a process that relies on it.
    """
    client.command(f"CREATE TABLE IF NOT EXISTS {DATABASE}.token_key (id String, key String) ENGINE = Memory")
    made = [
        _make(client, "otlp_logs", schema_folder, target="logs", format_="ProtobufSingle"),
        _make(client, "otlp_logs_plain", schema_folder, target="logs", format_="ProtobufSingle"),
        _make(client, "otlp_spans", schema_folder, target="spans", format_="ProtobufSingle"),
        _make(client, "otlp_spans_plain", schema_folder, target="spans", format_="ProtobufSingle"),
        _make(client, "ndjson", schema_folder, target="logs", format_="JSONAsString"),
        rows_inlet("logs"),
        rows_inlet("spans"),
        rows_inlet("prose"),
    ]
    return {inlet.name: inlet for inlet in made}


def _make(client: Client, name: str, schema_folder: Path | None, *, target: str, format_: str) -> Inlet:
    source = queries(_PACKAGE, f"inlets/{name}.sql")
    macros = _macros() | source
    columns = _rendered(source["table"], macros)
    select = _rendered(source["view"], macros | {"table": "$table"})
    table = f"{DATABASE}.{name}_{hashlib.sha256((columns + select).encode()).hexdigest()[:10]}"
    client.command(f"CREATE TABLE IF NOT EXISTS {table} {columns} ENGINE = Null")
    client.command(
        f"CREATE MATERIALIZED VIEW IF NOT EXISTS {table}_view TO {DATABASE}.{target} AS "
        + select.replace("$table", table),
        settings={"allow_custom_error_code_in_throwif": 1},
    )
    if "protobuf" not in source:
        return Inlet(name=name, table=table, format=format_, settings=_SETTINGS)
    settings = _SETTINGS | {"input_format_protobuf_oneof_presence": 1}
    return Inlet(
        name=name,
        table=table,
        format=format_,
        settings=settings | _schema_settings(table, _rendered(source["protobuf"], macros), schema_folder),
    )


def _schema_settings(table: str, schema: str, folder: Path | None) -> dict[str, Any]:
    """How the engine finds the protobuf schema of an inlet."""
    if folder is None:
        return {
            "format_schema_source": "string",
            "format_schema": schema,
            "format_schema_message_name": "Request",
        }
    folder.mkdir(exist_ok=True)
    file = folder.absolute() / f"{table.partition('.')[2]}.proto"
    file.write_text(schema)
    return {"format_schema": f"{file}:Request"}


def _rendered(text: str, macros: dict[str, str]) -> str:
    """The text without its comment lines and with its macros filled in."""
    code = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("--"))
    return _MACRO.sub(lambda found: _rendered(macros[found[1]], macros), code)


def _macros() -> dict[str, str]:
    """The pieces that the inlets' SQL and protobuf schemas are made of."""
    classes = _classes()
    values = {
        "names": _list(classes),
        "classes": str(list(classes.values())),
        "network_form": NETWORK_FORM,
        "token_form": TOKEN_FORM,
        "identifier_form": IDENTIFIER_FORM,
        "label_form": LABEL_FORM,
        "name_form": FIELD_NAME_FORM,
        "identifier_value_form": IDENTIFIER_VALUE_FORM,
        "identifiers_form": IDENTIFIERS_FORM,
        "path_odd_form": PATH_ODD_FORM,
        "measure_form": MEASURE_FORM,
        "needs_inspection_code": str(NEEDS_INSPECTION_CODE),
        "not_plain_code": str(NOT_PLAIN_CODE),
        "off_seconds": str(TIME_OFF_SECONDS),
        "columns": _list(f.name for f in LOG_FIELDS),
        "resource_labels": _list(_RESOURCE_LABELS),
        "plain_labels": _list(_PLAIN_LABELS),
        "plain_names": _list((*_names(*_PLAIN_CLASSES), *_PLAIN_LABELS)),
        "measure_names": _list(_names(FieldClass.MEASURE)),
        "plain_form": _PLAIN_FORM,
        "attribute_messages": (files(_PACKAGE) / "inlets/attribute_messages.proto").read_text(),
    }
    numbers = {name: str(number) for name, number in _NUMBERS.items()}
    own = queries(_PACKAGE, "inlets/otlp_logs.sql") | queries(_PACKAGE, "inlets/otlp_spans.sql")
    shared = {name: own[name] for name in _OF_BOTH_INLETS}
    pieces = queries(_PACKAGE, "inlets/preamble.sql") | queries(_PACKAGE, "inlets/plain.sql")
    return pieces | shared | values | numbers


def _classes() -> dict[str, int]:
    """Every declared name's class, as its number."""
    declared = {
        f.name: _SHAPED_NUMBERS.get(f.field_class, _NUMBERS["clear"])
        if f.field_class in STORED_CLEAR
        else _CLASS_NUMBERS[f.field_class]
        for f in attributes()
    }
    return declared | {f.name: _NUMBERS["column"] for f in LOG_FIELDS}


def _names(*classes: FieldClass) -> list[str]:
    """The declared names of these classes, but for a resource's own labels."""
    return [f.name for f in attributes() if f.field_class in classes and f.name not in _RESOURCE_LABELS]


def _list(words: Iterable[str]) -> str:
    """Words of our own source as a SQL array."""
    return "[" + ", ".join(f"'{word}'" for word in words) + "]"
