"""OTLP requests as producers write them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue, KeyValueList
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, ResourceLogs, ScopeLogs
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span

NOW = datetime.now(UTC).replace(microsecond=123456)
RESOURCE = {
    "service.name": "courses",
    "service.version": "1.4.2",
    "deployment.environment.name": "production",
}


def nanos(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) * 1000


def any_value(value: Any) -> AnyValue:
    """A Python value as OTLP's AnyValue."""
    match value:
        case bool():
            return AnyValue(bool_value=value)
        case str():
            return AnyValue(string_value=value)
        case int():
            return AnyValue(int_value=value)
        case float():
            return AnyValue(double_value=value)
        case list():
            return AnyValue(array_value=ArrayValue(values=[any_value(v) for v in value]))
        case dict():
            return AnyValue(kvlist_value=KeyValueList(values=pairs(value)))
    return AnyValue()


def pairs(attributes: dict[str, Any]) -> list[KeyValue]:
    return [KeyValue(key=key, value=any_value(value)) for key, value in attributes.items()]


def log_request(
    attributes: dict[str, Any] | None = None, resource: dict[str, Any] | None = None, **fields: Any
) -> bytes:
    """One export request with one log record."""
    given: dict[str, Any] = {"time_unix_nano": nanos(NOW), "body": any_value("said")} | fields
    record = LogRecord(**given, attributes=pairs(attributes or {}))
    scope = ScopeLogs(log_records=[record])
    holder = Resource(attributes=pairs(RESOURCE if resource is None else resource))
    return ExportLogsServiceRequest(
        resource_logs=[ResourceLogs(resource=holder, scope_logs=[scope])]
    ).SerializeToString()


def span_request(
    attributes: dict[str, Any] | None = None, resource: dict[str, Any] | None = None, **fields: Any
) -> bytes:
    """One export request with one span of 12.5 ms."""
    times = {"start_time_unix_nano": nanos(NOW), "end_time_unix_nano": nanos(NOW) + 12_500_000}
    span = Span(**times | {"name": "GET /courses"} | fields, attributes=pairs(attributes or {}))
    scope = ScopeSpans(spans=[span])
    holder = Resource(attributes=pairs(RESOURCE if resource is None else resource))
    return ExportTraceServiceRequest(
        resource_spans=[ResourceSpans(resource=holder, scope_spans=[scope])]
    ).SerializeToString()
