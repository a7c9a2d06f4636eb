"""OpenTelemetry's own Python SDK and its OTLP/HTTP exporters deliver to the doors, unchanged."""

import secrets
from collections.abc import Callable
from typing import Any

import pytest
from opentelemetry._logs import SeverityNumber
from opentelemetry.exporter.otlp.common.http import Compression as JsonCompression
from opentelemetry.exporter.otlp.json.http._log_exporter import OTLPLogExporter as JsonLogExporter
from opentelemetry.exporter.otlp.json.http.trace_exporter import OTLPSpanExporter as JsonSpanExporter
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, Status, StatusCode
from tests.conftest import INGEST_KEY, Platform

RESOURCE = Resource.create(
    {"service.name": "grading", "service.version": "3.1.0", "deployment.environment.name": "staging"}
)
HEADERS = {"Authorization": f"Bearer {INGEST_KEY}"}
MakeExporter = Callable[[str], Any]

LOG_EXPORTERS: dict[str, MakeExporter] = {
    "protobuf": lambda url: OTLPLogExporter(endpoint=url, headers=HEADERS),
    "protobuf, gzip": lambda url: OTLPLogExporter(
        endpoint=url, headers=HEADERS, compression=Compression.Gzip
    ),
    "json": lambda url: JsonLogExporter(endpoint=url, headers=HEADERS),
    "json, gzip": lambda url: JsonLogExporter(
        endpoint=url, headers=HEADERS, compression=JsonCompression.GZIP
    ),
}
SPAN_EXPORTERS: dict[str, MakeExporter] = {
    "protobuf": lambda url: OTLPSpanExporter(endpoint=url, headers=HEADERS),
    "protobuf, gzip": lambda url: OTLPSpanExporter(
        endpoint=url, headers=HEADERS, compression=Compression.Gzip
    ),
    "json": lambda url: JsonSpanExporter(endpoint=url, headers=HEADERS),
    "json, gzip": lambda url: JsonSpanExporter(
        endpoint=url, headers=HEADERS, compression=JsonCompression.GZIP
    ),
}


@pytest.mark.parametrize("kind", LOG_EXPORTERS)
def test_logs_of_the_official_exporters_arrive_whole(platform: Platform, kind: str) -> None:
    correlation_id = secrets.token_hex(16)
    provider = LoggerProvider(resource=RESOURCE, shutdown_on_exit=False)
    provider.add_log_record_processor(BatchLogRecordProcessor(LOG_EXPORTERS[kind](f"{platform.url}/v1/logs")))
    logger = provider.get_logger("grader")
    for score in range(20):
        logger.emit(
            severity_number=SeverityNumber.WARN,
            body="late submission graded",
            attributes={"correlation_id": correlation_id, "http.route": "/quiz/{id}", "count": score},
        )
    assert provider.force_flush(30_000)
    provider.shutdown()
    answer = platform.reader.get("/api/logs", params={"query": f"correlation:{correlation_id}"})
    logs = answer.raise_for_status().json()["logs"]
    assert sorted(log["attributes"]["count"] for log in logs) == list(range(20))
    for log in logs:
        assert (log["service_name"], log["release"], log["environment"]) == ("grading", "3.1.0", "staging")
        assert (log["log_level"], log["message"]) == ("warning", "late submission graded")
        assert log["attributes"]["http.route"] == "/quiz/{id}"
        assert "time_off" not in log["marks"]


@pytest.mark.parametrize("kind", SPAN_EXPORTERS)
def test_spans_of_the_official_exporters_arrive_whole(platform: Platform, kind: str) -> None:
    correlation_id = secrets.token_hex(16)
    provider = TracerProvider(resource=RESOURCE, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(SPAN_EXPORTERS[kind](f"{platform.url}/v1/traces")))
    tracer = provider.get_tracer("grader")
    own = {"correlation_id": correlation_id}
    with (
        tracer.start_as_current_span("POST /quiz/{id}", kind=SpanKind.SERVER, attributes=own) as parent,
        tracer.start_as_current_span("SELECT quizzes", kind=SpanKind.CLIENT, attributes=own) as child,
    ):
        child.add_event("exception", {"exception.type": "TimeoutError"})
        child.set_status(Status(StatusCode.ERROR, "timed out"))
    assert provider.force_flush(30_000)
    provider.shutdown()
    trace_id = f"{parent.get_span_context().trace_id:032x}"
    trace = platform.reader.get(f"/api/traces/{trace_id}").raise_for_status().json()
    spans = {span["kind"]: span for span in trace["spans"]}
    assert spans["client"]["parent_span_id"] == spans["server"]["span_id"]
    assert spans["client"]["parent_span_id"] == f"{parent.get_span_context().span_id:016x}"
    assert (spans["client"]["status"], spans["client"]["status_message"]) == ("error", "timed out")
    assert spans["client"]["events"][0]["attributes"]["exception.type"] == "TimeoutError"
    assert trace["correlation_id"] == correlation_id
