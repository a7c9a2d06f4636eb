"""What the engine makes of blocks: every column, and the contract's rule for every class, on the real engine."""

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, ResourceLogs, ScopeLogs
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status
from tests.otlp import NOW, RESOURCE, any_value, log_request, nanos, pairs, span_request

from eduscope.privacy import KeyRing
from eduscope_server.store import Store, StoreUnavailable

RING = KeyRing([("k1", b"0" * 32)])
"""The ring of the `store` fixture."""

TOKEN = "usr_k1_abcdefghijklmnopqrstuvwxyz"
TRACE = bytes(range(16))
SPAN = bytes(range(8))
INLETS = ("otlp_logs", "otlp_spans", "ndjson")


def line(**fields: Any) -> bytes:
    """One NDJSON line with every mandatory field; dotted names go in through `**{…}`."""
    mandatory = {
        "timestamp": NOW.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "log_level": "info",
        "service_name": "courses",
        "correlation_id": "",
        "tenant_id": "",
        "user_id": "",
        "request_id": "",
        "duration_ms": None,
        "message": "said",
    }
    return json.dumps(mandatory | fields).encode() + b"\n"


def block(inlet: str, attributes: dict[str, Any]) -> bytes:
    """One record with these attributes, as the inlet's protocol writes it."""
    match inlet:
        case "otlp_logs":
            return log_request(attributes)
        case "otlp_spans":
            return span_request(attributes)
    return line(**attributes)


def stored(store: Store, inlet: str, *blocks: bytes) -> dict[str, Any]:
    """The one row that the blocks became."""
    store.insert(inlet, b"".join(blocks))
    table = "spans" if inlet == "otlp_spans" else "logs"
    (row,) = store.select(f"SELECT * FROM eduscope.{table}")
    return row


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


def test_a_line_fills_every_column(clean_store: Store) -> None:
    row = stored(
        clean_store,
        "ndjson",
        line(
            log_level="error",
            correlation_id="checkout-12345",
            tenant_id="school-a",
            user_id=TOKEN,
            request_id="request-12345",
            duration_ms=12.5,
            message='Quiz "graded" é\n',
            environment="production",
            release="1.4.2",
            trace_id=TRACE.hex(),
            span_id=SPAN.hex(),
            **{"http.route": "/courses/{id}", "http.response.status_code": 200, "exception.escaped": True},
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
        "message": 'Quiz "graded" é\n',
        "environment": "production",
        "release": "1.4.2",
        "trace_id": TRACE.hex(),
        "span_id": SPAN.hex(),
        "attributes": {"http.route": "/courses/{id}", "exception.escaped": "true"},
        "measures": {"http.response.status_code": 200.0},
        "marks": [],
        "retention": "standard",
    }


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


@pytest.mark.parametrize("inlet", ["otlp_logs", "otlp_spans"])
def test_each_kind_of_attribute_is_kept_as_text_or_number(clean_store: Store, inlet: str) -> None:
    row = stored(
        clean_store,
        inlet,
        block(
            inlet,
            {
                "http.route": "/courses",
                "http.outcome": "",
                "exception.escaped": True,
                "ai.cache": False,
                "http.response.status_code": 200,
                "count": 0,
                "ai.cost": 0.25,
                "gen_ai.response.finish_reasons": ["stop", "length"],
                "error.message": {"code": "E1", "where": "here"},
                "error.type": None,
            },
        ),
    )
    assert row["attributes"] == {
        "http.route": "/courses",
        "exception.escaped": "true",
        "ai.cache": "false",
        "gen_ai.response.finish_reasons": "stop,length",
        "error.message": '{"code":"E1","where":"here"}',
    }
    assert row["measures"] == {"http.response.status_code": 200.0, "count": 0.0, "ai.cost": 0.25}


def test_each_kind_of_json_value_is_kept_as_text_or_number(clean_store: Store) -> None:
    row = stored(
        clean_store,
        "ndjson",
        line(
            **{
                "http.route": "/courses",
                "http.outcome": "",
                "exception.escaped": True,
                "ai.cache": False,
                "http.response.status_code": 200,
                "count": 0,
                "ai.cost": -2.5e-1,
                "gen_ai.response.finish_reasons": ["stop", "length"],
                "error.message": {"code": "E1"},
                "error.type": None,
            }
        ),
    )
    assert row["attributes"] == {
        "http.route": "/courses",
        "exception.escaped": "true",
        "ai.cache": "false",
        "gen_ai.response.finish_reasons": '["stop","length"]',
        "error.message": '{"code":"E1"}',
    }
    assert row["measures"] == {"http.response.status_code": 200.0, "count": 0.0, "ai.cost": -0.25}


@pytest.mark.parametrize("inlet", INLETS)
def test_a_duration_may_be_a_whole_number(clean_store: Store, inlet: str) -> None:
    if inlet == "otlp_spans":
        assert stored(clean_store, inlet, span_request())["duration_ms"] == 12.5
        return
    row = stored(clean_store, inlet, block(inlet, {"duration_ms": 12}))
    assert (row["duration_ms"], row["measures"]) == (12.0, {})


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


def test_an_unknown_level_of_a_line_is_info(clean_store: Store) -> None:
    assert stored(clean_store, "ndjson", line(log_level="LOUD"))["log_level"] == "info"


@pytest.mark.parametrize("request_of", [log_request, span_request])
def test_a_resource_without_names_falls_back(clean_store: Store, request_of: Any) -> None:
    inlet = "otlp_logs" if request_of is log_request else "otlp_spans"
    old = {"deployment.environment": "staging", "tenant_id": "school-b"}
    row = stored(clean_store, inlet, request_of(resource=old))
    names = (row["service_name"], row["environment"], row["release"], row["tenant_id"])
    assert names == ("unknown_service", "staging", "", "school-b")
    assert row["attributes"] == {}


def test_a_record_without_resource_is_stored(clean_store: Store) -> None:
    assert stored(clean_store, "otlp_logs", log_request(resource={}))["service_name"] == "unknown_service"
    clean_store.command("TRUNCATE TABLE eduscope.logs")
    assert stored(clean_store, "ndjson", b'{"message":"alone"}\n')["service_name"] == "unknown_service"


def test_a_records_own_tenant_wins_over_its_resources(clean_store: Store) -> None:
    request = log_request({"tenant_id": "school-a"}, RESOURCE | {"tenant_id": "school-b"})
    assert stored(clean_store, "otlp_logs", request)["tenant_id"] == "school-a"


def test_the_observed_time_stands_in_for_a_missing_one(clean_store: Store) -> None:
    row = stored(clean_store, "otlp_logs", log_request(time_unix_nano=0, observed_time_unix_nano=nanos(NOW)))
    assert (row["timestamp"], row["marks"]) == (NOW, [])


@pytest.mark.parametrize(
    ("inlet", "request_"),
    [
        ("otlp_logs", log_request(time_unix_nano=0)),
        ("otlp_spans", span_request(start_time_unix_nano=0, end_time_unix_nano=0)),
        ("ndjson", line(timestamp="yesterday, about noon")),
        ("ndjson", line(timestamp="")),
    ],
)
def test_a_missing_time_becomes_now_and_is_marked(clean_store: Store, inlet: str, request_: bytes) -> None:
    row = stored(clean_store, inlet, request_)
    assert abs(row["timestamp"] - datetime.now(UTC)) < timedelta(seconds=10)
    assert row["marks"] == ["time_missing"]


@pytest.mark.parametrize("off", [timedelta(days=-400), timedelta(hours=-25), timedelta(hours=25)])
@pytest.mark.parametrize("inlet", INLETS)
def test_a_time_far_off_is_kept_and_marked(clean_store: Store, inlet: str, off: timedelta) -> None:
    then = NOW + off
    match inlet:
        case "otlp_logs":
            request = log_request(time_unix_nano=nanos(then))
        case "otlp_spans":
            request = span_request(start_time_unix_nano=nanos(then), end_time_unix_nano=nanos(then))
        case _:
            request = line(timestamp=then.isoformat())
    row = stored(clean_store, inlet, request)
    assert (row["timestamp"], row["marks"]) == (then, ["time_off"])


def test_the_largest_time_is_kept_within_the_columns_range(clean_store: Store) -> None:
    row = stored(clean_store, "otlp_logs", log_request(time_unix_nano=2**64 - 1))
    assert row["marks"] == ["time_off"]


@pytest.mark.parametrize("name", ["correlation_id", "request_id"])
@pytest.mark.parametrize("bad", ["short", "amy@example.org says hi", "x" * 65])
@pytest.mark.parametrize("inlet", INLETS)
def test_an_id_of_the_wrong_shape_is_replaced_by_one_that_joins(
    clean_store: Store, inlet: str, name: str, bad: str
) -> None:
    row = stored(clean_store, inlet, block(inlet, {name: bad}))
    assert row[name] == RING.token(bad, "id").removeprefix("id_k1_")
    assert row["marks"] == ["id_replaced"]
    assert bad not in str(row)


@pytest.mark.parametrize("inlet", INLETS)
def test_a_label_of_the_wrong_shape_is_withheld(clean_store: Store, inlet: str) -> None:
    row = stored(clean_store, inlet, block(inlet, {"tenant_id": "a 'school' of <many>"}))
    assert row["tenant_id"] == "[withheld:label]"


def test_a_resource_label_of_the_wrong_shape_is_withheld(clean_store: Store) -> None:
    row = stored(clean_store, "otlp_logs", log_request(resource={"service.name": "s" * 129}))
    assert row["service_name"] == "[withheld:label]"


@pytest.mark.parametrize("inlet", INLETS)
def test_a_person_becomes_the_token_that_the_library_makes(clean_store: Store, inlet: str) -> None:
    assert stored(clean_store, inlet, block(inlet, {"user_id": "amy"}))["user_id"] == RING.token("amy", "usr")


@pytest.mark.parametrize("inlet", INLETS)
def test_each_class_decides_what_is_kept_of_a_text(clean_store: Store, inlet: str) -> None:
    row = stored(
        clean_store,
        inlet,
        block(
            inlet,
            {
                "http.route": "/courses/{id}",
                "exception.message": "no such quiz",
                "user.id": "amy",
                "user.email": TOKEN,
                "gen_ai.prompt": "I feel sad",
                "password": "hunter2",
                "client.address": "203.0.113.9",
                "network.peer.address": "203.0.113.hqwert",
                "net.peer.ip": "2001:db8:85a3:hq3m5z7aa",
                "favourite.colour": "green",
                "favourite.person": TOKEN,
            },
        ),
    )
    assert row["attributes"] == {
        "http.route": "/courses/{id}",
        "exception.message": "no such quiz",
        "user.id": RING.token("amy", "usr"),
        "user.email": TOKEN,
        "gen_ai.prompt": "[withheld:prose]",
        "password": "[withheld:secret]",
        "client.address": "[withheld:network]",
        "network.peer.address": "203.0.113.hqwert",
        "net.peer.ip": "2001:db8:85a3:hq3m5z7aa",
        "favourite.colour": RING.token("green", "und"),
        "favourite.person": TOKEN,
    }


def test_the_classes_hold_for_a_resource_too(clean_store: Store) -> None:
    request = log_request(resource=RESOURCE | {"host.ip": "203.0.113.9", "owner": "amy", "os.type": "linux"})
    row = stored(clean_store, "otlp_logs", request)
    assert row["attributes"] == {
        "host.ip": "[withheld:network]",
        "owner": RING.token("amy", "und"),
        "os.type": "linux",
    }


@pytest.mark.parametrize("inlet", INLETS)
def test_a_number_does_not_slip_past_its_class(clean_store: Store, inlet: str) -> None:
    row = stored(
        clean_store, inlet, block(inlet, {"student_id": 1234567, "password": 1234, "shoes": 44, "wet": True})
    )
    assert row["attributes"] == {
        "student_id": RING.token("1234567", "usr"),
        "password": "[withheld:secret]",
        "wet": "true",
    }
    assert row["measures"] == {"shoes": 44.0}


@pytest.mark.parametrize("request_of", [log_request, span_request])
def test_trace_ids_of_the_wrong_length_are_absent(clean_store: Store, request_of: Any) -> None:
    inlet = "otlp_logs" if request_of is log_request else "otlp_spans"
    row = stored(clean_store, inlet, request_of(trace_id=TRACE[:-1], span_id=SPAN + b"x"))
    assert (row["trace_id"], row["span_id"]) == ("", "")


def test_trace_ids_of_a_line_must_be_hex(clean_store: Store) -> None:
    row = stored(clean_store, "ndjson", line(trace_id="Z" * 32, span_id="1234"))
    assert (row["trace_id"], row["span_id"]) == ("", "")


@pytest.mark.parametrize("inlet", INLETS)
def test_joined_requests_are_all_stored(clean_store: Store, inlet: str) -> None:
    names = ["first-request", "second-request", "third-request"]
    clean_store.insert(inlet, b"".join(block(inlet, {"request_id": name}) for name in names))
    table = "spans" if inlet == "otlp_spans" else "logs"
    rows = clean_store.select(f"SELECT request_id FROM eduscope.{table} ORDER BY request_id")
    assert [row["request_id"] for row in rows] == names


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


@pytest.mark.parametrize("inlet", INLETS)
def test_without_the_token_key_nothing_is_stored_until_it_is_back(clean_store: Store, inlet: str) -> None:
    clean_store.command("TRUNCATE TABLE eduscope.token_key")
    request = block(inlet, {"favourite.colour": "green"})
    with pytest.raises(StoreUnavailable):
        clean_store.insert(inlet, request)
    table = "spans" if inlet == "otlp_spans" else "logs"
    assert clean_store.select(f"SELECT count() AS n FROM eduscope.{table}") == [{"n": 0}]
    # The failed insert has filled the key in again, as after a restart of a server.
    assert stored(clean_store, inlet, request)["attributes"] == {
        "favourite.colour": RING.token("green", "und")
    }


def test_inlets_are_named_after_their_content(store: Store) -> None:
    for name in INLETS:
        table = store.inlets[name].table
        assert table.startswith(f"eduscope.{name}_")
        (view,) = store.select(
            "SELECT as_select FROM system.tables WHERE database = 'eduscope' AND name = {name:String}",
            {"name": table.removeprefix("eduscope.") + "_view"},
        )
        assert (b"0" * 32).decode() not in view["as_select"]


def test_a_block_is_stored_within_a_second(clean_store: Store) -> None:
    started = time.monotonic()
    clean_store.insert("otlp_logs", log_request() * 1000)
    assert clean_store.select("SELECT count() AS n FROM eduscope.logs") == [{"n": 1000}]
    assert time.monotonic() - started < 1
