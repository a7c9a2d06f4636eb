"""OTLP: what records and resources hold, and log records written straight to JSON where they are usual."""

from collections.abc import Iterable
from typing import Any

from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord

from eduscope.contract import LOG_FIELDS
from eduscope_server.ingest.inspection.fields import plans
from eduscope_server.ingest.inspection.times import Clock
from eduscope_server.ingest.inspection.usual import Writer

OWN_COLUMNS = frozenset(f.name for f in LOG_FIELDS)
RESOURCE_COLUMNS = frozenset(
    {"service.name", "service.version", "deployment.environment.name", "deployment.environment", "tenant_id"}
)
_LEVELS = ((21, "critical"), (17, "error"), (13, "warning"), (9, "info"), (1, "debug"))
_TRACE_ID_BYTES, _SPAN_ID_BYTES = 16, 8


class Resource:
    """What the records of one resource share."""

    def __init__(self, attributes: Iterable[KeyValue]) -> None:
        self.values = values(attributes)
        get = self.values.get
        self.service = get("service.name") or "unknown_service"
        self.environment = get("deployment.environment.name") or get("deployment.environment") or ""
        self.release = get("service.version") or ""
        self.tenant = get("tenant_id") or ""
        self.others = {key: value for key, value in self.values.items() if key not in RESOURCE_COLUMNS}


def write(
    record: LogRecord, own: dict[str, Any], resource: Resource, *, clock: Clock, writer: Writer
) -> bool:
    """Writes a usual record with its `own` attributes, and says whether it did; where not, it left no trace."""
    body = record.body
    # Where both name an attribute, the record's counts, if it says anything.
    if body.WhichOneof("value") != "string_value" or not own.keys().isdisjoint(resource.others):
        return False
    trace, span, get = record.trace_id, record.span_id, own.get
    columns = (
        clock.usual_text(record.time_unix_nano or record.observed_time_unix_nano),
        get("correlation_id") or "",
        get("request_id") or "",
        trace.hex() if len(trace) == _TRACE_ID_BYTES else "",
        span.hex() if len(span) == _SPAN_ID_BYTES else "",
        get("user_id") or "",
        body.string_value,
        get("duration_ms"),
    )
    words = (
        level(record.severity_number),
        resource.service,
        get("tenant_id") or resource.tenant,
        resource.environment,
        resource.release,
    )
    attributes = [(plans[key], value) for key, value in resource.others.items()]
    attributes += [(plans[key], value) for key, value in own.items() if key not in OWN_COLUMNS]
    return writer.write(columns, words, attributes)


def level(severity: int) -> str:
    """The level of a severity number."""
    return next((name for least, name in _LEVELS if severity >= least), "info")


def values(attributes: Iterable[KeyValue]) -> dict[str, Any]:
    """Attributes by name, as Python has them."""
    found: dict[str, Any] = {}
    for attribute in attributes:
        key = attribute.key
        if key:
            value = attribute.value
            kind = value.WhichOneof("value")
            found[key] = value.string_value if kind == "string_value" else plain(value)
    return found


def plain(value: AnyValue) -> Any:
    """An attribute's value as Python has it; bytes as their length, since nobody can say what they hold."""
    kind = value.WhichOneof("value")
    if kind is None:
        return None
    if kind == "array_value":
        return [plain(v) for v in value.array_value.values]
    if kind == "kvlist_value":
        return values(value.kvlist_value.values)
    if kind == "bytes_value":
        return f"{len(value.bytes_value)} bytes"
    return getattr(value, kind)
