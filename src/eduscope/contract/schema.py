"""The contract as JSON Schema (2020-12), for `/contract/v1.json`, build checks and other languages."""

from typing import Any

import msgspec

from eduscope.contract.events import EVENT_TYPES
from eduscope.contract.field import Field
from eduscope.contract.records import LogRecord, SpanRecord
from eduscope.contract.registry import attributes
from eduscope.contract.volume import HIGH_VOLUME_EVENTS

VERSION = 1

_JSON_TYPES: dict[str, list[str]] = {"number": ["number", "boolean", "null"], "boolean": ["boolean", "null"]}


def _attribute(field: Field) -> dict[str, Any]:
    return {
        "type": _JSON_TYPES.get(field.type, ["string", "null"]),
        "description": field.description,
        "x-eduscope-class": field.field_class.value,
    }


def json_schema() -> dict[str, Any]:
    """The contract: one definition per record type, every declared attribute, and the rule for the rest."""
    _, definitions = msgspec.json.schema_components([LogRecord, SpanRecord], ref_template="#/$defs/{name}")
    declared = {f.name: _attribute(f) for f in attributes()}
    log: dict[str, Any] = definitions["LogRecord"]
    log["properties"] = log["properties"] | declared
    log["additionalProperties"] = {
        "type": ["string", "number", "boolean", "null"],
        "description": "Undeclared: a string is stored as a token until the field is declared.",
        "x-eduscope-class": "undeclared",
    }
    definitions["Attributes"] = {"type": "object", "properties": declared}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"/contract/v{VERSION}.json",
        "title": "EduScope contract",
        "description": "The fields EduScope's records have, and the class that decides how each is kept.",
        "version": VERSION,
        "x-eduscope-product-events": {
            kind.name: {
                "description": kind.description,
                "properties": {f.name: _attribute(f) for f in kind.properties},
            }
            for kind in EVENT_TYPES.values()
        },
        "x-eduscope-high-volume-events": HIGH_VOLUME_EVENTS,
        "$ref": "#/$defs/LogRecord",
        "$defs": definitions,
    }
