"""What the engine makes of OTLP's spans."""

from datetime import UTC, datetime, timedelta

from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status
from tests.eduscope_server.store.inlet_blocks import RING, SPAN, TOKEN, TRACE, stored
from tests.otlp import NOW, RESOURCE, nanos, pairs, span_request

from eduscope_server.store import Store


def test_a_span_fills_every_column(clean_store: Store) -> None:
    raised = Span.Event(
        time_unix_nano=nanos(NOW),
        name="exception",
        attributes=pairs({"exception.type": "ValueError", "user.id": "amy", "attempt": 3}),
    )
    row = stored(
        clean_store,
        "otlp_spans",
        span_request(
            {
                "correlation_id": "checkout-12345",
                "tenant_id": "school-a",
                "user_id": TOKEN,
                "request_id": "request-12345",
                "http.request.method": "GET",
                "http.response.status_code": 500,
            },
            RESOURCE | {"k8s.pod.name": "courses-7f"},
            trace_id=TRACE,
            span_id=SPAN,
            parent_span_id=SPAN[::-1],
            kind=Span.SpanKind.SPAN_KIND_SERVER,
            status=Status(code=Status.StatusCode.STATUS_CODE_ERROR, message="it broke"),
            events=[raised, Span.Event(name="empty")],
            links=[Span.Link(trace_id=TRACE, span_id=SPAN)],
        ),
    )
    assert abs(row.pop("received_at") - datetime.now(UTC)) < timedelta(seconds=10)
    first, second = row.pop("events")
    assert first == {
        "timestamp": NOW,
        "name": "exception",
        "attributes": {"exception.type": "ValueError", "user.id": RING.token("amy", "usr"), "attempt": "3"},
    }
    assert (second["name"], second["attributes"]) == ("empty", {})
    assert row == {
        "timestamp": NOW,
        "trace_id": TRACE.hex(),
        "span_id": SPAN.hex(),
        "parent_span_id": SPAN[::-1].hex(),
        "name": "GET /courses",
        "kind": "server",
        "service_name": "courses",
        "tenant_id": "school-a",
        "environment": "production",
        "release": "1.4.2",
        "correlation_id": "checkout-12345",
        "request_id": "request-12345",
        "user_id": TOKEN,
        "duration_ms": 12.5,
        "status": "error",
        "status_message": "it broke",
        "attributes": {"http.request.method": "GET", "k8s.pod.name": "courses-7f"},
        "measures": {"http.response.status_code": 500.0},
        "links": [{"trace_id": TRACE.hex(), "span_id": SPAN.hex()}],
        "marks": [],
        "retention": "standard",
    }


def test_a_bare_span_has_its_defaults(clean_store: Store) -> None:
    row = stored(clean_store, "otlp_spans", span_request(end_time_unix_nano=0))
    assert (row["kind"], row["status"], row["duration_ms"]) == ("internal", "unset", 0.0)
    assert (row["trace_id"], row["parent_span_id"], row["events"], row["links"]) == ("", "", [], [])
