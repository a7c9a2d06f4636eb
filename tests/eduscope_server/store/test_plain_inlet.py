"""The plain inlets write what the full ones write, or refuse."""

import string
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status
from tests.otlp import NOW, RESOURCE, any_value, log_request, nanos, span_request

from eduscope.contract import ATTRIBUTES, LOG_FIELDS
from eduscope_server.store import NotPlain, Store

TOKEN = "usr_k1_abcdefghijklmnopqrstuvwxyz"
IDS = {
    "correlation_id": "checkout-12345",
    "request_id": "request-12345",
    "tenant_id": "school-a",
    "user_id": TOKEN,
}


def rows(store: Store, inlet: str, block: bytes) -> list[dict[str, Any]]:
    """What the inlet makes of the block, without the moment it was received."""
    table = "spans" if inlet.startswith("otlp_spans") else "logs"
    store.command(f"TRUNCATE TABLE eduscope.{table}")
    store.insert(inlet, block)
    return store.select(f"SELECT * EXCEPT received_at FROM eduscope.{table} ORDER BY ALL")


PLAIN = {
    "everything usual": log_request(
        IDS | {"http.route": "/courses/{id}", "http.response.status_code": 200, "duration_ms": 12.5},
        RESOURCE | {"k8s.pod.name": "courses-7f", "process.pid": 17},
        severity_number=17,
        trace_id=bytes(range(16)),
        span_id=bytes(range(8)),
    ),
    "nothing but a message": log_request({}, {"service.name": "courses"}),
    "an empty attribute": log_request({"http.route": "", "outcome": "done"}),
    "an undeclared number": log_request({"colour.count": 3, "colour.share": 0.5}),
    "a column's name as an attribute": log_request({"message": "no", "log_level": "no", "duration_ms": "no"}),
    "severities": b"".join(log_request(severity_number=number) for number in range(25)),
    "two resources": log_request(IDS) + log_request({}, {"service.name": "tutor"}),
    "no records": log_request()[:0],
}

NOT_PLAIN = {
    "an undeclared text": log_request({"colour": "red"}),
    "an undeclared text among the resource's": log_request({}, RESOURCE | {"colour": "red"}),
    "a person": log_request({"user.id": "amy"}),
    "a person's number": log_request({"student_id": 4711}),
    "prose": log_request({"gen_ai.prompt": "how do I"}),
    "an address": log_request({"client.address": "192.0.2.1"}),
    "a secret": log_request({"password": "x"}),
    "a boolean": log_request({"exception.escaped": True}),
    "a list": log_request({"outcome": ["a", "b"]}),
    "a map": log_request({"outcome": {"a": "b"}}),
    "a correlation id of the wrong shape": log_request(IDS | {"correlation_id": "a b"}),
    "a request id of the wrong shape": log_request(IDS | {"request_id": "1"}),
    "a user that is no token": log_request(IDS | {"user_id": "amy"}),
    "a tenant that is no label": log_request(IDS | {"tenant_id": "école"}),
    "a tenant in the resource": log_request({}, RESOURCE | {"tenant_id": "school-a"}),
    "the old name of the environment": log_request(
        {}, {"service.name": "a", "deployment.environment": "dev"}
    ),
    "a service that is no label": log_request({}, {"service.name": "<b>"}),
    "an undeclared number among the resource's": log_request({}, RESOURCE | {"colour.count": 3}),
    "a person's number among the resource's": log_request({}, RESOURCE | {"student_id": 4711}),
    "words for a number among the resource's": log_request({}, RESOURCE | {"process.pid": "seventeen"}),
    "a boolean among the resource's": log_request({}, RESOURCE | {"telemetry.sdk.name": True}),
    "an identifier with a line break among the resource's": log_request(
        {}, RESOURCE | {"k8s.pod.name": "a\nb"}
    ),
    "a release with a line break": log_request({}, RESOURCE | {"service.version": "1\n2"}),
    "no service": log_request({}, {}),
    "no message": log_request(body=any_value("")),
    "a number for a message": log_request(body=any_value(3)),
    "no time": log_request(time_unix_nano=0),
    "a time far off": log_request(time_unix_nano=nanos(NOW - timedelta(days=3))),
    "a time beyond the calendar": log_request(time_unix_nano=2**64 - 1),
    "half a trace id": log_request(trace_id=b"1234"),
    "one of two": log_request() + log_request({"colour": "red"}),
}


@pytest.mark.parametrize("block", PLAIN.values(), ids=PLAIN)
def test_what_is_plain_is_written_as_the_full_inlet_writes_it(clean_store: Store, block: bytes) -> None:
    assert rows(clean_store, "otlp_logs_plain", block) == rows(clean_store, "otlp_logs", block)


@pytest.mark.parametrize("block", NOT_PLAIN.values(), ids=NOT_PLAIN)
def test_what_is_not_plain_is_refused_whole(clean_store: Store, block: bytes) -> None:
    with pytest.raises(NotPlain):
        clean_store.insert("otlp_logs_plain", block)
    assert clean_store.select("SELECT count() AS n FROM eduscope.logs") == [{"n": 0}]


PLAIN_SPANS = {
    "everything usual": span_request(
        IDS | {"http.route": "/courses/{id}", "http.response.status_code": 200, "duration_ms": 12.5},
        RESOURCE | {"k8s.pod.name": "courses-7f", "process.pid": 17},
        trace_id=bytes(range(16)),
        span_id=bytes(range(8)),
        parent_span_id=bytes(range(8, 16)),
        kind=Span.SpanKind.SPAN_KIND_SERVER,
        status=Status(code=Status.StatusCode.STATUS_CODE_ERROR, message="it broke"),
    ),
    "nothing but a name": span_request({}, {"service.name": "courses"}),
    "kinds": b"".join(span_request(kind=kind) for kind in Span.SpanKind.values()),
    "an end before the start": span_request(end_time_unix_nano=1),
    "two resources": span_request(IDS) + span_request({}, {"service.name": "tutor"}),
}

NOT_PLAIN_SPANS = {
    "an undeclared text": span_request({"colour": "red"}),
    "a person": span_request({"user.id": "amy"}),
    "a boolean": span_request({"exception.escaped": True}),
    "an event": span_request(events=[Span.Event(time_unix_nano=1)]),
    "an event without a word": span_request(events=[Span.Event()]),
    "a link": span_request(links=[Span.Link(trace_id=bytes(range(16)))]),
    "a link to nowhere": span_request(links=[Span.Link()]),
    "no service": span_request({}, {}),
    "no time": span_request(start_time_unix_nano=0),
    "a time far off": span_request(start_time_unix_nano=nanos(NOW - timedelta(days=3))),
    "half a trace id": span_request(trace_id=b"1234"),
    "half a parent": span_request(parent_span_id=b"1234"),
    "a user that is no token": span_request(IDS | {"user_id": "amy"}),
    "one of two": span_request() + span_request({"colour": "red"}),
}


@pytest.mark.parametrize("block", PLAIN_SPANS.values(), ids=PLAIN_SPANS)
def test_plain_spans_are_written_as_the_full_inlet_writes_them(clean_store: Store, block: bytes) -> None:
    written = rows(clean_store, "otlp_spans_plain", block)
    assert written == rows(clean_store, "otlp_spans", block)
    assert written


@pytest.mark.parametrize("block", NOT_PLAIN_SPANS.values(), ids=NOT_PLAIN_SPANS)
def test_spans_that_are_not_plain_are_refused_whole(clean_store: Store, block: bytes) -> None:
    with pytest.raises(NotPlain):
        clean_store.insert("otlp_spans_plain", block)
    assert clean_store.select("SELECT count() AS n FROM eduscope.spans") == [{"n": 0}]


values = st.one_of(
    st.text(max_size=20),
    st.sampled_from([TOKEN, "checkout-12345", "school-a", "", "/courses/{id}"]),
    st.integers(-(2**40), 2**40),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.lists(st.text(max_size=3), max_size=2),
)
names = st.one_of(
    st.sampled_from([f.name for f in (*ATTRIBUTES, *LOG_FIELDS)]),
    st.text(string.ascii_lowercase + ".", min_size=1, max_size=8),
)
attributes = st.dictionaries(names, values, max_size=6)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    own=attributes,
    resource=attributes,
    service=st.one_of(st.just("courses"), st.text(max_size=5)),
    severity=st.integers(0, 30),
)
def test_the_two_inlets_never_disagree(
    clean_store: Store, own: dict[str, Any], resource: dict[str, Any], service: str, severity: int
) -> None:
    block = log_request(own, resource | {"service.name": service}, severity_number=severity)
    try:
        plain = rows(clean_store, "otlp_logs_plain", block)
    except NotPlain:
        return
    assert plain == rows(clean_store, "otlp_logs", block)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    own=attributes,
    resource=attributes,
    code=st.integers(-1, 4),
    kind=st.integers(-1, 7),
    ms=st.integers(-5, 5),
)
def test_the_two_inlets_of_spans_never_disagree(  # noqa: PLR0917 - drawn by hypothesis
    clean_store: Store, own: dict[str, Any], resource: dict[str, Any], code: int, kind: int, ms: int
) -> None:
    block = span_request(
        own,
        resource | {"service.name": "courses"},
        kind=kind,
        status=Status(code=code, message="late"),  # type: ignore[arg-type]  # numbers that are not named, too
        end_time_unix_nano=nanos(NOW) + ms * 1_000_000,
    )
    try:
        plain = rows(clean_store, "otlp_spans_plain", block)
    except NotPlain:
        return
    assert plain == rows(clean_store, "otlp_spans", block)
