"""One declared field, and the words to declare it with."""

from typing import Any, Literal

import msgspec

from eduscope.contract.classes import FieldClass

FieldType = Literal["string", "number", "integer", "boolean", "timestamp", "array", "object"]


class Field(msgspec.Struct, frozen=True):
    """A field of a record: its name on the wire, its class, its type and what it means.

    `column` is the ClickHouse column type where the field has a column of its own; fields without one
    are kept in the record's attribute maps.
    """

    name: str
    field_class: FieldClass
    type: FieldType
    description: str
    column: str | None = None


def declared(field_class: FieldClass, column: str, description: str, **constraints: Any) -> msgspec.Meta:
    """The annotation that declares a record's field: `timestamp: Annotated[str, declared(…)]`.

    `constraints` are msgspec's own (`pattern`, `max_length`, `ge` …) and reach the JSON Schema.
    """
    return msgspec.Meta(
        description=description,
        extra={"class": field_class, "column": column},
        extra_json_schema={"x-eduscope-class": field_class.value},
        **constraints,
    )
