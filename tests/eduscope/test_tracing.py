import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import SpanKind, StatusCode

import eduscope
from eduscope import tracing
from eduscope.baggage import format_baggage, inbound, parse_baggage
from eduscope.config import load
from eduscope.context import current, is_correlation_id
from eduscope.span_context import remote_parent
from eduscope.span_provider import sampler
from eduscope.testing import Captured

TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def test_a_span_has_the_ids_of_its_context_and_a_line_has_the_ids_of_its_span(seen: Captured) -> None:
    with (
        eduscope.bind(tenant_id="t1", user_id="anna"),
        tracing.span("grade", kind="consumer", course_id="c-1") as span,
    ):
        span.set_attribute("count", 2)
        eduscope.get_logger().info("said")
    (line,), done = seen.lines, seen.span("grade")
    assert done.attributes is not None
    assert done.attributes["course.id"] == "c-1"
    assert done.kind is SpanKind.CONSUMER
    assert {done.attributes[n] == line[n] for n in ("tenant_id", "user_id", "correlation_id")} == {True}
    assert done.context is not None
    assert line["trace_id"] == f"{done.context.trace_id:032x}"
    assert line["span_id"] == f"{done.context.span_id:016x}"


def test_an_exception_marks_the_span_and_goes_on(seen: Captured) -> None:
    with pytest.raises(ValueError, match="anna"), tracing.span("grade"):
        raise ValueError("no mail for anna@school.example")
    done = seen.span("grade")
    assert done.status.status_code is StatusCode.ERROR
    assert done.status.description == "no mail for [EMAIL]"
    event = done.events[0]
    assert event.attributes is not None
    assert event.attributes["exception.message"] == "no mail for [EMAIL]"
    assert "test_tracing.py" in str(event.attributes["exception.stacktrace"])


def test_what_is_undeclared_leaves_as_a_token(seen: Captured) -> None:
    with tracing.span("mail anna@school.example", nickname="Anni") as span:
        span.add_event("sent to anna@school.example", {"to": "anna@school.example"})
    (done,) = seen.spans
    assert "anna" not in done.to_json() + done.name
    assert "Anni" not in done.to_json()


def test_what_is_injected_is_extracted(seen: Captured) -> None:
    message: dict[str, str] = {}
    with eduscope.bind(tenant_id="t1", user_id="anna", correlation_id="c" * 8), tracing.span("put"):
        tracing.inject(message)
    assert message["x-correlation-id"] == "c" * 8
    assert "anna" not in message["baggage"]
    assert "usr_" not in message["baggage"]
    with tracing.extract(message) as ids, tracing.span("get"):
        assert (ids.correlation_id, ids.tenant_id, ids.user_id) == ("c" * 8, "t1", "")
    put, get = seen.span("put"), seen.span("get")
    assert get.parent is not None
    assert put.context is not None
    assert (get.parent.trace_id, get.parent.span_id) == (put.context.trace_id, put.context.span_id)
    assert current().correlation_id == ""


def test_without_tracing_the_ids_still_travel() -> None:
    carrier: dict[str, str] = {}
    with eduscope.bind(correlation_id="c" * 8), tracing.span("nothing") as span:
        span.set_attribute("count", 1)
        tracing.inject(carrier)
    assert set(carrier) == {"x-correlation-id", "baggage"}
    with tracing.extract(carrier) as ids:
        assert ids.correlation_id == "c" * 8


@pytest.mark.parametrize(
    "header",
    [
        "", "00", TRACEPARENT + "-00", TRACEPARENT.upper(), "ff" + TRACEPARENT[2:], TRACEPARENT[:-1],
        "00-" + "0" * 32 + "-00f067aa0ba902b7-01", "00-4bf92f3577b34da6a3ce929d0e0e4736-" + "0" * 16 + "-01",
        TRACEPARENT + "\n", "x" * 10_000,
    ],
)  # fmt: skip
def test_a_traceparent_of_the_wrong_shape_is_none(header: str) -> None:
    assert remote_parent(header) is None


def test_a_later_version_of_traceparent_is_read_as_far_as_it_is_known() -> None:
    assert remote_parent("01" + TRACEPARENT[2:] + "-more") is not None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(st.sampled_from(["x-correlation-id", "baggage", "traceparent", "tracestate"]), st.text())
)
def test_no_header_breaks_the_ids(seen: Captured, headers: dict[str, str]) -> None:
    with tracing.extract(headers) as ids:
        assert is_correlation_id(ids.correlation_id)
        assert '"' not in ids.text.replace('"', "", 9) or ids.text.count('"') == 18


def test_baggage_is_read_within_its_limits() -> None:
    assert parse_baggage("correlation_id=abc%20d;prop=1, tenant_id=t1,=x,y") == {
        "correlation_id": "abc d",
        "tenant_id": "t1",
    }
    assert len(parse_baggage(",".join(f"k{n}=1" for n in range(500)))) == 64
    assert parse_baggage(format_baggage({"a": "x,y;z=ü"})) == {"a": "x,y;z=ü"}


def test_baggage_that_is_not_trusted_gives_the_correlation_alone() -> None:
    sent = "correlation_id=abcdefgh,tenant_id=t1,request_id=rrrrrrrr"
    trusted, not_trusted = inbound(None, sent), inbound(None, sent, trust_baggage=False)
    assert (trusted.correlation_id, trusted.tenant_id, trusted.request_id) == ("abcdefgh", "t1", "rrrrrrrr")
    assert (not_trusted.correlation_id, not_trusted.tenant_id) == ("abcdefgh", "")
    assert not_trusted.request_id != "rrrrrrrr"


def test_a_function_and_a_coroutine_get_a_span_for_each_call(seen: Captured) -> None:
    @tracing.span("grade", course_id="c-1")
    def grade(points: int) -> int:
        return grade(points - 1) + 1 if points else 0

    @tracing.span("mark")
    async def mark(points: int) -> int:
        await asyncio.sleep(0)
        return grade(points)

    async def two() -> list[int]:
        return list(await asyncio.gather(mark(1), mark(0)))

    assert asyncio.run(two()) == [1, 0]
    assert sorted(span.name for span in seen.spans) == ["grade"] * 3 + ["mark"] * 2
    marks = {span.context.span_id for span in seen.spans if span.context is not None and span.name == "mark"}
    assert {span.parent.span_id for span in seen.spans if span.parent is not None} >= marks


def test_a_generator_is_not_decorated() -> None:
    def grades() -> Iterator[int]:
        yield 1

    with pytest.raises(TypeError, match="inside it"):
        tracing.span("grades")(grades)


def test_a_batch_is_linked_to_the_span_of_each_message(seen: Captured) -> None:
    messages: list[dict[str, str]] = []
    for correlation in ("sender-01", "sender-02"):
        messages.append({})
        with (
            eduscope.bind(correlation_id=correlation, tenant_id="t1"),
            tracing.span(f"put {correlation}", "producer"),
        ):
            tracing.inject(messages[-1])
    messages += [{}, {"traceparent": "nonsense", "baggage": "\r\n" * 9000}]
    with tracing.consume_batch(messages, "grades process", messaging_system="redis"):
        assert is_correlation_id(current().correlation_id)
        assert current().tenant_id == ""
    done = seen.span("grades process")
    assert done.kind is SpanKind.CONSUMER
    assert done.attributes is not None
    assert done.attributes["messaging.batch.message_count"] == 4
    senders = [seen.span(f"put {correlation}").context for correlation in ("sender-01", "sender-02")]
    assert [link.context.span_id for link in done.links] == [sender.span_id for sender in senders if sender]
    assert [link.attributes and link.attributes["correlation_id"] for link in done.links] == [
        "sender-01",
        "sender-02",
    ]


def test_a_batch_of_one_correlation_goes_on_with_it(seen: Captured) -> None:
    message: dict[str, str] = {}
    with eduscope.bind(correlation_id="sender-01", tenant_id="t1"), tracing.span("put"):
        tracing.inject(message)
    with tracing.consume_batch([message, message]):
        assert (current().correlation_id, current().tenant_id) == ("sender-01", "t1")


def test_the_hosts_own_baggage_travels_within_limits(seen: Captured) -> None:
    hostile = ",".join([f"k{n}={'x' * 500}" for n in range(100)])
    with tracing.extract({"baggage": f"plan=gold,bad key=1,correlation_id=abcdefgh,{hostile}"}):
        onward: dict[str, str] = {}
        tracing.inject(onward)
    assert len(onward["baggage"]) < 9000
    entries = parse_baggage(onward["baggage"])
    assert (entries["plan"], entries["correlation_id"]) == ("gold", "abcdefgh")
    assert "bad key" not in entries


def test_nothing_personal_leaves_in_any_part_of_a_span(seen: Captured) -> None:
    """What a library of the host may do with OpenTelemetry itself."""
    sender = trace.SpanContext(
        1, 2, True, trace.TraceFlags(1), trace.TraceState([("vendor", "anna@school.example")])
    )
    attributes = {
        "exception.message": "mail to anna@school.example failed", "who": ("anna@school.example",),
        "url.full": "https://x.example/anna@school.example?q=1", "user_id": "anna",
        "correlation_id": "anna@school.example", "tenant_id": "school of anna", "request_id": "anna\n",
        "duration_ms": "anna",
    }  # fmt: skip
    parent = trace.set_span_in_context(trace.NonRecordingSpan(sender))
    spans = tracing.active()
    assert spans is not None
    with spans.tracer.start_as_current_span(
        "for anna@school.example",
        context=parent,
        links=[trace.Link(sender, attributes)],
        attributes=attributes,
    ) as span:
        span.add_event("to anna@school.example", attributes)
        span.record_exception(ValueError("anna@school.example"), attributes)
        span.set_status(trace.StatusCode.ERROR, "anna@school.example is unknown")
    (done,) = seen.spans
    sent = encode_spans([done]).SerializeToString()
    assert b"ValueError" in sent
    assert b"anna" not in sent


def test_of_a_trace_that_is_not_kept_the_failed_spans_are(seen: Captured) -> None:
    config = load({"service": "courses", "trace_sample_rate": 0.0}, environ={})
    for keeping, recorded in ((config, True), (replace(config, trace_keep_errors=False), False)):
        provider = TracerProvider(sampler=sampler(keeping), shutdown_on_exit=False)
        span = provider.get_tracer("t").start_span("grade")
        assert span.is_recording() is recorded
        assert not span.get_span_context().trace_flags.sampled
        span.end()


def test_a_metrics_exemplar_names_a_trace_that_is_kept(seen: Captured) -> None:
    with tracing.span("grade"):
        running = tracing.trace_id()
    context = seen.span("grade").context
    assert context is not None
    assert (running, tracing.trace_id()) == (context.trace_id, 0)


@pytest.mark.parametrize(("trusted", "onward"), [(True, {"plan": "gold"}), (False, {})])
async def test_a_requests_baggage_goes_on_to_whom_the_service_calls_where_it_is_trusted(
    trusted: bool, onward: dict[str, str], stopped: None
) -> None:
    eduscope.init(service="courses", stdout=False, trust_baggage=trusted)
    sent: dict[str, str] = {}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        tracing.inject(sent)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    transport = httpx.ASGITransport(eduscope.http.ASGIMiddleware(app))
    async with httpx.AsyncClient(transport=transport, base_url="http://courses") as client:
        await client.get("/", headers={"baggage": "plan=gold,tenant_id=t1"})
    assert {k: v for k, v in parse_baggage(sent["baggage"]).items() if k == "plan"} == onward
