"""All declared fields by name: those with a column of their own, and the attributes."""

from typing import Any, get_args, get_type_hints

import msgspec

from eduscope.contract.conventions import ATTRIBUTES
from eduscope.contract.field import Field, FieldType
from eduscope.contract.records import (
    ATTRIBUTES_COLUMN,
    EVENTS_COLUMN,
    LABEL_COLUMN,
    LINKS_COLUMN,
    MEASURES_COLUMN,
    TIME_COLUMN,
    LogRecord,
    SpanRecord,
)

_TYPES: dict[str, FieldType] = {"Float64": "number", "Nullable(Float64)": "number", TIME_COLUMN: "timestamp"}


def _fields(record: type[msgspec.Struct]) -> tuple[Field, ...]:
    """The declared fields of a record type, in their order."""
    found = []
    for name, hint in get_type_hints(record, include_extras=True).items():
        meta: msgspec.Meta = next(a for a in get_args(hint)[1:] if isinstance(a, msgspec.Meta))
        extra: dict[str, Any] = meta.extra or {}
        column = extra["column"]
        found.append(
            Field(name, extra["class"], _TYPES.get(column, "string"), meta.description or "", column)
        )
    return tuple(found)


LOG_FIELDS = _fields(LogRecord)
SPAN_FIELDS = _fields(SpanRecord)

_ATTRIBUTES = {f.name: f for f in ATTRIBUTES}
_BY_NAME = {f.name: f for f in (*ATTRIBUTES, *SPAN_FIELDS, *LOG_FIELDS)}

_SHIPPED = frozenset(_BY_NAME)
_added: dict[str, Field] = {}

_KEPT_BY_THE_PLATFORM = {
    "received_at": "DateTime64(3, 'UTC') DEFAULT now64(3)",
    "attributes": ATTRIBUTES_COLUMN,
    "measures": MEASURES_COLUMN,
    "marks": f"Array({LABEL_COLUMN})",
    "retention": f"{LABEL_COLUMN} DEFAULT 'standard'",
}
_SPANS_ONLY = {"events": EVENTS_COLUMN, "links": LINKS_COLUMN}


def field(name: str) -> Field | None:
    """The declaration of a field, or None where it is undeclared."""
    return _BY_NAME.get(name)


def attribute(name: str) -> Field | None:
    """The declaration of an attribute, or None where it is undeclared.

    Unlike `field` it does not know the records' own columns: an attribute called `name` is not a span's name.
    """
    return _ATTRIBUTES.get(name)


def attributes() -> tuple[Field, ...]:
    """Every declared attribute: those the contract ships with, then those declared in this process."""
    return (*ATTRIBUTES, *_added.values())


def ships(name: str) -> bool:
    """Whether the contract itself declares the name."""
    return name in _SHIPPED


def added() -> tuple[Field, ...]:
    """What was declared in this process, by name."""
    return tuple(_added[name] for name in sorted(_added))


def add(new: Field) -> bool:
    """Declares an attribute for this process. False where it is declared just so already."""
    if _added.get(new.name) == new:
        return False
    _added[new.name] = _ATTRIBUTES[new.name] = _BY_NAME[new.name] = new
    return True


def remove(name: str) -> bool:
    """Undoes a declaration of this process. False where there is none."""
    if _added.pop(name, None) is None:
        return False
    del _ATTRIBUTES[name], _BY_NAME[name]
    return True


def log_columns() -> dict[str, str]:
    """The ClickHouse columns of `logs`: name to type, in order."""
    return {f.name: f.column or "String" for f in LOG_FIELDS} | _KEPT_BY_THE_PLATFORM


def span_columns() -> dict[str, str]:
    """The ClickHouse columns of `spans`: name to type, in order."""
    return {f.name: f.column or "String" for f in SPAN_FIELDS} | _KEPT_BY_THE_PLATFORM | _SPANS_ONLY
