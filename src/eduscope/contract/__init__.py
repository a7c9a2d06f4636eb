"""The words every side shares: field classes, record types, declared attributes and the JSON Schema."""

from eduscope.contract.classes import STORED_CLEAR, TOKENISED, WITHHELD, FieldClass
from eduscope.contract.conventions import ATTRIBUTES
from eduscope.contract.declaring import DeclarationError, checked, declare, declared_here, on_change, withdraw
from eduscope.contract.events import EVENT_TYPES, EventType, event_type
from eduscope.contract.field import Field
from eduscope.contract.records import LEVELS, MANDATORY, SPAN_KINDS, SPAN_STATUSES, LogRecord, SpanRecord
from eduscope.contract.registry import (
    LOG_FIELDS,
    SPAN_FIELDS,
    attribute,
    attributes,
    field,
    log_columns,
    span_columns,
)
from eduscope.contract.schema import json_schema
from eduscope.contract.volume import HIGH_VOLUME_EVENTS

__all__ = [
    "ATTRIBUTES",
    "EVENT_TYPES",
    "HIGH_VOLUME_EVENTS",
    "LEVELS",
    "LOG_FIELDS",
    "MANDATORY",
    "SPAN_FIELDS",
    "SPAN_KINDS",
    "SPAN_STATUSES",
    "STORED_CLEAR",
    "TOKENISED",
    "WITHHELD",
    "DeclarationError",
    "EventType",
    "Field",
    "FieldClass",
    "LogRecord",
    "SpanRecord",
    "attribute",
    "attributes",
    "checked",
    "declare",
    "declared_here",
    "event_type",
    "field",
    "json_schema",
    "log_columns",
    "on_change",
    "span_columns",
    "withdraw",
]
