"""What the engine makes of OTLP's log records."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, ResourceLogs, ScopeLogs
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from tests.eduscope_server.store.inlet_blocks import RING, SPAN, TOKEN, TRACE, stored
from tests.otlp import NOW, RESOURCE, any_value, log_request, nanos, pairs

from eduscope_server.store import Store


def test_a_log_record_fills_every_column(clean_store: Store) -> None:
    attributes = {
        "correlation_id": "checkout-12345",
        "tenant_id": "school-a",
        "user_id": TOKEN,
        "request_id": "request-12345",
        "duration_ms": 12.5,
        "http.route": "/courses/{id}",
        "http.response.status_code": 200,
    }
    row = stored(
        clean_store,
        "otlp_logs",
        log_request(
            attributes,
            RESOURCE | {"k8s.pod.name": "courses-7f"},
            severity_number=17,
            body=any_value("Quiz graded"),
            trace_id=TRACE,
            span_id=SPAN,
        ),
    )
    assert abs(row.pop("received_at") - datetime.now(UTC)) < timedelta(seconds=10)
    assert row == {
        "timestamp": NOW,
        "log_level": "error",
        "service_name": "courses",
        "correlation_id": "checkout-12345",
        "tenant_id": "school-a",
        "user_id": TOKEN,
        "request_id": "request-12345",
        "duration_ms": 12.5,
        "message": "Quiz graded",
        "environment": "production",
        "release": "1.4.2",
        "trace_id": TRACE.hex(),
        "span_id": SPAN.hex(),
        "attributes": {"http.route": "/courses/{id}", "k8s.pod.name": "courses-7f"},
        "measures": {"http.response.status_code": 200.0},
        "marks": [],
        "retention": "standard",
    }


def test_a_record_without_duration_has_none(clean_store: Store) -> None:
    assert stored(clean_store, "otlp_logs", log_request())["duration_ms"] is None


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("said", "said"),
        (12, "12"),
        (1.5, "1.5"),
        (True, "true"),
        (None, "course.viewed"),
    ],
)
def test_a_body_of_any_kind_becomes_the_message(clean_store: Store, body: Any, message: str) -> None:
    request = log_request(body=any_value(body), event_name="course.viewed")
    assert stored(clean_store, "otlp_logs", request)["message"] == message


@pytest.mark.parametrize(
    ("severity", "level"),
    [(0, "info"), (1, "debug"), (5, "debug"), (9, "info"), (13, "warning"), (17, "error"), (21, "critical")],
)
def test_severity_becomes_a_level(clean_store: Store, severity: int, level: str) -> None:
    assert stored(clean_store, "otlp_logs", log_request(severity_number=severity))["log_level"] == level


def test_a_records_own_tenant_wins_over_its_resources(clean_store: Store) -> None:
    request = log_request({"tenant_id": "school-a"}, RESOURCE | {"tenant_id": "school-b"})
    assert stored(clean_store, "otlp_logs", request)["tenant_id"] == "school-a"


def test_the_observed_time_stands_in_for_a_missing_one(clean_store: Store) -> None:
    row = stored(clean_store, "otlp_logs", log_request(time_unix_nano=0, observed_time_unix_nano=nanos(NOW)))
    assert (row["timestamp"], row["marks"]) == (NOW, [])


def test_the_largest_time_is_kept_within_the_columns_range(clean_store: Store) -> None:
    row = stored(clean_store, "otlp_logs", log_request(time_unix_nano=2**64 - 1))
    assert row["marks"] == ["time_off"]


def test_a_resource_label_of_the_wrong_shape_is_withheld(clean_store: Store) -> None:
    row = stored(clean_store, "otlp_logs", log_request(resource={"service.name": "s" * 129}))
    assert row["service_name"] == "[withheld:label]"


def test_the_classes_hold_for_a_resource_too(clean_store: Store) -> None:
    request = log_request(resource=RESOURCE | {"host.ip": "203.0.113.9", "owner": "amy", "os.type": "linux"})
    row = stored(clean_store, "otlp_logs", request)
    assert row["attributes"] == {
        "host.ip": "[withheld:network]",
        "owner": RING.token("amy", "und"),
        "os.type": "linux",
    }


def test_records_of_many_resources_and_scopes_keep_their_own(clean_store: Store) -> None:
    request = ExportLogsServiceRequest(
        resource_logs=[
            ResourceLogs(
                resource=Resource(attributes=pairs({"service.name": name, "os.type": name})),
                scope_logs=[
                    ScopeLogs(
                        log_records=[
                            LogRecord(
                                time_unix_nano=nanos(NOW),
                                body=any_value(f"{name} {scope} {n}"),
                                attributes=pairs({"http.route": f"/{name}/r{n}"}),
                            )
                            for n in range(3)
                        ]
                    )
                    for scope in range(2)
                ],
            )
            for name in ("courses", "tutor")
        ]
    )
    clean_store.insert("otlp_logs", request.SerializeToString())
    rows = clean_store.select("SELECT service_name, message, attributes FROM eduscope.logs ORDER BY message")
    assert [(r["service_name"], r["message"], r["attributes"]) for r in rows] == [
        (name, f"{name} {scope} {n}", {"http.route": f"/{name}/r{n}", "os.type": name})
        for name in ("courses", "tutor")
        for scope in range(2)
        for n in range(3)
    ]


def test_a_block_of_many_requests_is_stored_whole(clean_store: Store) -> None:
    clean_store.insert("otlp_logs", log_request() * 1000)
    assert clean_store.select("SELECT count() AS n FROM eduscope.logs") == [{"n": 1000}]
