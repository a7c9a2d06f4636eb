"""Which field a name in a query means: an alias, a column of the records asked for, or an attribute."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from eduscope import contract
from eduscope_server.query.expression import Attribute, Column, ColumnKind, Target

ALIASES = {
    "level": "log_level",
    "service": "service_name",
    "tenant": "tenant_id",
    "user": "user_id",
    "correlation": "correlation_id",
    "request": "request_id",
    "trace": "trace_id",
    "span": "span_id",
    "env": "environment",
    "duration": "duration_ms",
}
"""Short names for the fields people type most."""

LEVELS = {str(level): place for place, level in enumerate(contract.LEVELS, start=1)}
"""Level to its place, as the engine's enum numbers them."""

LEVEL_SYNONYMS = {"warn": "warning", "err": "error", "fatal": "critical"}


@dataclass(frozen=True, slots=True)
class Schema:
    """The searchable fields of one kind of record."""

    table: str
    columns: Mapping[str, Column]
    choices: Mapping[str, tuple[str, ...]]
    """Columns that hold one of a few words, and the words."""

    def target(self, name: str) -> Target:
        """The field a name means. An unknown name is an attribute nobody declared, never an error."""
        name = ALIASES.get(name, name)
        if column := self.columns.get(name):
            return column
        declared = contract.field(name)
        if declared is None or declared.column is not None:
            return Attribute(name, "undeclared")
        return Attribute(name, "number" if declared.type in {"number", "integer"} else "text")


def _columns(fields: Iterable[contract.Field]) -> dict[str, Column]:
    kinds: dict[str, ColumnKind] = {"number": "number", "integer": "number", "timestamp": "time"}
    columns = {f.name: Column(f.name, kinds.get(f.type, "text")) for f in fields}
    columns["received_at"] = Column("received_at", "time")
    columns["marks"] = Column("marks", "list")
    columns["retention"] = Column("retention", "text")
    return columns


LOGS = Schema(
    table="logs",
    columns=_columns(contract.LOG_FIELDS) | {"log_level": Column("log_level", "level")},
    choices={},
)
SPANS = Schema(
    table="spans",
    columns=_columns(contract.SPAN_FIELDS),
    choices={
        "kind": tuple(str(kind) for kind in contract.SPAN_KINDS),
        "status": tuple(str(status) for status in contract.SPAN_STATUSES),
    },
)
