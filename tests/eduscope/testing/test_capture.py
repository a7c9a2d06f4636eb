"""`capture`: everything recorded, with a clock and ids that can be foretold."""

import json
import time
from typing import Any

import httpx
import pytest
from sqlalchemy import create_engine, text

import eduscope
from eduscope.testing import START_NS, Captured, FakeClock, capture, counted_ids


def test_ids_are_counted_and_the_clock_stands_still(seen_exactly: Captured, clock: FakeClock) -> None:
    with eduscope.bind(tenant_id="t1"):
        eduscope.get_logger().info("one")
        clock.advance(60)
        eduscope.get_logger().info("two")
    one, two = seen_exactly.lines
    assert one["correlation_id"] == f"{1:032x}"
    assert (one["timestamp"], two["timestamp"]) == (
        "2026-09-21T14:13:20.000000Z",
        "2026-09-21T14:14:20.000000Z",
    )


def test_spans_bear_the_clock_and_counted_ids(seen_exactly: Captured, clock: FakeClock) -> None:
    with eduscope.tracing.span("grade"):
        clock.advance(2.5)
        with eduscope.tracing.span("grade.compute"):
            eduscope.get_logger().info("computed")
    outer, inner = seen_exactly.span("grade"), seen_exactly.span("grade.compute")
    assert outer.start_time is not None
    assert outer.end_time is not None
    assert outer.end_time - outer.start_time == 2_500_000_000
    assert (outer.context.trace_id, outer.context.span_id, inner.context.span_id) == (1, 1, 2)
    line = seen_exactly.only(message="computed")
    assert (line["trace_id"], line["span_id"]) == (f"{1:032x}", f"{2:016x}")


def test_a_span_that_is_not_there_says_which_are(seen: Captured) -> None:
    with eduscope.tracing.span("grade"):
        pass
    with pytest.raises(KeyError, match="grade"):
        seen.span("other")
    seen.clear()
    assert not seen.spans


def test_captures_nest_and_the_outer_goes_on() -> None:
    log = eduscope.get_logger()
    with capture(ids=counted_ids()) as outer:
        with capture() as inner:
            log.info("inside")
        log.info("outside")
    assert [line["message"] for line in inner.lines] == ["inside"]
    assert [line["message"] for line in outer.lines] == ["outside"]


def test_a_program_that_starts_and_stops_the_sdk_is_captured(
    capfdbinary: pytest.CaptureFixture[bytes], stopped: None
) -> None:
    log = eduscope.get_logger()
    with capture() as outer:
        with capture() as seen:
            eduscope.init(service="courses", environment="staging")
            log.info("started")
            with eduscope.tracing.span("grade"):
                pass
            eduscope.shutdown()
            log.info("stopped")
            eduscope.init(service="courses", environment="staging", release="2")
        log.info("in the outer one")
    assert [line["message"] for line in seen.lines] == ["started", "stopped"]
    assert seen.span("grade")
    assert [line["message"] for line in outer.lines] == ["in the outer one"]
    log.info("to stdout")
    written = capfdbinary.readouterr().out.splitlines()
    assert [json.loads(line)["message"] for line in written] == ["to stdout"]
    assert json.loads(written[0])["release"] == "2"


def test_metrics_are_counted_from_the_start_of_the_capture(seen: Captured) -> None:
    eduscope.get_logger().info("one")
    assert seen.metric("eduscope_log_lines_total", level="info") == 1
    with capture() as later:
        assert later.metric("eduscope_log_lines_total", level="info") == 0
        assert later.gauge("eduscope_log_lines_total", level="info") >= 1
    seen.clear()
    assert seen.metric("eduscope_log_lines_total") == 0


async def test_durations_are_measured_by_the_clock(seen_exactly: Captured, clock: FakeClock) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        clock.advance(1.5)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"ok"})

    transport = httpx.ASGITransport(app=eduscope.http.ASGIMiddleware(app))
    async with httpx.AsyncClient(transport=transport, base_url="http://courses") as client:
        await client.get("/")
    assert seen_exactly.only(message="request handled")["duration_ms"] == 1500.0
    before = time.perf_counter()
    clock.advance(2)
    assert time.perf_counter() - before == 2


def test_the_real_clock_is_back_after_a_capture() -> None:
    with capture(clock=FakeClock()):
        assert time.perf_counter_ns() == START_NS
    assert time.perf_counter_ns() < time.perf_counter_ns()


def test_a_query_takes_as_long_as_the_clock_says(seen_exactly: Captured, clock: FakeClock) -> None:
    engine = eduscope.database.sqlalchemy.instrument(create_engine("sqlite://"))
    with engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.create_function("wait", 0, lambda: clock.advance(2))
        connection.execute(text("SELECT wait()"))
    engine.dispose()
    assert [line["duration_ms"] for line in seen_exactly.find(db_operation_name="SELECT")] == [2000.0]
