"""Bodies as senders make them."""

import secrets
import time
from collections.abc import Callable
from typing import Any

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from tests.ndjson import log_line

MakeBody = Callable[..., bytes]


def attribute(key: str, value: Any) -> KeyValue:
    """One OTLP attribute of the type the value has."""
    kind = {bool: "bool_value", int: "int_value", float: "double_value"}.get(type(value), "string_value")
    return KeyValue(key=key, value=AnyValue(**{kind: value}))


@pytest.fixture
def correlation_id() -> str:
    """A fresh id that nothing else in the store bears."""
    return secrets.token_hex(16)


@pytest.fixture
def otlp_logs() -> MakeBody:
    """An OTLP logs request: `otlp_logs(correlation_id, count=…, message=…, **attributes)`."""

    def make(
        correlation_id: str, *, count: int = 1, message: str = "quiz graded", **attributes: Any
    ) -> bytes:
        request = ExportLogsServiceRequest()
        resource = request.resource_logs.add()
        resource.resource.attributes.append(attribute("service.name", "courses"))
        records = resource.scope_logs.add().log_records
        for _ in range(count):
            record = records.add(time_unix_nano=time.time_ns(), severity_number=9)
            record.body.string_value = message
            record.attributes.append(attribute("correlation_id", correlation_id))
            record.attributes.extend(attribute(k.replace("__", "."), v) for k, v in attributes.items())
        return bytes(request.SerializeToString())

    return make


@pytest.fixture
def otlp_spans() -> MakeBody:
    """An OTLP traces request with one span."""

    def make(correlation_id: str, *, name: str = "GET /courses/{id}", trace_id: bytes = b"") -> bytes:
        request = ExportTraceServiceRequest()
        resource = request.resource_spans.add()
        resource.resource.attributes.append(attribute("service.name", "courses"))
        now = time.time_ns()
        span = resource.scope_spans.add().spans.add(name=name, kind=2, start_time_unix_nano=now)
        span.end_time_unix_nano = now + 5_000_000
        span.trace_id, span.span_id = trace_id or secrets.token_bytes(16), secrets.token_bytes(8)
        span.attributes.append(attribute("correlation_id", correlation_id))
        return bytes(request.SerializeToString())

    return make


@pytest.fixture
def line() -> MakeBody:
    """One NDJSON line with the mandatory fields."""

    def make(correlation_id: str, **fields: Any) -> bytes:
        given: dict[str, Any] = {"tenant_id": "school-a", "message": "quiz graded"}
        return log_line(**given | {"correlation_id": correlation_id} | fields)

    return make
