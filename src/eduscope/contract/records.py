"""The record types every side shares: a log line and a span.

These classes are the one declaration: the ClickHouse columns, the JSON Schema, the reference page and the
redaction policy are all read from their annotations.
"""

from typing import Annotated, Literal

import msgspec

from eduscope.contract.classes import FieldClass
from eduscope.contract.field import declared

LogLevel = Literal["debug", "info", "warning", "error", "critical"]
SpanKind = Literal["internal", "server", "client", "producer", "consumer"]
SpanStatus = Literal["unset", "ok", "error"]

LABEL_COLUMN = "LowCardinality(String)"
TIME_COLUMN = "DateTime64(6, 'UTC')"
LEVEL_COLUMN = "Enum8('debug' = 1, 'info' = 2, 'warning' = 3, 'error' = 4, 'critical' = 5)"
ATTRIBUTES_COLUMN = "Map(String, String)"
MEASURES_COLUMN = "Map(String, Float64)"
EVENTS_COLUMN = f"Array(Tuple(timestamp {TIME_COLUMN}, name String, attributes {ATTRIBUTES_COLUMN}))"
LINKS_COLUMN = "Array(Tuple(trace_id String, span_id String))"

C = FieldClass
Timestamp = Annotated[
    str, declared(C.MEASURE, TIME_COLUMN, "When it happened: RFC 3339, UTC, microseconds.", max_length=32)
]
ServiceName = Annotated[str, declared(C.LABEL, LABEL_COLUMN, "The service that wrote the record.")]
CorrelationId = Annotated[
    str,
    declared(
        C.IDENTIFIER,
        "String",
        "One user action, from the browser to the model server and the queue. 8 to 64 of A-Z a-z 0-9 . _ -",
        pattern="^([A-Za-z0-9._-]{8,64})?$",
    ),
]
TenantId = Annotated[str, declared(C.LABEL, LABEL_COLUMN, "The school or university.")]
UserId = Annotated[str, declared(C.TOKEN, "String", "The person, as a token: `usr_<key id>_<code>`.")]
RequestId = Annotated[str, declared(C.IDENTIFIER, "String", "One request at one service.")]
TraceId = Annotated[
    str,
    declared(C.IDENTIFIER, "String", "W3C trace id: 32 hex digits, or empty.", pattern="^([0-9a-f]{32})?$"),
]
SpanId = Annotated[
    str,
    declared(C.IDENTIFIER, "String", "W3C span id: 16 hex digits, or empty.", pattern="^([0-9a-f]{16})?$"),
]
Environment = Annotated[str, declared(C.LABEL, LABEL_COLUMN, "development, staging, production …")]
Release = Annotated[str, declared(C.LABEL, LABEL_COLUMN, "The version of the service.")]


class LogRecord(msgspec.Struct, kw_only=True):
    """A log line. The first eight fields are mandatory: every line has them, under exactly these names."""

    timestamp: Timestamp
    log_level: Annotated[LogLevel, declared(C.LABEL, LEVEL_COLUMN, "How serious it is.")]
    service_name: ServiceName
    correlation_id: CorrelationId
    tenant_id: TenantId
    user_id: UserId
    request_id: RequestId
    duration_ms: Annotated[
        float | None,
        declared(
            C.MEASURE,
            "Nullable(Float64)",
            "How long the thing took, in milliseconds; null where it has no length.",
        ),
    ]
    message: Annotated[str, declared(C.MESSAGE, "String", "What happened, in the operator's words.")] = ""
    environment: Environment = ""
    release: Release = ""
    trace_id: TraceId = ""
    span_id: SpanId = ""


class SpanRecord(msgspec.Struct, kw_only=True):
    """A span: one timed step of a trace, at one service."""

    timestamp: Timestamp
    trace_id: TraceId
    span_id: SpanId
    parent_span_id: SpanId = ""
    name: Annotated[
        str, declared(C.PATH, LABEL_COLUMN, "What the step does, as a template of low cardinality.")
    ]
    kind: Annotated[SpanKind, declared(C.LABEL, LABEL_COLUMN, "Which side of a call the step is.")] = (
        "internal"
    )
    service_name: ServiceName
    tenant_id: TenantId = ""
    environment: Environment = ""
    release: Release = ""
    correlation_id: CorrelationId = ""
    request_id: RequestId = ""
    user_id: UserId = ""
    duration_ms: Annotated[float, declared(C.MEASURE, "Float64", "How long the step took, in milliseconds.")]
    status: Annotated[SpanStatus, declared(C.LABEL, LABEL_COLUMN, "Whether the step failed.")] = "unset"
    status_message: Annotated[str, declared(C.MESSAGE, "String", "Why it failed.")] = ""


MANDATORY = (
    "timestamp",
    "log_level",
    "service_name",
    "correlation_id",
    "tenant_id",
    "user_id",
    "request_id",
    "duration_ms",
)
"""The fields every log line has, in the order it has them."""

LEVELS: tuple[LogLevel, ...] = ("debug", "info", "warning", "error", "critical")
SPAN_KINDS: tuple[SpanKind, ...] = ("internal", "server", "client", "producer", "consumer")
SPAN_STATUSES: tuple[SpanStatus, ...] = ("unset", "ok", "error")
